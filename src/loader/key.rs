//! The one key of the loader, so that one level of a query is one batch whatever its kinds, and what there is under it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::cache::Key;
use crate::model::{EntityRef, Filter, Id, Kind, Query, Row, Tag, Term};

use super::{Hashed, LoadError};

/// What a reader asks for; small, and cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BatchKey {
    /// One entity.
    Entity(EntityRef),
    /// One page of a list.
    Page(Kind, Hashed<Query>),
    /// How many match.
    Count(Kind, Hashed<Filter>),
    /// The tasks of a project that aren't archived, by status.
    StatusCounts(Id),
    /// How many tasks match, by project and status.
    TaskCounts(Hashed<Filter>),
    /// The projects that a user belongs to.
    Memberships(Id),
}

/// How many tasks there are, by project and status; what has none is left out.
pub type TaskCounts = BTreeMap<(Id, String), u64>;

/// How what a key asks for is cached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Under which key of the cache.
    pub key: Key,
    /// The tag whose version says whether it is current.
    pub tag: Tag,
}

impl BatchKey {
    /// One page of a list.
    pub fn page(kind: Kind, query: Query) -> BatchKey {
        BatchKey::Page(kind, Hashed::new(query))
    }

    /// How many match.
    pub fn count(kind: Kind, filter: Filter) -> BatchKey {
        BatchKey::Count(kind, Hashed::new(filter))
    }

    /// How many tasks match, by project and status.
    pub fn task_counts(filter: Filter) -> BatchKey {
        BatchKey::TaskCounts(Hashed::new(filter))
    }

    /// Where it is cached; `None` for a list of which no write could know whether it changes it.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            BatchKey::Entity(entity) => Some(Place {
                key: Key::Entity(*entity),
                tag: Tag::entity(entity.kind, entity.id),
            }),
            BatchKey::Page(kind, query) => list(*kind, Tag::list(*kind, &query.filter)?, "page", |to| {
                query.write_question(to);
            }),
            BatchKey::Count(kind, filter) => list(*kind, Tag::list(*kind, filter)?, "count", |to| {
                filter.write_question(to);
            }),
            BatchKey::StatusCounts(project) => {
                let tag = Tag::List(Kind::Task, "project", *project, Term::ALL);
                list(Kind::Task, tag, "status counts", |to| {
                    to.extend_from_slice(project.bytes());
                })
            }
            BatchKey::TaskCounts(filter) => {
                let tag = Tag::list(Kind::Task, filter)?;
                list(Kind::Task, tag, "task counts", |to| filter.write_question(to))
            }
            BatchKey::Memberships(user) => {
                let tag = Tag::List(Kind::Project, "member", *user, Term::ALL);
                list(Kind::Project, tag, "memberships", |to| {
                    to.extend_from_slice(user.bytes());
                })
            }
        }
    }

    /// What it is, or is a list or count of.
    pub(super) fn kind(&self) -> Kind {
        match self {
            BatchKey::Entity(entity) => entity.kind,
            BatchKey::Page(kind, _) | BatchKey::Count(kind, _) => *kind,
            BatchKey::StatusCounts(_) | BatchKey::TaskCounts(_) => Kind::Task,
            BatchKey::Memberships(_) => Kind::Project,
        }
    }

    /// What it is in the metrics.
    pub(super) fn label(&self) -> &'static str {
        match self {
            BatchKey::Entity(entity) => entity.kind.name(),
            BatchKey::Page(..) => "page",
            BatchKey::Count(..) => "count",
            BatchKey::StatusCounts(_) => "status_counts",
            BatchKey::TaskCounts(_) => "task_counts",
            BatchKey::Memberships(_) => "memberships",
        }
    }
}

/// Where the list lies that answers such a question.
fn list(kind: Kind, tag: Tag, of: &str, write: impl FnOnce(&mut Vec<u8>)) -> Option<Place> {
    let mut question = Vec::with_capacity(QUESTION);
    question.extend_from_slice(of.as_bytes());
    question.push(b':');
    write(&mut question);
    let key = Key::list(kind, &question);
    Some(Place { key, tag })
}

/// What most questions fit into.
const QUESTION: usize = 256;

/// What there is under a key, of the variant that belongs to it.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// The row of an entity; `None`: there is none.
    Entity(Option<Row>),
    /// The rows of a page.
    Page(Arc<[Row]>),
    /// How many match.
    Count(u64),
    /// How many tasks there are in each status.
    StatusCounts(Arc<BTreeMap<String, u64>>),
    /// How many tasks there are in each status of each project.
    TaskCounts(Arc<TaskCounts>),
    /// The ids of projects.
    Memberships(Arc<HashSet<Id>>),
}

/// What a key got: it, or why nobody can say.
pub type Outcome = Result<Loaded, LoadError>;

/// What the store was asked for, by key.
pub(super) type Fetched = HashMap<BatchKey, Outcome, RandomState>;

/// What the keys' variants promise; batches keep it.
const OF_ITS_KEY: &str = "an answer is of its key's variant";

impl Loaded {
    /// What is under the key of an entity.
    pub fn entity(self) -> Option<Row> {
        match self {
            Loaded::Entity(entity) => entity,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    /// What is under the key of a page.
    pub fn page(self) -> Arc<[Row]> {
        match self {
            Loaded::Page(page) => page,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    /// What is under the key of a count.
    pub fn count(self) -> u64 {
        match self {
            Loaded::Count(count) => count,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    /// What is under the key of counts by status.
    pub fn status_counts(self) -> Arc<BTreeMap<String, u64>> {
        match self {
            Loaded::StatusCounts(counts) => counts,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    /// What is under the key of counts by project and status.
    pub fn task_counts(self) -> Arc<TaskCounts> {
        match self {
            Loaded::TaskCounts(counts) => counts,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }

    /// What is under the key of memberships.
    pub fn memberships(self) -> Arc<HashSet<Id>> {
        match self {
            Loaded::Memberships(projects) => projects,
            _ => unreachable!("{OF_ITS_KEY}"),
        }
    }
}

/// A key and its answer: what a part of a batch yields.
pub(super) type Answer = (BatchKey, Outcome);
