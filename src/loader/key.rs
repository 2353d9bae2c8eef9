//! The one key of the loader, so that one level of a query is one batch whatever its kinds.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::cache::{entity_key, list_key};
use crate::model::{AnyEntity, EntityRef, Filter, Id, Kind, Query, Tag};

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

/// How what a key asks for is cached.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Under which key of the cache.
    pub key: String,
    /// The tag whose version says whether it is current.
    pub tag: Tag,
}

impl BatchKey {
    /// Where it is cached; `None` for a list of which no write could know whether it changes it.
    pub fn place(&self) -> Option<Place> {
        let list = |kind: Kind, tag: Option<Tag>, question: String| {
            let key = list_key(kind, &question);
            Some(Place { key, tag: tag? })
        };
        match self {
            BatchKey::Entity(entity) => Some(Place {
                key: entity_key(entity),
                tag: Tag::entity(entity.kind, entity.id),
            }),
            BatchKey::Page(kind, query) => list(*kind, Tag::list(*kind, &query.filter), format!("page {query:?}")),
            BatchKey::Count(kind, filter) => list(*kind, Tag::list(*kind, filter), format!("count {filter:?}")),
            BatchKey::StatusCounts(project) => {
                let tag = Tag::List(Kind::Task, "project", *project);
                list(Kind::Task, Some(tag), format!("status counts {project}"))
            }
            BatchKey::Memberships(user) => {
                let tag = Tag::List(Kind::Project, "member", *user);
                list(Kind::Project, Some(tag), format!("memberships {user}"))
            }
        }
    }

    /// What it is in the metrics.
    pub fn label(&self) -> &'static str {
        match self {
            BatchKey::Entity(entity) => entity.kind.name(),
            BatchKey::Page(..) => "page",
            BatchKey::Count(..) => "count",
            BatchKey::StatusCounts(_) => "status_counts",
            BatchKey::Memberships(_) => "memberships",
        }
    }
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
