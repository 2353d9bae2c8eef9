//! What a cached thing bears and a write renews. In the keys of the cache a tag is text without user input.

use std::fmt;

use super::{Id, Kind};

/// The name of something whose change makes cached things old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// One entity, present or absent.
    Entity(Kind, Id),
}

impl Tag {
    /// The tag of one entity.
    pub const fn entity(kind: Kind, id: Id) -> Tag {
        Tag::Entity(kind, id)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tag::Entity(kind, id) => write!(f, "{}{id}", kind.prefix()),
        }
    }
}
