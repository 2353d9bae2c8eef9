//! Types: which there are, of what kind, what they implement, which members they have.

use apollo_compiler::schema::{ComponentName, ExtendedType, UnionType};
use apollo_compiler::{Name, Node};

use crate::sdl::ChangeKind::{
    ObjectTypeInterfaceAdded, ObjectTypeInterfaceRemoved, TypeAdded, TypeDescriptionAdded, TypeDescriptionChanged,
    TypeDescriptionRemoved, TypeKindChanged, TypeRemoved, UnionMemberAdded, UnionMemberRemoved,
};
use crate::sdl::Severity::{Breaking, Dangerous, Safe};

use super::applied::Spot;
use super::differ::Differ;
use super::list::{Pair, pairs};

impl Differ<'_> {
    pub(super) fn types(&mut self) {
        for pair in pairs(self.old.types(), self.new.types()) {
            match pair {
                Pair::Removed(ty) => {
                    let change = self.nowhere(TypeRemoved, Breaking, ty.name().as_str());
                    self.found(change.old(kind(ty)));
                }
                Pair::Added(ty) => {
                    let change = self.at(TypeAdded, Safe, ty.name().as_str(), ty.name());
                    self.found(change.new_value(kind(ty)));
                }
                Pair::Both(old, new) => self.type_pair(old, new),
            }
        }
    }

    fn type_pair(&mut self, old: &ExtendedType, new: &ExtendedType) {
        let name = new.name();
        let kinds = [TypeDescriptionAdded, TypeDescriptionChanged, TypeDescriptionRemoved];
        let [was, is] = [old, new].map(|ty| ty.description().map(Node::as_str));
        self.description(was, is, kinds, name, name);
        match (old, new) {
            (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
            (ExtendedType::Object(old), ExtendedType::Object(new)) => {
                self.interfaces(name, old.implements_interfaces.iter(), new.implements_interfaces.iter());
                self.fields(name, &old.fields, &new.fields);
            }
            (ExtendedType::Interface(old), ExtendedType::Interface(new)) => {
                self.interfaces(name, old.implements_interfaces.iter(), new.implements_interfaces.iter());
                self.fields(name, &old.fields, &new.fields);
            }
            (ExtendedType::Union(old), ExtendedType::Union(new)) => self.members(old, new),
            (ExtendedType::Enum(old), ExtendedType::Enum(new)) => self.enum_values(old, new),
            (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => self.input_fields(old, new),
            _ => {
                let change = self.at(TypeKindChanged, Breaking, name.as_str(), name);
                return self.found(change.old(kind(old)).new_value(kind(new)));
            }
        }
        let [was, is]: [Vec<_>; 2] =
            [old, new].map(|ty| ty.directives().iter().map(|directive| &***directive).collect());
        self.applied(&Spot::of_type(new), &was, &is);
    }

    fn interfaces<'a>(
        &mut self,
        of: &Name,
        old: impl Iterator<Item = &'a ComponentName>,
        new: impl Iterator<Item = &'a ComponentName> + Clone,
    ) {
        for pair in pairs(old.map(named), new.map(named)) {
            let change = match pair {
                Pair::Removed(interface) => {
                    let path = format!("{of}.{interface}");
                    self.at(ObjectTypeInterfaceRemoved, Breaking, path, of)
                        .old(interface.as_str())
                }
                Pair::Added(interface) => {
                    let path = format!("{of}.{interface}");
                    self.at(ObjectTypeInterfaceAdded, Dangerous, path, interface)
                        .new_value(interface.as_str())
                }
                Pair::Both(..) => continue,
            };
            self.found(change);
        }
    }

    fn members(&mut self, old: &UnionType, new: &UnionType) {
        let of = &new.name;
        let (was, is) = (old.members.iter(), new.members.iter());
        for pair in pairs(was.map(named), is.map(named)) {
            let change = match pair {
                Pair::Removed(member) => {
                    let path = format!("{of}.{member}");
                    self.at(UnionMemberRemoved, Breaking, path, of).old(member.as_str())
                }
                Pair::Added(member) => {
                    let path = format!("{of}.{member}");
                    self.at(UnionMemberAdded, Dangerous, path, member)
                        .new_value(member.as_str())
                }
                Pair::Both(..) => continue,
            };
            self.found(change);
        }
    }
}

fn named(component: &ComponentName) -> (&str, &Name) {
    (component.name.as_str(), &component.name)
}

/// As it is written in SDL.
fn kind(ty: &ExtendedType) -> &'static str {
    match ty {
        ExtendedType::Scalar(_) => "scalar",
        ExtendedType::Object(_) => "type",
        ExtendedType::Interface(_) => "interface",
        ExtendedType::Union(_) => "union",
        ExtendedType::Enum(_) => "enum",
        ExtendedType::InputObject(_) => "input",
    }
}
