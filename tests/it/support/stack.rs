//! A store with its cache in front, as one server process has them; several of them on one file are several processes.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::cache::{Cache, CacheBackend, MemoryBackend};
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::Loaders;
use kanvaro::metrics::Metrics;
use kanvaro::model::Clock;
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Settle, Store, StoreBackend};
use tempfile::TempDir;

/// What a process reads and writes through.
#[derive(Clone)]
pub struct Stack {
    pub store: Store,
    pub cache: Cache,
    pub metrics: Metrics,
    pub invalidator: Invalidator,
}

/// A database file of one test, and its engine.
pub struct Database {
    pub engine: Arc<dyn StoreBackend>,
    _directory: TempDir,
}

impl Database {
    /// An empty one.
    pub async fn new() -> Database {
        let directory = tempfile::tempdir().unwrap();
        let engine = SqliteBackend::open(&directory.path().join("kanvaro.db")).unwrap();
        engine.ensure_indexes().await.unwrap();
        Database {
            engine: Arc::new(engine),
            _directory: directory,
        }
    }
}

impl Stack {
    /// A process on these engines.
    pub fn on(store: Arc<dyn StoreBackend>, cache: Arc<dyn CacheBackend>) -> Stack {
        Stack::settled_by(store, cache, |invalidator| Arc::new(invalidator))
    }

    /// The same with something else than the invalidator at the store's door.
    pub fn settled_by(
        store: Arc<dyn StoreBackend>,
        cache: Arc<dyn CacheBackend>,
        settle: impl FnOnce(Invalidator) -> Arc<dyn Settle>,
    ) -> Stack {
        let metrics = Metrics::default();
        let cache = Cache::new(cache, Duration::from_secs(5), metrics.clone());
        let invalidator = Invalidator::new(cache.clone());
        let settle = settle(invalidator.clone());
        Stack {
            store: Store::new(store, settle, Clock::system(), metrics.clone()),
            cache,
            metrics,
            invalidator,
        }
    }

    /// The loaders of a new request.
    pub fn request(&self) -> Loaders {
        Loaders::new(self.cache.clone(), self.store.clone(), self.metrics.clone())
    }

    /// How many multi-gets the cache was asked for, and how many reads the store, so far.
    pub fn reads(&self) -> (u64, u64) {
        let verbs = ["get_many", "pages", "ids", "count", "count_by"];
        let collections = kanvaro::model::Kind::ALL.iter().map(|kind| kind.collection());
        let calls = collections.flat_map(|of| verbs.map(|verb| self.metrics.store_calls(verb, of)));
        (self.metrics.cache_calls("get_many"), calls.sum())
    }
}

/// A cache in the process.
pub fn memory() -> Arc<dyn CacheBackend> {
    Arc::new(MemoryBackend::new(64 << 20))
}
