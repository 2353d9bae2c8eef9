//! What the loaders of all requests of a process share: the cache, the store, and what is being loaded just now.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use crate::cache::Cache;
use crate::metrics::Metrics;
use crate::model::{EntityRef, Row};
use crate::store::Store;

use super::confirmed::Confirmed;
use super::flight::Flights;
use super::remembered::Remembered;
use super::shadow::Shadow;
use super::{Lifetimes, LoadError, Loaders};

/// Where loaders read; clones share everything, and cost each request no more than one count of owners.
#[derive(Clone)]
pub struct Source {
    shared: Arc<Shared>,
}

/// What they share.
#[derive(Clone)]
pub struct Shared {
    pub(super) cache: Cache,
    pub(super) store: Store,
    pub(super) metrics: Metrics,
    pub(super) flights: Arc<Flights>,
    pub(super) lifetimes: Arc<Lifetimes>,
    pub(super) shadow: Shadow,
    pub(super) confirmed: Arc<Confirmed>,
    pub(super) remembered: Arc<Remembered>,
}

impl Source {
    /// A source over this cache and store.
    pub fn new(cache: Cache, store: Store, metrics: Metrics) -> Source {
        Source::sharing(Shared {
            cache,
            store,
            metrics,
            flights: Arc::default(),
            lifetimes: Arc::default(),
            shadow: Shadow::default(),
            confirmed: Arc::default(),
            remembered: Arc::default(),
        })
    }

    fn sharing(shared: Shared) -> Source {
        Source {
            shared: Arc::new(shared),
        }
    }

    /// The same, which reads this share of the entities that the cache has from the store too, and compares.
    #[must_use]
    pub fn shadowed(self, share: f64) -> Source {
        Source::sharing(Shared {
            shadow: Shadow::of(share),
            ..Shared::clone(&self)
        })
    }

    /// The same with these lives for what it fills the cache with.
    #[must_use]
    pub fn living(self, lifetimes: Lifetimes) -> Source {
        Source::sharing(Shared {
            lifetimes: Arc::new(lifetimes),
            ..Shared::clone(&self)
        })
    }

    /// The rows of these entities, `None` for those that are absent: one cache multi-get for values and versions,
    /// one store call a kind for what is missing, one pipelined write-back.
    pub async fn get_batch_data(&self, entities: &[EntityRef]) -> Result<HashMap<EntityRef, Option<Row>>, LoadError> {
        let rows = Loaders::new(self).get_many(entities).await?;
        Ok(entities.iter().copied().zip(rows).collect())
    }
}

impl Deref for Source {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}
