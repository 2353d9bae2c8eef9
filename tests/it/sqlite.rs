//! What only the embedded store promises: one process a directory, data that outlives it, files for their owner.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kanvaro::model::{Change, Filter, Id, Kind, Query, Sort, Task, Value, search};
use kanvaro::store::StoreBackend;
use kanvaro::store::sqlite::{OpenError, SqliteBackend};
use tempfile::TempDir;

use crate::contract::StoreFixture;
use crate::support::sample;

/// A fixture on a new file in a directory of its own.
pub async fn fresh() -> StoreFixture {
    let directory = TempDir::new().unwrap();
    let backend = open(directory.path()).unwrap();
    StoreFixture::new(Arc::new(backend), directory).await
}

fn open(directory: &Path) -> Result<SqliteBackend, OpenError> {
    SqliteBackend::open(&directory.join("kanvaro.db"))
}

#[tokio::test]
async fn a_second_opener_is_told_who_is_there_and_what_to_do() {
    let directory = TempDir::new().unwrap();
    let first = open(directory.path()).unwrap();
    let refused = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused:?}");
    let text = refused.to_string();
    for part in [&*directory.path().to_string_lossy(), "in use", "MongoDB and Redis"] {
        assert!(text.contains(part), "{text}");
    }
    first.close().await;
    open(directory.path()).expect("a closed store lets go").close().await;
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let directory = TempDir::new().unwrap();
    let fixture = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    assert_eq!(fixture.store.reserve("tasks:one", 3).await.unwrap(), 1);
    fixture.store.close().await;

    let start = Instant::now();
    let backend = open(directory.path()).unwrap();
    let opening = start.elapsed();
    assert!(opening.as_millis() < 100, "opening took {opening:?}");
    let again = StoreFixture::new(Arc::new(backend), ()).await;
    assert_eq!(again.matching(Kind::User, Filter::everything()).await, [user.id]);
    assert_eq!(again.store.reserve("tasks:one", 1).await.unwrap(), 4);
    assert_eq!(again.store.ensure_indexes().await.unwrap(), 0);
    again.store.close().await;
}

#[tokio::test]
async fn the_directory_is_made_and_the_files_are_their_owners() {
    let directory = TempDir::new().unwrap();
    let below = directory.path().join("deep/data");
    let fixture = StoreFixture::new(Arc::new(open(&below).unwrap()), ()).await;
    fixture.store.insert(sample::user(sample::id())).await.unwrap();
    #[cfg(unix)]
    for file in std::fs::read_dir(&below).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
    fixture.store.close().await;
    assert!(!below.join("kanvaro.db-wal").exists(), "the log is written back");
}

