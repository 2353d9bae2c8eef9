//! How much of Redis a cached entity takes beyond its value: its key, its version, and what Redis keeps of both.
//! On a Redis started for it. `cargo bench --bench cache_bytes [-- TASKS]` prints a Markdown table.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::redis::{Client, Connection, FromRedisValue, Pipeline, cmd};
use kanvaro::cache::{Cache, Key, Lease, version_key};
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::Source;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Clock, EntityRef, Kind, Project, Tag, Task, User};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Store, StoreBackend};

#[path = "../tests/it/support/sample.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod sample;

#[path = "../tests/it/support/redis.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod redis;

#[path = "../tests/it/support/signal.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod signal;

const CHUNK: usize = 500;
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse().ok());
    let count: usize = numbers.next().unwrap_or(10_000);
    println!(
        "| kind | entities | value | key and Redis' own | version: key, value, Redis' own | beyond the value | in all |"
    );
    println!("|---|---|---|---|---|---|---|");
    let author = sample::user(sample::id());
    let project = sample::project(&author);
    let tasks = || (0..count).map(|at| Change::Insert(task(&project, &author, at).into()));
    measure(Kind::Task, tasks().collect()).await;
    let people = || (0..count).map(|_| Change::Insert(sample::user(author.organization).into()));
    measure(Kind::User, people().collect()).await;
}

/// A task as people write them.
fn task(project: &Project, author: &User, at: usize) -> Task {
    Task {
        title: format!("Show the delivery times of order {at} beside the basket"),
        description: "Customers ask for them before they order; the figures are in the stock service.".into(),
        assigned_to: vec![author.id],
        labels: vec!["shop".into()],
        ..sample::task(project)
    }
}

/// Fills an empty Redis with these, and prints what it takes.
async fn measure(kind: Kind, changes: Vec<Change>) {
    let server = redis::Server::started();
    let entities: Vec<EntityRef> = changes.iter().filter_map(Change::reference).collect();
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let (store, source) = stack(&directory.path().join("kanvaro.db"), &server.url()).await;
    for chunk in changes.chunks(CHUNK) {
        store.write(chunk.to_vec()).await.expect("the database takes documents");
    }
    let mut connection = Client::open(server.url())
        .and_then(|client| client.get_connection())
        .expect("Redis answers");
    cmd("FLUSHALL").exec(&mut connection).expect("Redis answers");
    let before = used(&mut connection);
    for chunk in entities.chunks(CHUNK) {
        let found = source.get_batch_data(chunk).await.expect("the store answers");
        assert!(found.values().all(Option::is_some));
    }
    let keys: Vec<String> = entities.iter().map(|entity| Key::Entity(*entity).to_string()).collect();
    await_all(&mut connection, &keys);
    let each = |bytes: u64| bytes as f64 / entities.len() as f64;
    let total = each(used(&mut connection) - before);
    let versions = entities
        .iter()
        .map(|entity| version_key(&Tag::entity(entity.kind, entity.id)));
    let value = each(sum(&mut connection, &["STRLEN"], &keys));
    let entry = each(sum(&mut connection, &["MEMORY", "USAGE"], &keys));
    let version = each(sum(
        &mut connection,
        &["MEMORY", "USAGE"],
        &versions.collect::<Vec<_>>(),
    ));
    println!(
        "| {} | {} | {value:.0} | {:.0} | {version:.0} | {:.0} | {total:.0} |",
        kind.name(),
        entities.len(),
        entry - value,
        total - value,
    );
}

async fn stack(file: &std::path::Path, url: &str) -> (Store, Source) {
    let engine: Arc<dyn StoreBackend> = Arc::new(SqliteBackend::open(file).expect("the database opens"));
    engine.ensure_indexes().await.expect("the database takes indexes");
    let metrics = Metrics::default();
    let cache = redis::backend(url, redis::LIMIT);
    let cache = Cache::new(cache, Lease::forever(), Duration::from_secs(5), metrics.clone());
    let settle = Arc::new(Invalidator::new(cache.clone(), Arc::clone(&engine)));
    let store = Store::new(engine, settle, Clock::system(), metrics.clone());
    (store.clone(), Source::new(cache, store, metrics))
}

/// Nobody waits for what is put back after a load, so this does.
fn await_all(connection: &mut Connection, keys: &[String]) {
    let start = Instant::now();
    while sum(connection, &["EXISTS"], keys) < keys.len() as u64 {
        assert!(start.elapsed() < PATIENCE, "not all entities came into the cache");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The sum of a number that Redis tells of each key; a key that is gone fails the conversion.
fn sum(connection: &mut Connection, command: &[&str], keys: &[String]) -> u64 {
    let mut sum = 0;
    for chunk in keys.chunks(CHUNK) {
        let mut pipeline = Pipeline::new();
        for key in chunk {
            let mut one = cmd(command[0]);
            command[1..].iter().for_each(|word| {
                one.arg(word);
            });
            pipeline.add_command(one.arg(key).clone());
        }
        let numbers: Vec<u64> = pipeline.query(connection).expect("Redis answers with numbers");
        sum += numbers.iter().sum::<u64>();
    }
    sum
}

/// The bytes that Redis has in use for data.
fn used(connection: &mut Connection) -> u64 {
    let info: String = String::from_redis_value(
        cmd("INFO")
            .arg("memory")
            .query(connection)
            .expect("Redis answers with text"),
    )
    .expect("it is text");
    let line = info.lines().find_map(|line| line.strip_prefix("used_memory_dataset:"));
    let overhead = info.lines().find_map(|line| line.strip_prefix("used_memory_overhead:"));
    let read = |text: Option<&str>| -> u64 { text.and_then(|text| text.trim().parse().ok()).expect("a number") };
    read(line) + read(overhead)
}
