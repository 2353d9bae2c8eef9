//! What a batch asks the store for: its keys sorted into calls, the calls made side by side.
//! Every key gets an answer; an error of one call fails the keys of that call only.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};

use crate::model::{AnyEntity, EntityRef, Filter, Id, Kind, Query};
use crate::store::Store;

use super::Hashed;
use super::key::{Answer, BatchKey, Fetched, Loaded};
use super::lists;

/// Is told of each call, and for how many keys it is.
pub(super) type Asked<'a> = &'a (dyn Fn(&'static str, usize) + Sync);

/// Asks the store for these keys.
pub(super) async fn fetch(store: &Store, asked: Asked<'_>, keys: impl Iterator<Item = &BatchKey>) -> Fetched {
    let calls = Calls::of(keys).made(store, asked);
    join_all(calls).await.into_iter().flatten().collect()
}

/// The keys of a batch by what they ask for.
#[derive(Default)]
struct Calls {
    entities: Vec<(Kind, Id)>,
    pages: Vec<(Kind, Hashed<Query>)>,
    counts: Vec<(Kind, Hashed<Filter>)>,
    status_counts: Vec<Id>,
    task_counts: Vec<Hashed<Filter>>,
    memberships: Vec<Id>,
}

impl Calls {
    fn of<'k>(keys: impl Iterator<Item = &'k BatchKey>) -> Calls {
        let mut calls = Calls::default();
        for key in keys {
            match key {
                BatchKey::Entity(entity) => calls.entities.push((entity.kind, entity.id)),
                BatchKey::Page(kind, query) => calls.pages.push((*kind, query.clone())),
                BatchKey::Count(kind, filter) => calls.counts.push((*kind, filter.clone())),
                BatchKey::StatusCounts(project) => calls.status_counts.push(*project),
                BatchKey::TaskCounts(filter) => calls.task_counts.push(filter.clone()),
                BatchKey::Memberships(user) => calls.memberships.push(*user),
            }
        }
        calls
    }

    fn made<'s>(self, store: &'s Store, asked: Asked<'_>) -> Vec<BoxFuture<'s, Vec<Answer>>> {
        let mut calls: Vec<BoxFuture<'s, Vec<Answer>>> = Vec::new();
        for (kind, queries) in lists::grouped(self.pages.into_iter()) {
            asked("pages", queries.len());
            calls.push(lists::pages(store, kind, queries).boxed());
        }
        for (kind, filters) in lists::grouped(self.counts.into_iter()) {
            asked("counts", filters.len());
            calls.push(lists::counts(store, kind, filters).boxed());
        }
        if !self.status_counts.is_empty() {
            asked("status_counts", self.status_counts.len());
            calls.push(lists::status_counts(store, self.status_counts).boxed());
        }
        for filter in self.task_counts {
            asked("task_counts", 1);
            calls.push(lists::task_counts(store, filter).boxed());
        }
        for user in self.memberships {
            asked("memberships", 1);
            calls.push(lists::memberships(store, user).boxed());
        }
        for (kind, ids) in lists::grouped(self.entities.into_iter()) {
            asked("entities", ids.len());
            calls.push(entities(store, kind, ids).boxed());
        }
        calls
    }
}

/// The entities of one kind, absent ones too.
async fn entities(store: &Store, kind: Kind, ids: Vec<Id>) -> Vec<Answer> {
    let key = |id: &Id| BatchKey::Entity(EntityRef::new(kind, *id));
    match store.get_many(kind, &ids).await {
        Err(error) => ids.iter().map(|id| (key(id), Err(error.clone().into()))).collect(),
        Ok(there) => {
            let absent = ids.iter().map(|id| (key(id), Ok(Loaded::Entity(None))));
            let rows = there.iter().map(AnyEntity::to_row);
            let found =
                rows.filter_map(|row| Some((BatchKey::Entity(row.reference()?), Ok(Loaded::Entity(Some(row))))));
            absent.chain(found).collect()
        }
    }
}
