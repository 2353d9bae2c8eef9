//! What a warm batch of a hundred entities costs at each level of the cache: in the process alone, tracked, validated, in
//! Redis alone. Redis is the server of KANVARO_TEST_REDIS, or one started for the bench; the store is SQLite in a
//! temporary directory. `cargo bench --bench cache_levels`

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use kanvaro::cache::{Cache, CacheBackend, Lease, MemoryBackend, RedisBackend, TieredBackend, Tracked};
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::Source;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Clock, EntityRef, Task};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Store, StoreBackend};
use tokio::runtime::Runtime;

#[path = "../tests/it/support/sample.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod sample;

#[path = "../tests/it/support/redis.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod redis;

#[path = "../tests/it/support/signal.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod signal;

const MANY: usize = 100;
const CAPACITY: u64 = 64 << 20;

fn bench(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let store: Arc<dyn StoreBackend> =
        Arc::new(SqliteBackend::open(&directory.path().join("kanvaro.db")).expect("the database opens"));
    runtime
        .block_on(store.ensure_indexes())
        .expect("the database takes indexes");
    let own = std::env::var("KANVARO_TEST_REDIS")
        .is_err()
        .then(redis::Server::started);
    let url = own.as_ref().map_or_else(redis::shared_url, redis::Server::url);
    for (level, cache) in runtime.block_on(levels(&url)) {
        let (source, entities) = runtime.block_on(warm(&store, cache));
        criterion.bench_function(&format!("cache_levels/{level}/{MANY}"), |bencher| {
            bencher.to_async(&runtime).iter(|| batch(&source, &entities));
        });
    }
    runtime.block_on(store.close());
}

async fn levels(url: &str) -> [(&'static str, Arc<dyn CacheBackend>); 4] {
    let redis = || -> Arc<RedisBackend> { Arc::new(redis::try_backend(url, redis::LIMIT, None).expect("it reads")) };
    let (tracking, tracked) = (redis(), Arc::<Tracked>::default());
    tracking.track(&tracked).expect("it is no cluster");
    let start = Instant::now();
    while !tracked.is_trusted() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "Redis doesn't tell of changes"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let clock = Clock::system;
    [
        ("memory", Arc::new(MemoryBackend::new(CAPACITY))),
        (
            "tracked",
            Arc::new(TieredBackend::tracked(tracking, CAPACITY, clock(), tracked)),
        ),
        (
            "validated",
            Arc::new(TieredBackend::validated(redis(), CAPACITY, clock())),
        ),
        ("redis", redis()),
    ]
}

/// A process on this cache, which has loaded a hundred tasks.
async fn warm(engine: &Arc<dyn StoreBackend>, cache: Arc<dyn CacheBackend>) -> (Source, Vec<EntityRef>) {
    let metrics = Metrics::default();
    let cache = Cache::new(cache, Lease::forever(), Duration::from_secs(5), metrics.clone());
    let settle = Arc::new(Invalidator::new(cache.clone(), Arc::clone(engine)));
    let store = Store::new(Arc::clone(engine), settle, Clock::system(), metrics.clone());
    let project = sample::project(&sample::user(sample::id()));
    let tasks = (0..MANY).map(|_| -> Task { sample::task(&project) });
    let changes: Vec<Change> = tasks.map(|task| Change::Insert(task.into())).collect();
    let entities: Vec<EntityRef> = changes.iter().filter_map(Change::reference).collect();
    store.write(changes).await.expect("the database takes documents");
    let source = Source::new(cache, store, metrics);
    for _ in 0..5 {
        batch(&source, &entities).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (source, entities)
}

async fn batch(source: &Source, entities: &[EntityRef]) {
    let found = source.get_batch_data(entities).await.expect("the store answers");
    assert_eq!(found.len(), MANY);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
}
