//! Requests in process, without HTTP: task with relations, board of 100, dashboard, tiny user, on the embedded stack with a warm cache.
//! `cargo bench --bench graphql_request`

#![allow(missing_docs, reason = "criterion_group writes a function without")]

use std::sync::Arc;

use async_graphql::Variables;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kanvaro::app::{App, Engines};
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::graphql::Document;
use kanvaro::invalidation::Invalidator;
use kanvaro::metrics::Metrics;
use kanvaro::model::{AnyEntity, Change, Clock, Entity, EntityRef, Kind, Project, Task, User, Viewer};
use kanvaro::store::sqlite::SqliteBackend;
use serde_json::{Value, json};
use tempfile::TempDir;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/it/support/sample.rs"]
mod sample;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASK: &str = "query($id: ID!) { task(id: $id) { id displayId title status priority dueDate project { id name } \
    creator { id fullName } assignees { id fullName email } comments(first: 5) { nodes { id body author { id fullName } } } } }";
const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name } columns { key title count tasks(first: 100) { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";
const DASHBOARD: &str = "{ projects(first: 20) { nodes { id name status creator { id fullName } members { id fullName } \
    tasks(first: 5) { nodes { id title status assignees { id fullName } } } } } }";
const TINY_USER: &str = "{ viewer { user { id fullName email } } }";

const PROJECTS: usize = 20;
const MEMBERS: usize = 10;
const CARDS: usize = 100;

struct Data {
    app: App,
    viewer: Viewer,
    board: String,
    task: String,
    _folder: TempDir,
}

fn bench(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let data = runtime.block_on(fill());
    let requests = [
        ("task with relations", TASK, json!({ "id": data.task })),
        ("board of 100", BOARD, json!({ "id": data.board })),
        ("dashboard", DASHBOARD, json!({})),
        ("tiny user", TINY_USER, json!({})),
    ];
    let mut group = criterion.benchmark_group("graphql_request");
    for (name, document, variables) in requests {
        let document = Document::parse(document).expect("it is a document");
        let bytes = runtime.block_on(answer(&data, &document, &variables));
        assert!(!bytes.contains("\"errors\""), "{bytes}");
        println!("{name}: {} bytes", bytes.len());
        group.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter_batched(
                || (),
                |()| answer(&data, &document, &variables),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

async fn answer(data: &Data, document: &Document, variables: &Value) -> String {
    let scope = data
        .app
        .scope(Some(data.viewer.clone()), data.app.loaders(), String::new());
    let variables = Variables::from_json(variables.clone());
    let reply = data.app.executor.execute(document, None, &variables, scope).await;
    assert!(reply.errors.is_empty(), "{:?}", reply.errors);
    String::from_utf8(reply.data).expect("answers are JSON")
}

/// 20 projects with 10 members each; the first has 100 tasks, the others 10, each task with two assignees and some comments.
async fn fill() -> Data {
    let folder = TempDir::new().expect("a temporary directory");
    let store = SqliteBackend::open(&folder.path().join("kanvaro.db")).expect("the store opens");
    let cache = Arc::new(MemoryBackend::new(64 << 20));
    let engines = Engines {
        store: Arc::new(store),
        cache,
        lease: Lease::forever(),
    };
    let settle = |cache, store| Arc::new(Invalidator::new(cache, store)) as Arc<_>;
    let app = App::assemble(Config::default(), Clock::system(), Metrics::default(), engines, settle);
    app.store.ensure_indexes().await.expect("indexes are created");
    let organization = sample::organization();
    let people: Vec<User> = (0..40).map(|_| sample::user(organization.id)).collect();
    let projects: Vec<Project> = (0..PROJECTS).map(|at| project(&people, at)).collect();
    let tasks: Vec<Task> = projects
        .iter()
        .enumerate()
        .flat_map(|(at, project)| cards(&people, project, at))
        .collect();
    let mut all: Vec<AnyEntity> = vec![organization.into()];
    all.extend(
        tasks
            .iter()
            .take(5)
            .map(|task| sample::comment(task, people[1].id).into()),
    );
    let (viewer, board, task) = (viewer(&people[0]), global(&projects[0]), global(&tasks[0]));
    all.extend(people.into_iter().map(AnyEntity::from));
    all.extend(projects.into_iter().map(AnyEntity::from));
    all.extend(tasks.into_iter().map(AnyEntity::from));
    app.store
        .write(all.into_iter().map(Change::Insert).collect())
        .await
        .expect("the data is written");
    Data {
        app,
        viewer,
        board,
        task,
        _folder: folder,
    }
}

fn project(people: &[User], at: usize) -> Project {
    let members = (0..MEMBERS)
        .map(|member| people[(at * 3 + member) % people.len()].id)
        .collect();
    Project {
        team_members: members,
        ..sample::project(&people[0])
    }
}

fn cards(people: &[User], project: &Project, at: usize) -> Vec<Task> {
    let count = if at == 0 { CARDS } else { 10 };
    let assignees = |card: usize| vec![people[card % people.len()].id, people[(card * 7 + 3) % people.len()].id];
    (0..count)
        .map(|card| Task {
            assigned_to: assignees(card),
            ..sample::task(project)
        })
        .collect()
}

fn viewer(user: &User) -> Viewer {
    let mut admin = user.clone();
    admin.role = kanvaro::model::Role::Admin;
    Viewer::new(&admin, &sample::session(&admin))
}

fn global<E: Entity>(entity: &E) -> String {
    let kind: Kind = E::KIND;
    EntityRef::new(kind, entity.id()).global()
}

criterion_group!(benches, bench);
criterion_main!(benches);
