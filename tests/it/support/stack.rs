//! A store with its cache in front, as one server process has them; several of them on one file are several processes.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::cache::{Cache, CacheBackend, Lease, MemoryBackend};
use kanvaro::invalidation::{Invalidator, epoch};
use kanvaro::loader::{Loaders, Source};
use kanvaro::metrics::Metrics;
use kanvaro::model::Clock;
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Settle, Store, StoreBackend};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::time::Instant;

/// What a process reads and writes through.
#[derive(Clone)]
pub struct Stack {
    pub store: Store,
    pub cache: Cache,
    pub source: Source,
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
        let engine = Arc::clone(&store);
        Stack::settled_by(store, cache, |cache| Arc::new(Invalidator::new(cache, engine)))
    }

    /// The same with something else than the invalidator at the store's door.
    pub fn settled_by(
        store: Arc<dyn StoreBackend>,
        cache: Arc<dyn CacheBackend>,
        settle: impl FnOnce(Cache) -> Arc<dyn Settle>,
    ) -> Stack {
        let metrics = Metrics::default();
        let lease = Lease::unread();
        hold(&lease, &store);
        let cache = Cache::new(cache, lease, Duration::from_secs(5), metrics.clone());
        let invalidator = Invalidator::new(cache.clone(), Arc::clone(&store));
        let settle = settle(cache.clone());
        let store = Store::new(store, settle, Clock::system(), metrics.clone());
        Stack {
            source: Source::new(cache.clone(), store.clone(), metrics.clone()),
            store,
            cache,
            metrics,
            invalidator,
        }
    }

    /// The loaders of a new request.
    pub fn request(&self) -> Loaders {
        Loaders::new(&self.source)
    }

    /// How many multi-gets the cache was asked for, and how many reads the store, so far.
    pub fn reads(&self) -> (u64, u64) {
        let verbs = ["get_many", "pages", "ids", "count", "count_by"];
        let collections = kanvaro::model::Kind::ALL.iter().map(|kind| kind.collection());
        let calls = collections.flat_map(|of| verbs.map(|verb| self.metrics.store_calls(verb, of)));
        (self.metrics.cache_calls("get_many"), calls.sum())
    }
}

/// Renews the lease now, and then in the background.
fn hold(lease: &Lease, store: &Arc<dyn StoreBackend>) {
    let since = Instant::now();
    let read = || {
        Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(store.epoch())
    };
    let epoch = std::thread::scope(|scope| scope.spawn(read).join().unwrap());
    lease.renew(epoch.unwrap(), since);
    let (lease, store) = (lease.clone(), Arc::clone(store));
    tokio::spawn(async move { epoch::keep(lease, &store).await });
}

/// A cache in the process.
pub fn memory() -> Arc<dyn CacheBackend> {
    Arc::new(MemoryBackend::new(64 << 20))
}
