//! What a batch of mixed entities costs: by how many there are, how many of them the cache knows, and in which cache.
//! Redis is the server of KANVARO_TEST_REDIS, or one started for the bench; the store is SQLite in a temporary directory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use kanvaro::cache::{Cache, CacheBackend, Key, Lease, MemoryBackend};
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::Source;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Clock, EntityRef, Project, Task, User};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Store, StoreBackend};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[path = "../tests/it/support/sample.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod sample;

#[cfg(feature = "redis")]
#[path = "../tests/it/support/redis.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod redis;

#[cfg(feature = "redis")]
#[path = "../tests/it/support/signal.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod signal;

const SIZES: [usize; 4] = [1, 10, 100, 1_000];

/// How much of a batch the cache knows: one key in so many is taken out of it before.
const STATES: [(&str, Option<usize>); 3] = [("cold", Some(1)), ("half", Some(2)), ("warm", None)];

struct World {
    source: Source,
    cache: Cache,
    entities: Vec<EntityRef>,
}

fn bench(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let store: Arc<dyn StoreBackend> = runtime.block_on(open(&directory));
    let memory: Arc<dyn CacheBackend> = Arc::new(MemoryBackend::new(256 << 20));
    batches(
        criterion,
        &runtime,
        "memory",
        &runtime.block_on(World::new(&store, memory)),
    );
    #[cfg(feature = "redis")]
    {
        let own = std::env::var("KANVARO_TEST_REDIS")
            .is_err()
            .then(redis::Server::started);
        let url = own.as_ref().map_or_else(redis::shared_url, redis::Server::url);
        let cache = redis::backend(&url, redis::LIMIT);
        batches(
            criterion,
            &runtime,
            "redis",
            &runtime.block_on(World::new(&store, cache)),
        );
    }
    runtime.block_on(store.close());
}

async fn open(directory: &TempDir) -> Arc<dyn StoreBackend> {
    let engine = SqliteBackend::open(&directory.path().join("kanvaro.db")).expect("the database opens");
    engine.ensure_indexes().await.expect("the database takes indexes");
    Arc::new(engine)
}

fn batches(criterion: &mut Criterion, runtime: &Runtime, cache: &str, world: &World) {
    let mut group = criterion.benchmark_group(format!("get_batch_data/{cache}"));
    for size in SIZES {
        group.throughput(Throughput::Elements(size as u64));
        for (state, unknown) in STATES {
            group.bench_function(BenchmarkId::new(state, size), |bencher| {
                let run = |rounds| world.rounds(rounds, &world.entities[..size], unknown);
                bencher.to_async(runtime).iter_custom(run);
            });
        }
    }
    group.finish();
}

impl World {
    /// A thousand entities: of ten, six are tasks, three users and one a project.
    async fn new(engine: &Arc<dyn StoreBackend>, cache: Arc<dyn CacheBackend>) -> World {
        let metrics = Metrics::default();
        let cache = Cache::new(cache, Lease::forever(), Duration::from_secs(5), metrics.clone());
        let settle = Arc::new(Invalidator::new(cache.clone(), Arc::clone(engine)));
        let store = Store::new(Arc::clone(engine), settle, Clock::system(), metrics.clone());
        let organization = sample::id();
        let mut changes = Vec::new();
        for _ in 0..100 {
            let users: [User; 3] = [(); 3].map(|()| sample::user(organization));
            let project: Project = sample::project(&users[0]);
            let tasks: [Task; 6] = [(); 6].map(|()| sample::task(&project));
            changes.extend(tasks.map(|task| Change::Insert(task.into())));
            changes.extend(users.map(|user| Change::Insert(user.into())));
            changes.push(Change::Insert(project.into()));
        }
        let entities = changes.iter().filter_map(Change::reference).collect();
        store.write(changes).await.expect("the database takes documents");
        World {
            source: Source::new(cache.clone(), store, metrics),
            cache,
            entities,
        }
    }

    async fn rounds(&self, rounds: u64, asked: &[EntityRef], unknown: Option<usize>) -> Duration {
        self.batch(asked).await;
        let mut time = Duration::ZERO;
        for _ in 0..rounds {
            if let Some(step) = unknown {
                self.forget(asked.iter().step_by(step)).await;
            }
            time += self.batch(asked).await;
        }
        time
    }

    async fn batch(&self, asked: &[EntityRef]) -> Duration {
        let start = Instant::now();
        let found = self.source.get_batch_data(asked).await;
        let time = start.elapsed();
        assert!(found.expect("the store answers").values().all(Option::is_some));
        time
    }

    async fn forget(&self, entities: impl Iterator<Item = &EntityRef>) {
        let keys: Vec<Key> = entities.copied().map(Key::Entity).collect();
        self.cache.purge(&keys).await.expect("the cache answers");
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
}
