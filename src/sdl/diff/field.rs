//! Fields of objects and interfaces.

use apollo_compiler::Name;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::Component;

use crate::sdl::ChangeKind::{
    FieldAdded, FieldDeprecationAdded, FieldDeprecationReasonAdded, FieldDeprecationReasonChanged,
    FieldDeprecationReasonRemoved, FieldDeprecationRemoved, FieldDescriptionAdded, FieldDescriptionChanged,
    FieldDescriptionRemoved, FieldRemoved, FieldTypeChanged,
};
use crate::sdl::Severity::{Breaking, Safe};

use super::applied::{NO_REASON, Spot, ast, reason};
use super::differ::Differ;
use super::list::{Pair, pairs};
use super::nullability::is_safe_output;

type Fields = IndexMap<Name, Component<FieldDefinition>>;

impl Differ<'_> {
    pub(super) fn fields(&mut self, of: &Name, old: &Fields, new: &Fields) {
        for pair in pairs(old.iter(), new.iter()) {
            match pair {
                Pair::Removed(field) => {
                    let change = self.at(FieldRemoved, Breaking, format!("{of}.{}", field.name), of);
                    let was_deprecated = field.directives.has("deprecated");
                    let note = was_deprecated.then(|| "it was deprecated".to_owned());
                    self.found(change.old(signature(field)).note(note));
                }
                Pair::Added(field) => {
                    let change = self.at(FieldAdded, Safe, format!("{of}.{}", field.name), &field.name);
                    self.found(change.new_value(signature(field)));
                }
                Pair::Both(old, new) => self.field(of, old, new),
            }
        }
    }

    fn field(&mut self, of: &Name, old: &FieldDefinition, new: &FieldDefinition) {
        let path = format!("{of}.{}", new.name);
        let kinds = [FieldDescriptionAdded, FieldDescriptionChanged, FieldDescriptionRemoved];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.name,
        );
        if old.ty != new.ty {
            let severity = if is_safe_output(&old.ty, &new.ty) {
                Safe
            } else {
                Breaking
            };
            let change = self.at(FieldTypeChanged, severity, path.as_str(), &new.name);
            self.found(change.old(old.ty.to_string()).new_value(new.ty.to_string()));
        }
        self.field_deprecation(&path, old, new);
        self.arguments(&path, &new.name, &old.arguments, &new.arguments);
        self.applied(
            &Spot::of_field(&path, &new.name),
            &ast(&old.directives),
            &ast(&new.directives),
        );
    }

    fn field_deprecation(&mut self, path: &str, old: &FieldDefinition, new: &FieldDefinition) {
        let (was, is) = (reason(&old.directives), reason(&new.directives));
        let kind = match (was, is) {
            (None, Some(_)) => FieldDeprecationAdded,
            (Some(_), None) => FieldDeprecationRemoved,
            (Some(was), Some(is)) if was == is => return,
            (Some(NO_REASON), Some(_)) => FieldDeprecationReasonAdded,
            (Some(_), Some(NO_REASON)) => FieldDeprecationReasonRemoved,
            (Some(_), Some(_)) => FieldDeprecationReasonChanged,
            (None, None) => return,
        };
        let mut change = self.at(kind, Safe, format!("{path}.@deprecated"), &new.name);
        change.old = was.map(Into::into);
        change.new = is.map(Into::into);
        self.found(change);
    }
}

/// What it takes and gives, like `(first: Int): [Task!]!`, or without arguments its type alone.
fn signature(field: &FieldDefinition) -> String {
    if field.arguments.is_empty() {
        return field.ty.to_string();
    }
    let arguments = field.arguments.iter();
    let arguments: Vec<String> = arguments
        .map(|argument| format!("{}: {}", argument.name, argument.ty))
        .collect();
    format!("({}): {}", arguments.join(", "), field.ty)
}
