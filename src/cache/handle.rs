//! The handle on the cache that everybody holds: one timeout and one measurement for all engines.
//! A caller takes a failed read for a miss, and fills nothing after it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout;

use crate::metrics::Metrics;

use super::backend::Put;
use super::{CacheBackend, CacheError};

/// A cheap handle on the cache; clones share everything.
#[derive(Clone)]
pub struct Cache {
    backend: Arc<dyn CacheBackend>,
    limit: Duration,
    metrics: Metrics,
}

impl Cache {
    /// A cache on this engine; a call that takes longer than `limit` has failed.
    pub fn new(backend: Arc<dyn CacheBackend>, limit: Duration, metrics: Metrics) -> Cache {
        Cache {
            backend,
            limit,
            metrics,
        }
    }

    /// The values under these keys, in their order. An error is not a miss: who gets one must not fill either.
    pub async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.observed("get_many", self.backend.get_many(keys)).await
    }

    /// Puts all of these, each over what was there.
    pub async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.observed("put_many", self.backend.put_many(puts)).await
    }

    /// Puts each of these only where nothing is; returns what is there afterwards.
    pub async fn put_absent(&self, puts: Vec<Put>) -> Result<Vec<Bytes>, CacheError> {
        self.observed("put_absent", self.backend.put_absent(puts)).await
    }

    /// Takes these keys away.
    pub async fn purge(&self, keys: &[String]) -> Result<(), CacheError> {
        self.observed("purge", self.backend.purge(keys)).await
    }

    /// Answers if the engine can be used.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.observed("ping", self.backend.ping()).await
    }

    async fn observed<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let start = Instant::now();
        let late = |_| Err(CacheError::Unavailable(format!("no answer within {:?}", self.limit)));
        let done = timeout(self.limit, call).await.unwrap_or_else(late);
        self.metrics.cache_call(verb, done.is_ok(), start.elapsed());
        if let Err(error) = &done {
            // The engine itself warns once when it goes away; a line a call would drown the log.
            tracing::debug!(cache = self.backend.name(), verb, %error, "the cache failed");
        }
        done
    }
}
