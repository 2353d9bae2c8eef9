//! Fields of input objects.

use apollo_compiler::Name;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::InputObjectType;

use crate::sdl::ChangeKind::{
    InputFieldAdded, InputFieldDefaultValueChanged, InputFieldDescriptionAdded, InputFieldDescriptionChanged,
    InputFieldDescriptionRemoved, InputFieldRemoved, InputFieldTypeChanged,
};
use crate::sdl::Severity::{self, Breaking, Dangerous, Safe};

use super::applied::{Spot, ast};
use super::argument::{declared, default, same_default};
use super::differ::Differ;
use super::list::{Pair, pairs};
use super::nullability::is_safe_input;

impl Differ<'_> {
    pub(super) fn input_fields(&mut self, old: &InputObjectType, new: &InputObjectType) {
        let of = &new.name;
        for pair in pairs(old.fields.iter(), new.fields.iter()) {
            match pair {
                Pair::Removed(field) => {
                    let change = self.at(InputFieldRemoved, Breaking, format!("{of}.{}", field.name), of);
                    let was_deprecated = field.directives.has("deprecated");
                    let note = was_deprecated.then(|| "it was deprecated".to_owned());
                    self.found(change.old(declared(field)).note(note));
                }
                Pair::Added(field) => {
                    let path = format!("{of}.{}", field.name);
                    let change = self.at(InputFieldAdded, severity_of_added(field), path, &field.name);
                    self.found(change.new_value(declared(field)));
                }
                Pair::Both(old, new) => self.input_field(of, old, new),
            }
        }
    }

    fn input_field(&mut self, of: &Name, old: &InputValueDefinition, new: &InputValueDefinition) {
        let path = format!("{of}.{}", new.name);
        let kinds = [
            InputFieldDescriptionAdded,
            InputFieldDescriptionChanged,
            InputFieldDescriptionRemoved,
        ];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.name,
        );
        if !same_default(old, new) {
            let mut change = self.at(InputFieldDefaultValueChanged, Dangerous, path.as_str(), &new.name);
            [change.old, change.new] = [old, new].map(default);
            self.found(change);
        }
        if old.ty != new.ty {
            let severity = if is_safe_input(&old.ty, &new.ty) {
                Safe
            } else {
                Breaking
            };
            let change = self.at(InputFieldTypeChanged, severity, path.as_str(), &new.name);
            self.found(change.old(old.ty.to_string()).new_value(new.ty.to_string()));
        }
        self.applied(
            &Spot::of_input_field(&path, &new.name),
            &ast(&old.directives),
            &ast(&new.directives),
        );
    }
}

fn severity_of_added(field: &InputValueDefinition) -> Severity {
    if field.is_required() {
        Breaking
    } else if field.default_value.is_some() {
        Dangerous
    } else {
        Safe
    }
}
