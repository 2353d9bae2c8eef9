//! What a write pays for telling the cache, by how many entries bear the tag that it renews: it must not matter. In the
//! process and in Redis: the server of KANVARO_TEST_REDIS, or one started for the bench. `cargo bench --bench invalidation`

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use kanvaro::cache::{Cache, CacheBackend, CachedList, Key, Lease, ListEntry, MemoryBackend, Stamp, TagState, Version};
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Kind, Moment, Project, Tag, Term};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Outcome, Settle, StoreBackend};
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

/// How many entries bear the tag.
const SIZES: [usize; 3] = [10, 10_000, 1_000_000];
const CHUNK: usize = 10_000;
const LIFE: Duration = Duration::from_secs(3_600);

fn bench(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let store: Arc<dyn StoreBackend> =
        Arc::new(SqliteBackend::open(&directory.path().join("kanvaro.db")).expect("the database opens"));
    let own = std::env::var("KANVARO_TEST_REDIS")
        .is_err()
        .then(redis::Server::started);
    let url = own.as_ref().map_or_else(redis::shared_url, redis::Server::url);
    let caches: [(&str, Arc<dyn CacheBackend>); 2] = [
        ("memory", Arc::new(MemoryBackend::new(1 << 30))),
        ("redis", redis::backend(&url, Duration::from_secs(10))),
    ];
    for (name, cache) in caches {
        let cache = Cache::new(cache, Lease::forever(), Duration::from_secs(10), Metrics::default());
        let invalidator = Invalidator::new(cache.clone(), Arc::clone(&store));
        let mut group = criterion.benchmark_group(format!("invalidation/{name}"));
        for size in SIZES {
            let project = sample::project(&sample::user(sample::id()));
            runtime.block_on(fill(&cache, &project, size));
            runtime.block_on(renews(&cache, &invalidator, &project));
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher
                    .to_async(&runtime)
                    .iter_custom(|rounds| rounds_of(&invalidator, &project, rounds));
            });
        }
        group.finish();
    }
    runtime.block_on(store.close());
}

/// Puts so many lists of the project's tasks into the cache, all under the version that their tag has now.
async fn fill(cache: &Cache, project: &Project, count: usize) {
    let version = version(cache, project).await;
    for from in (0..count).step_by(CHUNK) {
        let puts = (from..count.min(from + CHUNK)).map(|at| {
            let entry = ListEntry {
                version,
                stamp: Stamp {
                    filled_at: sample::NOON,
                    ttl: LIFE,
                    cost: Duration::ZERO,
                },
                list: CachedList::Ids(vec![*sample::id().bytes()]),
            };
            let key = Key::list(Kind::Task, format!("page {at} of {}", project.id).as_bytes());
            (key, entry.encode(), LIFE)
        });
        cache.put_many(puts.collect()).await.expect("the cache takes entries");
    }
}

/// The version that lists of the project's tasks are filled under.
async fn version(cache: &Cache, project: &Project) -> Version {
    let tag = Tag::List(Kind::Task, "project", project.id, Term::ALL);
    let states = cache.versions(&[tag]).await.expect("the cache answers");
    match states[..] {
        [TagState::Current(version, _)] => version,
        _ => panic!("the tag has no version: {states:?}"),
    }
}

/// Sees that what is measured does what it is for: none of the entries is current after it.
async fn renews(cache: &Cache, invalidator: &Invalidator, project: &Project) {
    let before = version(cache, project).await;
    rounds_of(invalidator, project, 1).await;
    assert_ne!(version(cache, project).await, before);
}

/// Marks and settles as a write of one task of the project does, without the store's part.
async fn rounds_of(invalidator: &Invalidator, project: &Project, rounds: u64) -> Duration {
    let changes = [Change::Insert(sample::task(project).into())];
    let start = Instant::now();
    for _ in 0..rounds {
        let ticket = invalidator.before(&changes).await;
        assert!(!ticket.raises_epoch, "the cache could not be marked");
        invalidator.after(ticket, Outcome::Written(Moment::NONE)).await;
    }
    start.elapsed()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
}
