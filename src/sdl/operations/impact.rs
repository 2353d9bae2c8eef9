//! Which known operations each change reaches. A change that breaks is held against what an operation uses; an
//! operation that the new schema refuses although no single change explains it is a finding of its own.

use super::OperationsError;
use super::documents::{Documents, Operation};
use super::usage::Usage;
use crate::sdl::{Change, ChangeKind, Place, Sdl, SdlError, Severity};

/// A known operation that uses what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its name.
    pub operation: String,
    /// Where it uses it.
    pub place: Place,
}

/// What is known of operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// How many there are.
    pub operations: usize,
    /// How many of them only the new schema accepts: they came with it.
    pub only_new: usize,
}

impl Documents {
    /// Adds to each change the operations that it reaches.
    pub fn judge(&self, old: &Sdl, new: &Sdl, changes: &mut Vec<Change>) -> Result<Known, OperationsError> {
        let mut known = Known {
            operations: self.count(),
            only_new: 0,
        };
        for operation in self.operations() {
            let document = self.document(operation);
            let refused = document.to_executable_validate(new.schema()).err();
            match (document.to_executable_validate(old.schema()), refused) {
                (Err(_), None) => known.only_new += 1,
                (Err(found), Some(_)) => return Err(SdlError::first(operation.file(), &found.errors).into()),
                (Ok(valid), refused) => {
                    let usage = Usage::new(old.schema(), &valid);
                    let explained = self.reached(operation, &usage, changes);
                    if let Some(found) = refused.filter(|_| !explained) {
                        let problem = SdlError::first(operation.file(), &found.errors).problem;
                        changes.push(self.refusal(operation, problem));
                    }
                }
            }
        }
        crate::sdl::diff::sort(changes);
        Ok(known)
    }

    /// Adds the operation to what reaches it; whether something breaks it.
    fn reached(&self, operation: &Operation, usage: &Usage<'_>, changes: &mut [Change]) -> bool {
        let mut explained = false;
        for change in changes.iter_mut().filter(|change| change.severity > Severity::Safe) {
            if let Some(span) = reach(change, usage) {
                explained |= change.severity == Severity::Breaking;
                change.uses.push(Use {
                    operation: operation.name.clone(),
                    place: self.place(operation, span),
                });
            }
        }
        explained
    }

    fn refusal(&self, operation: &Operation, problem: String) -> Change {
        let place = self.start(operation);
        let kind = ChangeKind::OperationRefused;
        let mut change = Change::new(kind, Severity::Breaking, operation.name.as_str(), place.clone());
        change.notes.push(problem);
        change.uses.push(Use {
            operation: operation.name.clone(),
            place,
        });
        change
    }
}

/// Makes of what breaks, but no known operation uses, something merely dangerous.
pub fn pass_unused(changes: &mut [Change]) {
    let breaking = changes
        .iter_mut()
        .filter(|change| change.severity == Severity::Breaking);
    for change in breaking.filter(|change| change.uses.is_empty()) {
        change.severity = Severity::Dangerous;
        change.notes.push("breaking, but no known operation uses it".into());
    }
    crate::sdl::diff::sort(changes);
}

type Where = Option<Option<apollo_compiler::parser::SourceSpan>>;

/// Where the operation uses what changed.
fn reach(change: &Change, usage: &Usage<'_>) -> Where {
    let path = change.path.as_str();
    let parent = path.rsplit_once('.').map_or(path, |(parent, _)| parent);
    match change.kind {
        ChangeKind::FieldArgumentAdded
        | ChangeKind::InputFieldAdded
        | ChangeKind::EnumValueAdded
        | ChangeKind::UnionMemberAdded
        | ChangeKind::InputFieldDefaultValueChanged
        | ChangeKind::DirectiveArgumentAdded => usage.of(parent),
        ChangeKind::FieldArgumentTypeChanged
        | ChangeKind::InputFieldTypeChanged
        | ChangeKind::DirectiveArgumentTypeChanged => {
            usage.of(path).or_else(|| usage.of(parent).filter(|_| requires(change)))
        }
        ChangeKind::FieldArgumentDefaultChanged | ChangeKind::DirectiveArgumentDefaultValueChanged => {
            usage.of(parent).filter(|_| usage.of(path).is_none())
        }
        ChangeKind::UnionMemberRemoved | ChangeKind::ObjectTypeInterfaceRemoved => between(path, usage),
        ChangeKind::ObjectTypeInterfaceAdded => usage.of(path.rsplit('.').next()?),
        _ => usage
            .of(path)
            .or_else(|| path.split_once(".@").and_then(|(at, _)| usage.of(at))),
    }
}

/// Whether it has to be given now, and hadn't to be before.
fn requires(change: &Change) -> bool {
    let is_required = |ty: &Option<String>| ty.as_deref().is_some_and(|ty| ty.ends_with('!'));
    is_required(&change.new) && !is_required(&change.old)
}

/// A fragment on one of the two within the other.
fn between(path: &str, usage: &Usage<'_>) -> Where {
    let (one, other) = path.split_once('.')?;
    usage
        .of(&format!("{one}>{other}"))
        .or_else(|| usage.of(&format!("{other}>{one}")))
}
