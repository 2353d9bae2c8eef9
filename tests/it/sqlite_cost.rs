//! What the embedded store costs with 50 000 tasks: printed, not judged, so it runs only when asked for:
//! `cargo test --test it fifty_thousand -- --ignored --nocapture`

use std::sync::Arc;
use std::time::Instant;

use kanvaro::model::{Change, Direction, Filter, Id, Kind, Project, Query, Sort, Task, User, Value, search};

use crate::contract::StoreFixture;
use crate::support::sample;

const WORDS: &[&str] = &[
    "write",
    "review",
    "deploy",
    "button",
    "header",
    "customer",
    "invoice",
    "report",
    "dashboard",
    "search",
    "login",
    "token",
    "cache",
    "index",
    "schema",
    "release",
    "design",
    "colour",
    "layout",
    "mobile",
    "printer",
    "export",
    "import",
    "backup",
    "restore",
    "meeting",
    "agenda",
    "budget",
    "travel",
    "holiday",
    "contract",
];
const TASKS: usize = 50_000;
const CHUNK: usize = 1_000;

/// Who has made it all, in which projects, for whom.
struct World {
    creator: User,
    projects: Vec<Project>,
    people: Vec<Id>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn fifty_thousand_tasks_and_what_their_lists_cost() {
    let fixture = crate::sqlite::fresh().await;
    let creator = sample::user(sample::id());
    let world = World {
        projects: (0..100).map(|_| sample::project(&creator)).collect(),
        people: (0..50).map(|_| sample::id()).collect(),
        creator,
    };
    fill(&fixture, &world).await;
    for (what, filter) in filters(&world) {
        measure(&fixture, what, filter).await;
    }
    moves(&fixture, &world).await;
    groups(&fixture, &world).await;
    fixture.store.close().await;
}

async fn fill(fixture: &StoreFixture, world: &World) {
    let mut writing = std::time::Duration::ZERO;
    for chunk in 0..TASKS / CHUNK {
        let tasks = (chunk * CHUNK..(chunk + 1) * CHUNK).map(|at| Change::Insert(world.task(at).into()));
        let tasks = tasks.collect();
        let start = Instant::now();
        fixture.store.write(tasks).await.unwrap();
        writing += start.elapsed();
    }
    println!("{TASKS} tasks, {CHUNK} a write: {writing:?}");
}

impl World {
    fn task(&self, at: usize) -> Task {
        let words = |count, step, skip| {
            let word = |place: usize| (at * step + place * skip) % 3_007;
            let words = (0..count).map(|place| format!("{}{}", WORDS[word(place) % 31], word(place) % 97));
            words.collect::<Vec<String>>().join(" ")
        };
        let mut task = Task {
            title: words(6, 7, 13),
            description: words(20, 3, 29),
            assigned_to: vec![self.people[at % 50], self.people[at * 3 % 50]],
            status: ["todo", "in_progress", "done"][at % 3].into(),
            created_at: sample::after_noon(at as i64),
            ..sample::task(&self.projects[at % 100])
        };
        task.refresh();
        task
    }

    /// The first twenty projects.
    fn some_projects(&self) -> Filter {
        let some = self.projects[..20].iter().map(|project| Value::Id(project.id));
        Filter::In("project", some.collect())
    }
}

fn filters(world: &World) -> Vec<(&'static str, Filter)> {
    let within = || Filter::Eq("organization", Value::Id(world.creator.organization));
    let project = || within().and(Filter::Eq("project", Value::Id(world.projects[7].id)));
    let columns = || Filter::In("status", ["todo", "done"].map(|key| Value::Text(key.into())).into());
    let person = || Filter::Has("assignedTo", Value::Id(world.people[3]));
    let visible = Filter::Any(vec![
        person(),
        Filter::Eq("createdBy", Value::Id(world.people[3])),
        world.some_projects(),
    ]);
    vec![
        ("of the organisation", within()),
        ("of a project", project()),
        ("of a project, two columns", project().and(columns())),
        ("of the organisation, two columns", within().and(columns())),
        ("of a person", within().and(person())),
        (
            "of nobody",
            within().and(Filter::Has("assignedTo", Value::Id(sample::id()))),
        ),
        ("that a person sees", within().and(visible)),
        ("found by a letter", within().and(search::filter("w"))),
        ("found by a word", within().and(search::filter("write11"))),
        ("found by two words", within().and(search::filter("writ revi"))),
    ]
}

/// The best of five pages and of five counts.
async fn measure(fixture: &StoreFixture, what: &str, filter: Filter) {
    let (store, query) = (&fixture.store, newest(filter.clone(), 20));
    let (mut page, mut count) = (u128::MAX, u128::MAX);
    for _ in 0..5 {
        let start = Instant::now();
        store.page(Kind::Task, query.clone()).await.unwrap();
        page = page.min(start.elapsed().as_micros());
        let start = Instant::now();
        store.count(Kind::Task, std::slice::from_ref(&filter)).await.unwrap();
        count = count.min(start.elapsed().as_micros());
    }
    let plan = store.explain(Kind::Task, &query).await.unwrap().replace('\n', "\n    ");
    println!("{what}: page {page} us, count {count} us\n    {plan}");
}

async fn moves(fixture: &StoreFixture, world: &World) {
    let of = Filter::Eq("project", Value::Id(world.projects[7].id));
    let tasks = fixture.store.page(Kind::Task, newest(of, 50)).await.unwrap();
    let start = Instant::now();
    for task in tasks {
        let task: Arc<Task> = task.try_into().unwrap();
        let moved = Task {
            status: "review".into(),
            ..Task::clone(&task)
        };
        fixture.store.update(&task, moved).await.unwrap();
    }
    println!("a move: {:?}", start.elapsed() / 50);
}

async fn groups(fixture: &StoreFixture, world: &World) {
    let start = Instant::now();
    let fields = ["project", "status"];
    let groups = fixture
        .store
        .count_by(Kind::Task, &world.some_projects(), &fields)
        .await
        .unwrap();
    println!("{} groups of 20 projects: {:?}", groups.len(), start.elapsed());
}

fn newest(filter: Filter, limit: u32) -> Query {
    Query {
        filter,
        sort: Sort {
            field: "createdAt",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit,
    }
}
