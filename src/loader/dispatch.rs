//! One batch of the loader: its keys sorted into parts, the parts loaded side by side.
//! Every key gets an answer; an error of one part fails the keys of that part only.

use std::collections::HashMap;

use dataloader::BatchFn;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};

use crate::cache::Cache;
use crate::metrics::Metrics;
use crate::model::{EntityRef, Filter, Id, Kind, Query};
use crate::store::Store;

use super::LoadError;
use super::key::{Answer, BatchKey, Loaded};
use super::{batch, lists};

/// What loads the batches of one request.
pub(super) struct Dispatch {
    cache: Cache,
    store: Store,
    metrics: Metrics,
}

/// The keys of a batch by what they ask for.
#[derive(Default)]
struct Parts {
    entities: Vec<EntityRef>,
    pages: Vec<(Kind, Query)>,
    counts: Vec<(Kind, Filter)>,
    status_counts: Vec<Id>,
    memberships: Vec<Id>,
}

impl Dispatch {
    pub fn new(cache: Cache, store: Store, metrics: Metrics) -> Dispatch {
        Dispatch { cache, store, metrics }
    }

    /// The loads of these parts. The entities come last, so that what was asked for by id stands as it was found.
    fn loads(&self, parts: Parts) -> Vec<BoxFuture<'_, Vec<Answer>>> {
        let mut loads: Vec<BoxFuture<'_, Vec<Answer>>> = Vec::new();
        for (kind, queries) in lists::grouped(parts.pages.into_iter()) {
            self.metrics.batch("pages", queries.len());
            loads.push(lists::pages(&self.store, kind, queries).boxed());
        }
        for (kind, filters) in lists::grouped(parts.counts.into_iter()) {
            self.metrics.batch("counts", filters.len());
            loads.push(lists::counts(&self.store, kind, filters).boxed());
        }
        if !parts.status_counts.is_empty() {
            self.metrics.batch("status_counts", parts.status_counts.len());
            loads.push(lists::status_counts(&self.store, parts.status_counts).boxed());
        }
        for user in parts.memberships {
            self.metrics.batch("memberships", 1);
            loads.push(lists::memberships(&self.store, user).boxed());
        }
        if !parts.entities.is_empty() {
            loads.push(self.entities(parts.entities).boxed());
        }
        loads
    }

    async fn entities(&self, entities: Vec<EntityRef>) -> Vec<Answer> {
        let found = batch::find(&self.cache, &self.store, &self.metrics, &entities).await;
        let answer = |(entity, found): (EntityRef, Result<_, _>)| (BatchKey::Entity(entity), found.map(Loaded::Entity));
        found.into_iter().map(answer).collect()
    }
}

impl BatchFn<BatchKey, Result<Loaded, LoadError>> for Dispatch {
    async fn load(&mut self, keys: &[BatchKey]) -> HashMap<BatchKey, Result<Loaded, LoadError>> {
        let parts = Parts::of(keys);
        join_all(self.loads(parts)).await.into_iter().flatten().collect()
    }
}

impl Parts {
    fn of(keys: &[BatchKey]) -> Parts {
        let mut parts = Parts::default();
        for key in keys {
            match key {
                BatchKey::Entity(entity) => parts.entities.push(*entity),
                BatchKey::Page(kind, query) => parts.pages.push((*kind, query.clone())),
                BatchKey::Count(kind, filter) => parts.counts.push((*kind, filter.clone())),
                BatchKey::StatusCounts(project) => parts.status_counts.push(*project),
                BatchKey::Memberships(user) => parts.memberships.push(*user),
            }
        }
        parts
    }
}
