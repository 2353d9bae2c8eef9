//! How reads in process grow: with the result, 10, 100 and 1 000 tasks; and with the cores, one thread and two.
//! `cargo bench --bench scaling`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kanvaro::graphql::Document;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use stage::Stage;

#[allow(dead_code, reason = "shared with other benches")]
mod stage;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASKS: &str = "query($projects: Int!, $tasks: Int!) { projects(first: $projects) { nodes { id tasks(first: $tasks) { nodes { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } } }";
const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name } columns { key title count tasks(first: 100) { \
    id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";

const SPAN: Duration = Duration::from_secs(4);
/// Requests under way on each thread.
const SIDE_BY_SIDE: usize = 8;

fn main() {
    let one = threads(1);
    let stage = Arc::new(one.block_on(Stage::filled(|_| 100)));
    println!("| tasks | bytes | µs | ns a byte |\n|---|---|---|---|");
    for (projects, tasks) in [(1, 10), (1, 100), (10, 100)] {
        let variables = json!({ "projects": projects, "tasks": tasks });
        let (bytes, micros) = one.block_on(time(&stage, TASKS, &variables));
        println!(
            "| {} | {bytes} | {micros:.1} | {:.2} |",
            projects * tasks,
            micros * 1e3 / bytes as f64
        );
    }
    let board = json!({ "id": stage.projects[0] });
    let rates = [1, 2].map(|count| rate(&threads(count), &stage, &board, count));
    println!(
        "\nboards of 100 a second: one thread {:.0}, two {:.0}, {:.2} times",
        rates[0],
        rates[1],
        rates[1] / rates[0]
    );
}

fn threads(count: usize) -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(count).enable_all().build();
    runtime.expect("a runtime")
}

/// The length of the answer, and the microseconds that one takes.
async fn time(stage: &Stage, document: &str, variables: &Value) -> (usize, f64) {
    let document = Document::parse(document).expect("it is a document");
    let bytes = stage.answer(&document, variables).await.len();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < SPAN {
        stage.answer(&document, variables).await;
        count += 1;
    }
    (bytes, start.elapsed().as_secs_f64() * 1e6 / f64::from(count))
}

/// How many boards these threads answer in a second.
fn rate(runtime: &Runtime, stage: &Arc<Stage>, variables: &Value, threads: usize) -> f64 {
    let (done, ends) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let document = Arc::new(Document::parse(BOARD).expect("it is a document"));
    let workers: Vec<_> = (0..threads * SIDE_BY_SIDE)
        .map(|_| {
            let (stage, document, variables) = (Arc::clone(stage), Arc::clone(&document), variables.clone());
            let (done, ends) = (Arc::clone(&done), Arc::clone(&ends));
            runtime.spawn(async move {
                while !ends.load(Ordering::Relaxed) {
                    stage.answer(&document, &variables).await;
                    done.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    std::thread::sleep(SPAN / 4);
    let (start, before) = (Instant::now(), done.load(Ordering::Relaxed));
    std::thread::sleep(SPAN);
    let count = done.load(Ordering::Relaxed) - before;
    let rate = count as f64 / start.elapsed().as_secs_f64();
    ends.store(true, Ordering::Relaxed);
    runtime.block_on(futures_util::future::join_all(workers));
    rate
}
