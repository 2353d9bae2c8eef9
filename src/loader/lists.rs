//! The lists and counts of one batch, from the store: those of one kind in one call.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::model::{AnyEntity, Filter, Id, Kind, Query, Value};
use crate::store::{Store, StoreError};

use super::key::{Answer, BatchKey, Loaded};
use super::{Hashed, LoadError};

/// More than anybody belongs to.
const MOST_PROJECTS: u32 = 100_000;

/// The pages of one kind.
pub(super) async fn pages(store: &Store, kind: Kind, queries: Vec<Hashed<Query>>) -> Vec<Answer> {
    let asked: Vec<Query> = queries.iter().map(|query| Query::clone(query)).collect();
    let pages = store.pages(kind, &asked).await;
    let keys = queries.into_iter().map(|query| BatchKey::Page(kind, query));
    let pages = pages.map(|pages| pages.iter().map(|page| loaded(page)).collect());
    each(keys, pages)
}

/// The counts of one kind.
pub(super) async fn counts(store: &Store, kind: Kind, filters: Vec<Hashed<Filter>>) -> Vec<Answer> {
    let asked: Vec<Filter> = filters.iter().map(|filter| Filter::clone(filter)).collect();
    let counts = store.count(kind, &asked).await;
    let keys = filters.into_iter().map(|filter| BatchKey::Count(kind, filter));
    each(
        keys,
        counts.map(|counts| counts.into_iter().map(Loaded::Count).collect()),
    )
}

/// The tasks of each project that aren't archived, by status, for all projects at once.
pub(super) async fn status_counts(store: &Store, projects: Vec<Id>) -> Vec<Answer> {
    let among = projects.iter().copied().map(Value::Id).collect();
    let tasks = Filter::In("project", among).and(Filter::Eq("isArchived", Value::Bool(false)));
    let counted = store.count_by(Kind::Task, &tasks, &["project", "status"]).await;
    let loaded = counted.map(|counted| {
        let mut counts = by_project(counted);
        let of = |project| Loaded::StatusCounts(Arc::new(counts.remove(project).unwrap_or_default()));
        projects.iter().map(of).collect()
    });
    each(projects.iter().copied().map(BatchKey::StatusCounts), loaded)
}

/// The tasks that match, by project and status.
pub(super) async fn task_counts(store: &Store, filter: Hashed<Filter>) -> Vec<Answer> {
    let counted = store.count_by(Kind::Task, &filter, &["project", "status"]).await;
    let loaded = counted.map(|counted| {
        let counts = counted
            .into_iter()
            .filter_map(|(values, count)| Some((home(values)?, count)));
        vec![Loaded::TaskCounts(Arc::new(counts.collect()))]
    });
    each([BatchKey::TaskCounts(filter)], loaded)
}

/// The projects that a user belongs to.
pub(super) async fn memberships(store: &Store, user: Id) -> Vec<Answer> {
    let them = || Value::Id(user);
    let theirs = Filter::Any(vec![
        Filter::Eq("createdBy", them()),
        Filter::Eq("client", them()),
        Filter::Has("teamMembers", them()),
    ]);
    let ids = store.ids(Kind::Project, &theirs, MOST_PROJECTS).await;
    let loaded = ids.map(|ids| vec![Loaded::Memberships(Arc::new(HashSet::from_iter(ids)))]);
    each([BatchKey::Memberships(user)], loaded)
}

/// Values grouped by key, each once.
pub(super) fn grouped<K: Eq + Hash, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// A key and its answer each; all fail together, and an answer that the store left out is its fault.
fn each(keys: impl IntoIterator<Item = BatchKey>, loaded: Result<Vec<Loaded>, StoreError>) -> Vec<Answer> {
    let short = || Err(StoreError::Corrupt("fewer answers than questions".into()).into());
    match loaded {
        Err(error) => {
            let failed = || Err(LoadError::from(error.clone()));
            keys.into_iter().map(|key| (key, failed())).collect()
        }
        Ok(loaded) => {
            let mut loaded = loaded.into_iter();
            let next = |key| (key, loaded.next().map_or_else(short, Ok));
            keys.into_iter().map(next).collect()
        }
    }
}

fn loaded(page: &[AnyEntity]) -> Loaded {
    Loaded::Page(page.iter().map(AnyEntity::to_row).collect())
}

fn by_project(counted: Vec<(Vec<Value>, u64)>) -> HashMap<Id, BTreeMap<String, u64>> {
    let mut counts: HashMap<Id, BTreeMap<String, u64>> = HashMap::new();
    for (values, count) in counted {
        if let Some((project, status)) = home(values) {
            counts.entry(project).or_default().insert(status, count);
        }
    }
    counts
}

/// Project and status of what was counted by them.
fn home(values: Vec<Value>) -> Option<(Id, String)> {
    match <[Value; 2]>::try_from(values) {
        Ok([Value::Id(project), Value::Text(status)]) => Some((project, status)),
        _ => None,
    }
}
