//! Values of enums.

use apollo_compiler::Name;
use apollo_compiler::ast::EnumValueDefinition;
use apollo_compiler::schema::EnumType;

use crate::sdl::ChangeKind::{
    EnumValueAdded, EnumValueDeprecationReasonAdded, EnumValueDeprecationReasonChanged,
    EnumValueDeprecationReasonRemoved, EnumValueDescriptionChanged, EnumValueRemoved,
};
use crate::sdl::Severity::{Breaking, Dangerous, Safe};

use super::applied::{NO_REASON, Spot, ast, reason};
use super::differ::Differ;
use super::list::{Pair, pairs};

impl Differ<'_> {
    pub(super) fn enum_values(&mut self, old: &EnumType, new: &EnumType) {
        let of = &new.name;
        for pair in pairs(old.values.iter(), new.values.iter()) {
            match pair {
                Pair::Removed(value) => {
                    let change = self.at(EnumValueRemoved, Breaking, format!("{of}.{}", value.value), of);
                    let was_deprecated = value.directives.has("deprecated");
                    let note = was_deprecated.then(|| "it was deprecated".to_owned());
                    self.found(change.old(value.value.as_str()).note(note));
                }
                Pair::Added(value) => {
                    let path = format!("{of}.{}", value.value);
                    let change = self.at(EnumValueAdded, Dangerous, path, &value.value);
                    self.found(change.new_value(value.value.as_str()));
                }
                Pair::Both(old, new) => self.enum_value(of, old, new),
            }
        }
    }

    fn enum_value(&mut self, of: &Name, old: &EnumValueDefinition, new: &EnumValueDefinition) {
        let path = format!("{of}.{}", new.value);
        let kinds = [EnumValueDescriptionChanged; 3];
        self.description(
            old.description.as_deref(),
            new.description.as_deref(),
            kinds,
            &path,
            &new.value,
        );
        let (was, is) = (reason(&old.directives), reason(&new.directives));
        let kind = match (was, is) {
            _ if was == is => None,
            (None | Some(NO_REASON), _) => Some(EnumValueDeprecationReasonAdded),
            (_, None | Some(NO_REASON)) => Some(EnumValueDeprecationReasonRemoved),
            _ => Some(EnumValueDeprecationReasonChanged),
        };
        if let Some(kind) = kind {
            let mut change = self.at(kind, Safe, format!("{path}.@deprecated"), &new.value);
            change.old = was.map(Into::into);
            change.new = is.map(Into::into);
            self.found(change);
        }
        self.applied(
            &Spot::of_enum_value(&path, &new.value),
            &ast(&old.directives),
            &ast(&new.directives),
        );
    }
}
