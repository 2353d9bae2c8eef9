//! Arguments of fields.

use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::{Name, Node};

use crate::sdl::ChangeKind::{
    FieldArgumentAdded, FieldArgumentDefaultChanged, FieldArgumentDescriptionChanged, FieldArgumentRemoved,
    FieldArgumentTypeChanged,
};
use crate::sdl::Severity::{Breaking, Dangerous, Safe};
use crate::sdl::literal::{same_value, value};

use super::applied::{Spot, ast};
use super::differ::Differ;
use super::list::{Pair, pairs};
use super::nullability::is_safe_input;

impl Differ<'_> {
    pub(super) fn arguments(
        &mut self,
        of: &str,
        field: &Name,
        old: &[Node<InputValueDefinition>],
        new: &[Node<InputValueDefinition>],
    ) {
        for pair in pairs(old.iter().map(named), new.iter().map(named)) {
            match pair {
                Pair::Removed(argument) => {
                    let path = format!("{of}.{}", argument.name);
                    let change = self.at(FieldArgumentRemoved, Breaking, path, field);
                    self.found(change.old(declared(argument)));
                }
                Pair::Added(argument) => {
                    let severity = if argument.is_required() { Breaking } else { Dangerous };
                    let path = format!("{of}.{}", argument.name);
                    let change = self.at(FieldArgumentAdded, severity, path, &argument.name);
                    self.found(change.new_value(declared(argument)));
                }
                Pair::Both(old, new) => self.argument(of, old, new),
            }
        }
    }

    fn argument(&mut self, of: &str, old: &InputValueDefinition, new: &InputValueDefinition) {
        let path = format!("{of}.{}", new.name);
        let kinds = [FieldArgumentDescriptionChanged; 3];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.name,
        );
        if !same_default(old, new) {
            let mut change = self.at(FieldArgumentDefaultChanged, Dangerous, path.as_str(), &new.name);
            [change.old, change.new] = [old, new].map(default);
            self.found(change);
        }
        if old.ty != new.ty {
            let severity = if is_safe_input(&old.ty, &new.ty) {
                Safe
            } else {
                Breaking
            };
            let change = self.at(FieldArgumentTypeChanged, severity, path.as_str(), &new.name);
            self.found(change.old(old.ty.to_string()).new_value(new.ty.to_string()));
        }
        self.applied(
            &Spot::of_argument(&path, &new.name),
            &ast(&old.directives),
            &ast(&new.directives),
        );
    }
}

/// By its name.
pub(super) fn named(argument: &Node<InputValueDefinition>) -> (&str, &InputValueDefinition) {
    (argument.name.as_str(), argument)
}

/// Its type and its default, like `Int = 20`.
pub(super) fn declared(input: &InputValueDefinition) -> String {
    match default(input) {
        Some(default) => format!("{} = {default}", input.ty),
        None => input.ty.to_string(),
    }
}

/// Its default, as it is written.
pub(super) fn default(input: &InputValueDefinition) -> Option<String> {
    input.default_value.as_ref().map(|default| value(default))
}

/// Whether the defaults mean the same.
pub(super) fn same_default(old: &InputValueDefinition, new: &InputValueDefinition) -> bool {
    match (&old.default_value, &new.default_value) {
        (None, None) => true,
        (Some(was), Some(is)) => same_value(&new.ty, was, is),
        _ => false,
    }
}
