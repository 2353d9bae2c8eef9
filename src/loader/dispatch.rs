//! What the crate `dataloader` calls with the keys of a batch.

use std::collections::HashMap;

use dataloader::BatchFn;
use tokio::task::yield_now;

use crate::cache::Cache;
use crate::metrics::Metrics;
use crate::store::Store;

use super::LoadError;
use super::batch;
use super::key::{BatchKey, Loaded};

/// Loads the batches of one request.
pub(super) struct Dispatch {
    cache: Cache,
    store: Store,
    metrics: Metrics,
}

impl Dispatch {
    pub fn new(cache: Cache, store: Store, metrics: Metrics) -> Dispatch {
        Dispatch { cache, store, metrics }
    }
}

impl BatchFn<BatchKey, Result<Loaded, LoadError>> for Dispatch {
    async fn load(&mut self, keys: &[BatchKey]) -> HashMap<BatchKey, Result<Loaded, LoadError>> {
        let found = batch::load(&self.cache, &self.store, &self.metrics, keys).await;
        // A batch that all came from memory never waited. Who asked first would go on, and ask for what lies below alone;
        // so all who wait for this batch get their answer before anybody asks further.
        yield_now().await;
        found
    }
}
