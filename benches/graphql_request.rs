//! Requests in process, without HTTP: task with relations, board of 100, dashboard, tiny user, on the embedded stack with a warm cache.
//! `cargo bench --bench graphql_request`
#![allow(missing_docs, reason = "criterion_group writes a function without")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kanvaro::graphql::Document;
use serde_json::json;

use stage::Stage;

mod stage;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASK: &str = "query($id: ID!) { task(id: $id) { id displayId title status priority dueDate project { id name } \
    creator { id fullName } assignees { id fullName email } comments(first: 5) { nodes { id body author { id fullName } } } } }";
const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name } columns { key title count tasks(first: 100) { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";
const DASHBOARD: &str = "{ projects(first: 20) { nodes { id name status creator { id fullName } members { id fullName } \
    tasks(first: 5) { nodes { id title status assignees { id fullName } } } } } }";
const TINY_USER: &str = "{ viewer { user { id fullName email } } }";

fn bench(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let stage = runtime.block_on(Stage::filled(|place| if place == 0 { 100 } else { 10 }));
    let requests = [
        ("task with relations", TASK, json!({ "id": stage.tasks[0] })),
        ("board of 100", BOARD, json!({ "id": stage.projects[0] })),
        ("dashboard", DASHBOARD, json!({})),
        ("tiny user", TINY_USER, json!({})),
    ];
    let mut group = criterion.benchmark_group("graphql_request");
    for (name, document, variables) in requests {
        let document = Document::parse(document).expect("it is a document");
        let bytes = runtime.block_on(stage.answer(&document, &variables));
        println!("{name}: {} bytes", bytes.len());
        group.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter_batched(
                || (),
                |()| stage.answer(&document, &variables),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
