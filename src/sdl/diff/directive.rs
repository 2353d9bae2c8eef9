//! Directive definitions.

use apollo_compiler::ast::{DirectiveDefinition, DirectiveLocation, InputValueDefinition};

use crate::sdl::ChangeKind::{
    DirectiveAdded, DirectiveArgumentAdded, DirectiveArgumentDefaultValueChanged, DirectiveArgumentDescriptionChanged,
    DirectiveArgumentRemoved, DirectiveArgumentTypeChanged, DirectiveDescriptionChanged, DirectiveLocationAdded,
    DirectiveLocationRemoved, DirectiveRemoved, DirectiveRepeatableAdded, DirectiveRepeatableRemoved,
};
use crate::sdl::Severity::{Breaking, Dangerous, Safe};

use super::argument::{declared, default, named, same_default};
use super::differ::Differ;
use super::list::{Pair, pairs};
use super::nullability::is_safe_input;

impl Differ<'_> {
    pub(super) fn directives(&mut self) {
        for pair in pairs(self.old.directives(), self.new.directives()) {
            match pair {
                Pair::Removed(directive) => {
                    let change = self.nowhere(DirectiveRemoved, Breaking, format!("@{}", directive.name));
                    self.found(change.old(locations(directive)));
                }
                Pair::Added(directive) => {
                    let path = format!("@{}", directive.name);
                    let change = self.at(DirectiveAdded, Safe, path, &directive.name);
                    self.found(change.new_value(locations(directive)));
                }
                Pair::Both(old, new) => self.directive(old, new),
            }
        }
    }

    fn directive(&mut self, old: &DirectiveDefinition, new: &DirectiveDefinition) {
        let path = format!("@{}", new.name);
        let kinds = [DirectiveDescriptionChanged; 3];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.name,
        );
        let repeatable = |is: bool| if is { "repeatable" } else { "not repeatable" };
        if old.repeatable != new.repeatable {
            let (kind, severity) = if new.repeatable {
                (DirectiveRepeatableAdded, Safe)
            } else {
                (DirectiveRepeatableRemoved, Dangerous)
            };
            let change = self.at(kind, severity, path.as_str(), &new.name);
            self.found(
                change
                    .old(repeatable(old.repeatable))
                    .new_value(repeatable(new.repeatable)),
            );
        }
        self.locations(&path, old, new);
        for pair in pairs(old.arguments.iter().map(named), new.arguments.iter().map(named)) {
            match pair {
                Pair::Removed(argument) => {
                    let path = format!("{path}.{}", argument.name);
                    let change = self.at(DirectiveArgumentRemoved, Breaking, path, &new.name);
                    self.found(change.old(declared(argument)));
                }
                Pair::Added(argument) => {
                    let severity = if argument.is_required() { Breaking } else { Safe };
                    let path = format!("{path}.{}", argument.name);
                    let change = self.at(DirectiveArgumentAdded, severity, path, &argument.name);
                    self.found(change.new_value(declared(argument)));
                }
                Pair::Both(old, new) => self.directive_argument(&path, old, new),
            }
        }
    }

    fn locations(&mut self, path: &str, old: &DirectiveDefinition, new: &DirectiveDefinition) {
        let named = |location: &DirectiveLocation| (location.name(), location.name());
        for pair in pairs(old.locations.iter().map(named), new.locations.iter().map(named)) {
            let change = match pair {
                Pair::Removed(location) => {
                    let path = format!("{path}.{location}");
                    self.at(DirectiveLocationRemoved, Breaking, path, &new.name)
                        .old(location)
                }
                Pair::Added(location) => {
                    let path = format!("{path}.{location}");
                    self.at(DirectiveLocationAdded, Safe, path, &new.name)
                        .new_value(location)
                }
                Pair::Both(..) => continue,
            };
            self.found(change);
        }
    }

    fn directive_argument(&mut self, of: &str, old: &InputValueDefinition, new: &InputValueDefinition) {
        let path = format!("{of}.{}", new.name);
        let kinds = [DirectiveArgumentDescriptionChanged; 3];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.name,
        );
        if !same_default(old, new) {
            let mut change = self.at(
                DirectiveArgumentDefaultValueChanged,
                Dangerous,
                path.as_str(),
                &new.name,
            );
            [change.old, change.new] = [old, new].map(default);
            self.found(change);
        }
        if old.ty != new.ty {
            let severity = if is_safe_input(&old.ty, &new.ty) {
                Safe
            } else {
                Breaking
            };
            let change = self.at(DirectiveArgumentTypeChanged, severity, path.as_str(), &new.name);
            self.found(change.old(old.ty.to_string()).new_value(new.ty.to_string()));
        }
    }
}

fn locations(directive: &DirectiveDefinition) -> String {
    let mut names: Vec<&str> = directive.locations.iter().map(|location| location.name()).collect();
    names.sort_unstable();
    format!("on {}", names.join(" | "))
}
