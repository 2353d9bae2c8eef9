//! Directives where they stand: at types, fields, arguments, values and the schema. What `@cacheControl` there means
//! for caching is said with it.

use apollo_compiler::Name;
use apollo_compiler::ast::{Directive, DirectiveList};
use apollo_compiler::schema::ExtendedType;

use crate::sdl::ChangeKind::{
    self, DirectiveUsageArgumentAdded, DirectiveUsageArgumentChanged, DirectiveUsageArgumentDefinitionAdded,
    DirectiveUsageArgumentDefinitionRemoved, DirectiveUsageArgumentRemoved, DirectiveUsageEnumAdded,
    DirectiveUsageEnumRemoved, DirectiveUsageEnumValueAdded, DirectiveUsageEnumValueRemoved,
    DirectiveUsageFieldDefinitionAdded, DirectiveUsageFieldDefinitionRemoved, DirectiveUsageInputFieldDefinitionAdded,
    DirectiveUsageInputFieldDefinitionRemoved, DirectiveUsageInputObjectAdded, DirectiveUsageInputObjectRemoved,
    DirectiveUsageInterfaceAdded, DirectiveUsageInterfaceRemoved, DirectiveUsageObjectAdded,
    DirectiveUsageObjectRemoved, DirectiveUsageScalarAdded, DirectiveUsageScalarRemoved, DirectiveUsageSchemaAdded,
    DirectiveUsageSchemaRemoved, DirectiveUsageUnionAdded, DirectiveUsageUnionRemoved,
};
use crate::sdl::Severity::{self, Breaking, Dangerous, Safe};
use crate::sdl::caching;
use crate::sdl::document::is_specified;
use crate::sdl::literal::value;

use super::differ::Differ;
use super::list::{Pair, pairs};

/// What a deprecation without a reason says.
pub(super) const NO_REASON: &str = "No longer supported";

/// Something that directives stand at.
pub(super) struct Spot<'a> {
    path: &'a str,
    name: Option<&'a Name>,
    added: ChangeKind,
    removed: ChangeKind,
    /// Whether deprecation has changes of its own there.
    tells_deprecation: bool,
}

impl<'a> Spot<'a> {
    fn new(path: &'a str, name: &'a Name, [added, removed]: [ChangeKind; 2]) -> Spot<'a> {
        Spot {
            path,
            name: Some(name),
            added,
            removed,
            tells_deprecation: false,
        }
    }

    /// The schema definition.
    pub fn of_schema() -> Spot<'a> {
        Spot {
            path: "schema",
            name: None,
            added: DirectiveUsageSchemaAdded,
            removed: DirectiveUsageSchemaRemoved,
            tells_deprecation: false,
        }
    }

    /// A type.
    pub fn of_type(ty: &'a ExtendedType) -> Spot<'a> {
        let kinds = match ty {
            ExtendedType::Scalar(_) => [DirectiveUsageScalarAdded, DirectiveUsageScalarRemoved],
            ExtendedType::Object(_) => [DirectiveUsageObjectAdded, DirectiveUsageObjectRemoved],
            ExtendedType::Interface(_) => [DirectiveUsageInterfaceAdded, DirectiveUsageInterfaceRemoved],
            ExtendedType::Union(_) => [DirectiveUsageUnionAdded, DirectiveUsageUnionRemoved],
            ExtendedType::Enum(_) => [DirectiveUsageEnumAdded, DirectiveUsageEnumRemoved],
            ExtendedType::InputObject(_) => [DirectiveUsageInputObjectAdded, DirectiveUsageInputObjectRemoved],
        };
        Spot::new(ty.name(), ty.name(), kinds)
    }

    /// A field.
    pub fn of_field(path: &'a str, name: &'a Name) -> Spot<'a> {
        let kinds = [DirectiveUsageFieldDefinitionAdded, DirectiveUsageFieldDefinitionRemoved];
        Spot {
            tells_deprecation: true,
            ..Spot::new(path, name, kinds)
        }
    }

    /// A value of an enum.
    pub fn of_enum_value(path: &'a str, name: &'a Name) -> Spot<'a> {
        Spot {
            tells_deprecation: true,
            ..Spot::new(
                path,
                name,
                [DirectiveUsageEnumValueAdded, DirectiveUsageEnumValueRemoved],
            )
        }
    }

    /// An argument of a field.
    pub fn of_argument(path: &'a str, name: &'a Name) -> Spot<'a> {
        let kinds = [
            DirectiveUsageArgumentDefinitionAdded,
            DirectiveUsageArgumentDefinitionRemoved,
        ];
        Spot::new(path, name, kinds)
    }

    /// A field of an input object.
    pub fn of_input_field(path: &'a str, name: &'a Name) -> Spot<'a> {
        let kinds = [
            DirectiveUsageInputFieldDefinitionAdded,
            DirectiveUsageInputFieldDefinitionRemoved,
        ];
        Spot::new(path, name, kinds)
    }
}

