//! What a cached thing bears and a write renews. In the keys of the cache a tag is text without user input.

use std::fmt;

use super::{Field, Filter, Id, Kind, Value};

/// The name of something whose change makes cached things old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// One entity, present or absent.
    Entity(Kind, Id),
    /// All lists and counts of a kind that go by one owner: the tasks of a project, the users of an organisation.
    List(Kind, Field, Id),
}

impl Tag {
    /// The tag of one entity.
    pub const fn entity(kind: Kind, id: Id) -> Tag {
        Tag::Entity(kind, id)
    }

    /// The tag of the lists that such a filter makes: by the narrowest owner that it asks for.
    /// `None`: it asks for none, so no write could know which of these lists it changes.
    pub fn list(kind: Kind, filter: &Filter) -> Option<Tag> {
        let mut owners = kind.owners().iter();
        owners.find_map(|field| Some(Tag::List(kind, field, owner(filter, field)?)))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tag::Entity(kind, id) => write!(f, "{}{id}", kind.prefix()),
            Tag::List(kind, field, id) => write!(f, "{}{field}={id}", kind.prefix()),
        }
    }
}

/// The id that a field must have for the filter to match.
fn owner(filter: &Filter, field: Field) -> Option<Id> {
    match filter {
        Filter::Eq(asked, Value::Id(id)) if *asked == field => Some(*id),
        Filter::All(parts) => parts.iter().find_map(|part| owner(part, field)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Id = Id::from_bytes([1; 12]);
    const B: Id = Id::from_bytes([2; 12]);

    #[test]
    fn a_list_goes_by_the_narrowest_owner_that_it_asks_for() {
        let of_both = Filter::Eq("organization", Value::Id(A)).and(Filter::Eq("project", Value::Id(B)));
        assert_eq!(
            Tag::list(Kind::Task, &of_both),
            Some(Tag::List(Kind::Task, "project", B))
        );
    }

    #[test]
    fn an_owner_that_is_only_one_of_several_choices_is_none() {
        let either = Filter::Any(vec![
            Filter::Eq("project", Value::Id(A)),
            Filter::Eq("project", Value::Id(B)),
        ]);
        assert_eq!(Tag::list(Kind::Task, &either), None);
    }
}