#[tokio::test]
async fn a_file_of_a_newer_release_and_one_that_is_no_database_are_refused() {
    let directory = TempDir::new().unwrap();
    open(directory.path()).unwrap().close().await;
    let path = directory.path().join("kanvaro.db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let newer = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(newer, OpenError::Newer { found: 99, .. }), "{newer}");

    std::fs::write(&path, "this is no database, only text of some length".repeat(100)).unwrap();
    let other = open(directory.path()).map(drop).unwrap_err();
    assert!(matches!(other, OpenError::Engine { .. }), "{other}");
}

#[tokio::test]
async fn a_link_table_that_is_missing_is_filled_from_the_documents() {
    let directory = TempDir::new().unwrap();
    let fixture = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    let (_, tasks) = fixture.tasks(3, |_, _| {}).await;
    fixture.store.close().await;
    let raw = rusqlite::Connection::open(directory.path().join("kanvaro.db")).unwrap();
    raw.execute_batch("DROP TABLE tasks_searchTerms").unwrap();
    drop(raw);
    let again = StoreFixture::new(Arc::new(open(directory.path()).unwrap()), ()).await;
    assert_eq!(
        again.matching(Kind::Task, search::filter("write")).await.len(),
        tasks.len()
    );
    again.store.close().await;
}

/// `cargo test --test it fifty_thousand -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn fifty_thousand_tasks_and_what_their_lists_cost() {
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
    let fixture = fresh().await;
    let creator = sample::user(sample::id());
    let projects: Vec<_> = (0..100).map(|_| sample::project(&creator)).collect();
    let people: Vec<Id> = (0..50).map(|_| sample::id()).collect();
    let word = |at: usize| format!("{}{}", WORDS[at % WORDS.len()], at % 97);
    let start = Instant::now();
    for chunk in 0..50 {
        let tasks = (0..1_000).map(|place| {
            let at = chunk * 1_000 + place;
            let mut task = Task {
                title: (0..6)
                    .map(|step| word(at * 7 + step * 13))
                    .collect::<Vec<_>>()
                    .join(" "),
                description: (0..20)
                    .map(|step| word(at * 3 + step * 29))
                    .collect::<Vec<_>>()
                    .join(" "),
                assigned_to: vec![people[at % 50], people[at * 3 % 50]],
                status: ["todo", "in_progress", "done"][at % 3].into(),
                created_at: sample::after_noon(at as i64),
                ..sample::task(&projects[at % 100])
            };
            task.refresh();
            Change::Insert(task.into())
        });
        fixture.store.write(tasks.collect()).await.unwrap();
    }
    println!("50 000 tasks: {:?}", start.elapsed());
    let within = || Filter::Eq("organization", Value::Id(creator.organization));
    let project = || within().and(Filter::Eq("project", Value::Id(projects[7].id)));
    let status = Filter::In("status", ["todo", "done"].map(|key| Value::Text(key.into())).into());
    let visible = Filter::Any(vec![
        Filter::Has("assignedTo", Value::Id(people[3])),
        Filter::Eq("createdBy", Value::Id(people[3])),
        Filter::In(
            "project",
            projects[..20].iter().map(|project| Value::Id(project.id)).collect(),
        ),
    ]);
    for (what, filter) in [
        ("of the organisation", within()),
        ("of a project", project()),
        ("of a project, two columns", project().and(status.clone())),
        ("of the organisation, two columns", within().and(status)),
        (
            "of a person",
            within().and(Filter::Has("assignedTo", Value::Id(people[3]))),
        ),
        (
            "of nobody",
            within().and(Filter::Has("assignedTo", Value::Id(sample::id()))),
        ),
        ("that a person sees", within().and(visible)),
        ("found by a letter", within().and(search::filter("w"))),
        ("found by a word", within().and(search::filter("write11"))),
        ("found by two words", within().and(search::filter("writ revi"))),
    ] {
        let query = Query {
            filter: filter.clone(),
            sort: Sort {
                field: "createdAt",
                direction: kanvaro::model::Direction::Descending,
            },
            after: None,
            skip: 0,
            limit: 20,
        };
        let plan = fixture.store.explain(Kind::Task, &query).await.unwrap();
        let mut best = [u128::MAX; 2];
        for _ in 0..5 {
            let start = Instant::now();
            let found = fixture.store.page(Kind::Task, query.clone()).await.unwrap().len();
            best[0] = best[0].min(start.elapsed().as_micros());
            let start = Instant::now();
            fixture
                .store
                .count(Kind::Task, std::slice::from_ref(&filter))
                .await
                .unwrap();
            best[1] = best[1].min(start.elapsed().as_micros());
            assert!(found <= 20);
        }
        println!(
            "{what}: page {} us, count {} us\n    {}",
            best[0],
            best[1],
            plan.replace('\n', "\n    ")
        );
    }
    let before = fixture
        .store
        .page(
            Kind::Task,
            Query {
                filter: project(),
                sort: Sort {
                    field: "_id",
                    direction: kanvaro::model::Direction::Ascending,
                },
                after: None,
                skip: 0,
                limit: 50,
            },
        )
        .await
        .unwrap();
    let start = Instant::now();
    for task in &before {
        let task: Arc<Task> = task.clone().try_into().unwrap();
        let moved = Task {
            status: "review".into(),
            ..Task::clone(&task)
        };
        fixture.store.update(&task, moved).await.unwrap();
    }
    println!("a move: {:?}", start.elapsed() / 50);
    let twenty = projects[..20].iter().map(|project| Value::Id(project.id));
    let of = Filter::In("project", twenty.collect());
    let start = Instant::now();
    let groups = fixture
        .store
        .count_by(Kind::Task, &of, &["project", "status"])
        .await
        .unwrap()
        .len();
    println!("{groups} groups of 20 projects: {:?}", start.elapsed());
    fixture.store.close().await;
}
