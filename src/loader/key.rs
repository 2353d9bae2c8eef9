//! The one key of the loader, so that one level of a query is one batch whatever its kinds.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::model::{AnyEntity, EntityRef, Filter, Id, Kind, Query};

use super::LoadError;

/// What a reader asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum BatchKey {
    /// One entity.
    Entity(EntityRef),
    /// One page of a list.
    Page(Kind, Query),
    /// How many match.
    Count(Kind, Filter),
    /// The tasks of a project that aren't archived, by status.
    StatusCounts(Id),
    /// The projects that a user belongs to.
    Memberships(Id),
}

/// What there is under a key, of the variant that belongs to it.
#[derive(Clone, Debug)]
pub(super) enum Loaded {
    Entity(Option<AnyEntity>),
    Page(Arc<[AnyEntity]>),
    Count(u64),
    StatusCounts(Arc<BTreeMap<String, u64>>),
    Memberships(Arc<HashSet<Id>>),
}

/// What the keys' variants promise; `dispatch` keeps it.
const OF_ITS_KEY: &str = "an answer is of its key's variant";

impl Loaded {
    pub fn entity(self) -> Option<AnyEntity> {
        match self {
            Loaded::Entity(entity) => entity,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    pub fn page(self) -> Arc<[AnyEntity]> {
        match self {
            Loaded::Page(page) => page,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    pub fn count(self) -> u64 {
        match self {
            Loaded::Count(count) => count,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    pub fn status_counts(self) -> Arc<BTreeMap<String, u64>> {
        match self {
            Loaded::StatusCounts(counts) => counts,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    pub fn memberships(self) -> Arc<HashSet<Id>> {
        match self {
            Loaded::Memberships(projects) => projects,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }
}

/// A key and its answer: what a part of a batch yields.
pub(super) type Answer = (BatchKey, Result<Loaded, LoadError>);