impl Differ<'_> {
    /// Compares what stands there; of a directive that stands there several times, the first with the first.
    pub(super) fn applied(&mut self, spot: &Spot<'_>, old: &[&Directive], new: &[&Directive]) {
        for pair in pairs(numbered(old).into_iter(), numbered(new).into_iter()) {
            match pair {
                Pair::Removed(directive) if self.is_compared(spot, directive) => {
                    let change = self.usage(spot, spot.removed, severity_of_removed(&directive.name), directive);
                    self.found(change.old(written(directive)).note(caching::removed(directive)));
                }
                Pair::Added(directive) if self.is_compared(spot, directive) => {
                    let change = self.usage(spot, spot.added, severity_of_added(&directive.name), directive);
                    self.found(change.new_value(written(directive)).note(caching::added(directive)));
                }
                Pair::Both(old, new) if self.is_compared(spot, new) => self.usage_arguments(spot, old, new),
                _ => {}
            }
        }
    }

    /// What introspection doesn't tell isn't compared with what it tells.
    fn is_compared(&self, spot: &Spot<'_>, directive: &Directive) -> bool {
        if directive.name == "deprecated" && spot.tells_deprecation {
            return false;
        }
        is_specified(&directive.name) || (self.old.tells_directives() && self.new.tells_directives())
    }

    fn usage(
        &self,
        spot: &Spot<'_>,
        kind: ChangeKind,
        severity: Severity,
        directive: &Directive,
    ) -> crate::sdl::Change {
        let path = format!("{}.@{}", spot.path, directive.name);
        match spot.name {
            Some(name) => self.at(kind, severity, path, name),
            None => self.nowhere(kind, severity, path),
        }
    }

    fn usage_arguments(&mut self, spot: &Spot<'_>, old: &Directive, new: &Directive) {
        let [was, is] = [old, new].map(|directive| {
            let arguments = directive.arguments.iter();
            arguments.map(|argument| (argument.name.as_str(), &**argument))
        });
        let is_text = new.name == "deprecated";
        let severity = |severity| if is_text { Safe } else { severity };
        for pair in pairs(was, is) {
            let (kind, severity, argument, was, is) = match pair {
                Pair::Removed(argument) => (
                    DirectiveUsageArgumentRemoved,
                    severity(Dangerous),
                    argument,
                    Some(value(&argument.value)),
                    None,
                ),
                Pair::Added(argument) => (
                    DirectiveUsageArgumentAdded,
                    Safe,
                    argument,
                    None,
                    Some(value(&argument.value)),
                ),
                Pair::Both(old, new) if old.value == new.value => continue,
                Pair::Both(old, new) => {
                    let (was, is) = (value(&old.value), value(&new.value));
                    (
                        DirectiveUsageArgumentChanged,
                        severity(Dangerous),
                        new,
                        Some(was),
                        Some(is),
                    )
                }
            };
            let mut change = self.usage(spot, kind, severity, new);
            change.path = format!("{}.{}", change.path, argument.name);
            let note = caching::argument(new, &argument.name, was.as_deref(), is.as_deref());
            (change.old, change.new) = (was, is);
            self.found(change.note(note));
        }
    }
}

/// The directives of a list.
pub(super) fn ast(list: &DirectiveList) -> Vec<&Directive> {
    list.iter().map(|directive| &**directive).collect()
}

/// Why it is deprecated; `None`: it isn't.
pub(super) fn reason(list: &DirectiveList) -> Option<&str> {
    let directive = list.get("deprecated")?;
    let reason = directive.specified_argument_by_name("reason");
    Some(reason.and_then(|reason| reason.as_str()).unwrap_or(NO_REASON))
}

/// Each under its name and how many of that name stand before it.
fn numbered<'a>(directives: &[&'a Directive]) -> Vec<((&'a str, usize), &'a Directive)> {
    let before = |index: usize, name: &Name| directives[..index].iter().filter(|other| other.name == *name).count();
    let each = directives.iter().enumerate();
    each.map(|(index, directive)| ((directive.name.as_str(), before(index, &directive.name)), *directive))
        .collect()
}

fn written(directive: &Directive) -> String {
    let arguments = directive.arguments.iter();
    let arguments: Vec<String> = arguments
        .map(|given| format!("{}: {}", given.name, value(&given.value)))
        .collect();
    match arguments.is_empty() {
        true => format!("@{}", directive.name),
        false => format!("@{}({})", directive.name, arguments.join(", ")),
    }
}

fn severity_of_added(name: &str) -> Severity {
    match name {
        "deprecated" => Safe,
        "oneOf" => Breaking,
        _ => Dangerous,
    }
}

fn severity_of_removed(name: &str) -> Severity {
    match name {
        "deprecated" | "oneOf" => Safe,
        _ => Dangerous,
    }
}
