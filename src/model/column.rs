//! The fields of an object as clients may see them: what the schema and the execution of queries learn of a declaration.

use async_graphql::OutputType;
use async_graphql::registry::Registry;

use super::{Embedded, FieldRule, Id, Kind};

/// One field of a declared object; its place among them is the number of its slot.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name of the struct's field.
    pub field: &'static str,
    /// The name that was given for clients; empty where `name` makes it of `field`.
    pub given: &'static str,
    /// What it is, line by line.
    pub docs: &'static [&'static str],
    /// How clients see it.
    pub face: Face,
    /// Who may read it of those who see its object; `None`: everybody.
    pub rule: Option<FieldRule>,
}

/// How clients see a field.
#[derive(Clone, Copy, Debug)]
pub enum Face {
    /// Not at all.
    Hidden,
    /// As the global id: the slot is its JSON text.
    Id,
    /// As a scalar, an enum or a list of them: the slot is its JSON text. Makes the type known to a registry and tells
    /// its name with `!` and brackets.
    Scalar(fn(&mut Registry) -> String),
    /// As the entity of this kind that it points at, if any: the slot is its id, or empty.
    One(Kind),
    /// As the entities of this kind that it points at: the slot is their ids.
    Many(Kind),
    /// As objects that belong to this one alone: the slot is their rows.
    Embedded,
}

impl Column {
    /// What clients call it.
    pub fn name(&self) -> String {
        if !self.given.is_empty() {
            return self.given.into();
        }
        let mut parts = self.field.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| {
            let (initial, rest) = part.split_at(part.len().min(1));
            name + &initial.to_ascii_uppercase() + rest
        })
    }

    /// Whether clients see it.
    pub const fn is_shown(&self) -> bool {
        !matches!(self.face, Face::Hidden)
    }
}

impl Face {
    /// A field of this type, or one that answers as it does.
    pub const fn scalar<T: OutputType>() -> Face {
        Face::Scalar(T::create_type_info)
    }

    /// A field of this type that points at an entity of this kind.
    pub const fn one<T: PointsAtOne>(kind: Kind) -> Face {
        Face::One(kind)
    }

    /// A field of this type that points at entities of this kind.
    pub const fn many<T: PointsAtMany>(kind: Kind) -> Face {
        Face::Many(kind)
    }

    /// A field of this type.
    pub const fn embedded<T: Embeds>() -> Face {
        Face::Embedded
    }
}

/// What a field declared as `one(Kind)` is made of.
#[diagnostic::on_unimplemented(message = "a field that is `one(..)` is an `Id` or an `Option<Id>`, not `{Self}`")]
pub trait PointsAtOne {}
impl PointsAtOne for Id {}
impl PointsAtOne for Option<Id> {}

/// What a field declared as `many(Kind)` is made of.
#[diagnostic::on_unimplemented(message = "a field that is `many(..)` is a `Vec<Id>`, not `{Self}`")]
pub trait PointsAtMany {}
impl PointsAtMany for Vec<Id> {}

/// What a field declared as `embedded` is made of.
#[diagnostic::on_unimplemented(
    message = "a field that is `embedded` is a `Vec` or an `Option` of a type that is `Embedded`, not `{Self}`"
)]
pub trait Embeds {}
impl<T: Embedded> Embeds for Vec<T> {}
impl<T: Embedded> Embeds for Option<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(field: &'static str, given: &'static str) -> Column {
        Column {
            field,
            given,
            docs: &[],
            face: Face::Hidden,
            rule: None,
        }
    }

    #[test]
    fn names_are_made_of_fields_unless_given() {
        assert_eq!(column("title", "").name(), "title");
        assert_eq!(column("last_login_at", "").name(), "lastLoginAt");
        assert_eq!(column("task_type", "type").name(), "type");
    }
}
