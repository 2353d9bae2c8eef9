//! What keeping whole answers costs the operations whose answers can't be kept: over the service as it is served, in turns
//! with the same service that keeps none, so that both see the same machine. Entities are in the cache.
//! `cargo bench --bench cache_overhead [-- SECONDS]` prints a Markdown table; Redis is that of KANVARO_TEST_REDIS, or its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use kanvaro::app::{App, Engines};
use kanvaro::cache::{CacheBackend, Lease, MemoryBackend, TieredBackend};
use kanvaro::config::Config;
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{AnyEntity, Change, Clock, Entity, EntityRef, Role, Task, User};
use kanvaro::service::{NewOrganization, NewUser, Password};
use kanvaro::store::StoreBackend;
use kanvaro::store::sqlite::SqliteBackend;
use serde_json::json;
use tower::ServiceExt;

#[path = "../tests/it/support/sample.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod sample;

#[path = "../tests/it/support/redis.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod redis;

#[path = "../tests/it/support/signal.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod signal;

const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name } columns { key title count tasks(first: 100) { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";
const TINY: &str = "{ viewer { user { id fullName email } } }";
const CARDS: usize = 100;
const PASSWORD: &str = "correct horse battery";
/// Requests of one turn: short, so that what else happens on the machine meets all alike.
const TURN: usize = 20;

/// One way to ask: what is configured, and what the request says.
struct Way {
    name: &'static str,
    service: Router,
    no_cache: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse().ok());
    let time = Duration::from_secs_f64(numbers.next().unwrap_or(10.0));
    let own = std::env::var("KANVARO_TEST_REDIS")
        .is_err()
        .then(redis::Server::started);
    let url = own.as_ref().map_or_else(redis::shared_url, redis::Server::url);
    let tiered = TieredBackend::validated(
        Arc::new(redis::try_backend(&url, redis::LIMIT, None).expect("the address can be used")),
        64 << 20,
        Clock::system(),
    );
    println!("| cache | operation | answers | µs, median | beside none kept |");
    println!("|---|---|---|---|---|");
    compare("memory", Arc::new(MemoryBackend::new(64 << 20)), time).await;
    compare("validated", Arc::new(tiered), time).await;
}

/// Both operations on one cache.
async fn compare(cache: &str, backend: Arc<dyn CacheBackend>, time: Duration) {
    let directory = tempfile::tempdir().expect("there is room for a directory");
    let store: Arc<dyn StoreBackend> =
        Arc::new(SqliteBackend::open(&directory.path().join("kanvaro.db")).expect("the database opens"));
    let app = |config| assemble(config, &store, &backend);
    let kept = Config::default();
    let none = Config {
        answer_seconds: 0,
        ..Config::default()
    };
    let small = Config {
        answer_max_bytes: 1,
        ..Config::default()
    };
    let (token, board) = fill(&app(Config::default())).await;
    let ways = [
        way("none are kept", app(none), false),
        way("the request says no-cache", app(kept), true),
        way("looked up, made, too large to be kept", app(small), false),
    ];
    for (operation, body) in [
        ("board of 100", json!({ "query": BOARD, "variables": { "id": board } })),
        ("tiny user", json!({ "query": TINY })),
    ] {
        let medians = in_turns(&ways, &token, &body.to_string(), time).await;
        for (way, micros) in ways.iter().zip(&medians) {
            let more = (micros / medians[0] - 1.0) * 100.0;
            println!("| {cache} | {operation} | {} | {micros:.1} | {more:+.1} % |", way.name);
        }
    }
}

fn way(name: &'static str, app: App, no_cache: bool) -> Way {
    Way {
        name,
        service: kanvaro::http::router(app),
        no_cache,
    }
}

fn assemble(config: Config, store: &Arc<dyn StoreBackend>, cache: &Arc<dyn CacheBackend>) -> App {
    let engines = Engines {
        store: Arc::clone(store),
        cache: Arc::clone(cache),
        lease: Lease::forever(),
    };
    let settle = |cache, store| Arc::new(Invalidator::new(cache, store)) as Arc<_>;
    App::assemble(config, Clock::system(), Metrics::default(), engines, settle)
}

/// The microseconds of a request each way: medians of many short turns.
async fn in_turns(ways: &[Way], token: &str, body: &str, time: Duration) -> Vec<f64> {
    let mut turns: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    let start = Instant::now();
    while start.elapsed() < time || turns[0].len() < 3 {
        for (way, times) in ways.iter().zip(&mut turns) {
            let begin = Instant::now();
            for _ in 0..TURN {
                ask(way, token, body).await;
            }
            times.push(begin.elapsed().as_secs_f64() * 1e6 / TURN as f64);
        }
    }
    turns.iter_mut().map(|times| median(&mut times[1..])).collect()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn ask(way: &Way, token: &str, body: &str) {
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    if way.no_cache {
        request = request.header(header::CACHE_CONTROL, "no-cache");
    }
    let request = request.body(Body::from(body.to_owned())).expect("it is a request");
    let answer = way.service.clone().oneshot(request).await.expect("it answers");
    assert_eq!(answer.headers()["x-cache"], "BYPASS", "{}", way.name);
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("it has a body");
    assert!(bytes.starts_with(b"{\"data\":{"), "{bytes:?}");
}

/// An organisation whose project has a hundred cards with two people each; returns an admin's token and the project.
async fn fill(app: &App) -> (String, String) {
    app.store.ensure_indexes().await.expect("the database takes indexes");
    let email = "ada@example.test";
    let admin = NewUser {
        first_name: "Ada".into(),
        last_name: "Admin".into(),
        email: email.into(),
        role: Role::Admin,
        password: Password::new(PASSWORD),
    };
    let services = &app.services;
    let made = services.create_organization_with_admin(NewOrganization::named("Example"), admin);
    let (_, admin) = made.await.expect("the organisation is new");
    let login = services.login(email, &Password::new(PASSWORD), "bench").await;
    let people: Vec<User> = (0..40).map(|_| sample::user(admin.organization)).collect();
    let project = sample::project(&admin);
    let tasks = (0..CARDS).map(|card| Task {
        assigned_to: vec![people[card % 40].id, people[(card * 7 + 3) % 40].id],
        ..sample::task(&project)
    });
    let mut all: Vec<AnyEntity> = tasks.map(AnyEntity::from).collect();
    let board = EntityRef::new(kanvaro::model::Project::KIND, project.id).global();
    all.push(project.into());
    all.extend(people.into_iter().map(AnyEntity::from));
    let changes = all.into_iter().map(Change::Insert).collect();
    app.store.write(changes).await.expect("the data is written");
    (login.expect("the password is right").0.text(), board)
}
