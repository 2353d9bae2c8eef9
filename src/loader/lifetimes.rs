//! How long what was loaded may be kept: as the register of kinds says, unless configured otherwise.

use std::collections::HashMap;
use std::time::Duration;

use crate::model::Kind;

use super::key::BatchKey;

/// Lives of entities and of lists and counts, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifetimes {
    entities: HashMap<Kind, Duration>,
    lists: HashMap<Kind, Duration>,
}

impl Lifetimes {
    /// Entities of this kind live this long.
    #[must_use]
    pub fn entities(mut self, kind: Kind, life: Duration) -> Lifetimes {
        self.entities.insert(kind, life);
        self
    }

    /// Lists and counts of this kind live this long.
    #[must_use]
    pub fn lists(mut self, kind: Kind, life: Duration) -> Lifetimes {
        self.lists.insert(kind, life);
        self
    }

    /// How long an entity of this kind lives.
    pub fn of_entity(&self, kind: Kind) -> Duration {
        self.entities.get(&kind).copied().unwrap_or(kind.ttl())
    }

    /// How long what is under this key lives.
    pub(super) fn of(&self, key: &BatchKey) -> Duration {
        let list = |kind: Kind| self.lists.get(&kind).copied().unwrap_or(kind.list_ttl());
        match key {
            BatchKey::Entity(entity) => self.of_entity(entity.kind),
            BatchKey::Page(kind, _) | BatchKey::Count(kind, _) => list(*kind),
            BatchKey::StatusCounts(_) | BatchKey::TaskCounts(_) => list(Kind::Task),
            BatchKey::Memberships(_) => list(Kind::Project),
        }
    }
}
