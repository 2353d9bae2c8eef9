//! How many commands a call sends, counted at the driver.

use kanvaro::model::{Direction, Filter, Id, Kind, Query, Sort, Value};
use kanvaro::store::StoreBackend;

use super::scratch::{Scratch, replacement, title};
use crate::support::sample;

#[tokio::test]
async fn twenty_pages_are_one_command() {
    let scratch = Scratch::new().await;
    let queries = lists(&scratch, 20).await;
    let (pages, commands) = scratch.commands(scratch.backend.pages(Kind::Task, &queries)).await;
    assert_eq!(commands, ["aggregate"]);
    let mut single = Vec::new();
    for query in &queries {
        let page = std::slice::from_ref(query);
        single.extend(scratch.backend.pages(Kind::Task, page).await.unwrap());
    }
    assert_eq!(pages.unwrap(), single, "each page has the bytes that it has alone");
    assert!(single.iter().all(|page| page.len() == 2));
}

#[tokio::test]
async fn hundreds_of_pages_are_split_and_stay_in_order() {
    let scratch = Scratch::new().await;
    let three = lists(&scratch, 3).await;
    let mut queries: Vec<Query> = three.iter().cycle().take(252).cloned().collect();
    queries[7].limit = 0;
    let (pages, commands) = scratch.commands(scratch.backend.pages(Kind::Task, &queries)).await;
    assert_eq!(commands, ["aggregate"; 3]);
    let pages = pages.unwrap();
    assert_eq!(pages.len(), 252);
    assert!(pages[7].is_empty(), "a page of none is empty");
    assert!((0..252).all(|place| place == 7 || pages[place] == pages[place % 3]));
}

#[tokio::test]
async fn a_page_that_is_full_is_one_command() {
    let scratch = Scratch::new().await;
    let (project, _) = scratch.tasks(300, |_, _| {}).await;
    for limit in [1, 100, 299, 300, 301] {
        let query = [newest(project.id, limit)];
        let (pages, commands) = scratch.commands(scratch.backend.pages(Kind::Task, &query)).await;
        assert_eq!(pages.unwrap()[0].len(), limit.min(300) as usize);
        assert_eq!(commands, ["find"], "limit {limit}");
    }
}

#[tokio::test]
async fn a_thousand_documents_are_one_command_and_none_is_no_command() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(1_000, |_, _| {}).await;
    let ids: Vec<Id> = tasks.iter().map(|task| task.id).collect();
    let (found, commands) = scratch.commands(scratch.backend.get_many(Kind::Task, &ids)).await;
    assert_eq!((found.unwrap().len(), commands), (1_000, vec!["find".to_owned()]));
    let everything = Filter::everything();
    let (found, commands) = scratch
        .commands(scratch.backend.ids(Kind::Task, &everything, 1_000))
        .await;
    assert_eq!((found.unwrap().len(), commands), (1_000, vec!["find".to_owned()]));
    let (_, commands) = scratch.commands(scratch.backend.get_many(Kind::Task, &[])).await;
    assert!(commands.is_empty(), "{commands:?}");
}

#[tokio::test]
async fn twenty_counts_are_one_command() {
    let scratch = Scratch::new().await;
    let (project, _) = scratch.tasks(5, |_, _| {}).await;
    let of = |project| Filter::Eq("project", Value::Id(project));
    let filters: Vec<Filter> = (0..20)
        .map(|place| of(if place % 2 == 0 { project.id } else { sample::id() }))
        .collect();
    let (counts, commands) = scratch.commands(scratch.backend.count(Kind::Task, &filters)).await;
    assert_eq!(counts.unwrap(), [5, 0].repeat(10));
    assert_eq!(commands, ["aggregate"]);
}

#[tokio::test]
async fn a_single_write_is_one_command_and_so_are_a_thousand_inserts_before_their_commit() {
    let scratch = Scratch::new().await;
    let user = sample::user(sample::id());
    let (_, commands) = scratch.commands(scratch.insert([user])).await;
    assert_eq!(commands, ["findAndModify"]);
    let project = sample::project(&sample::user(sample::id()));
    let tasks: Vec<_> = (0..1_000).map(|_| sample::task(&project)).collect();
    let (_, commands) = scratch.commands(scratch.insert(tasks)).await;
    assert_eq!(commands, ["insert"], "the commit goes to another database");
}

#[tokio::test]
async fn a_hundred_replacements_are_one_command_before_their_commit() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(100, |_, _| {}).await;
    let writes = tasks.iter().map(|task| replacement(task, 0, "New")).collect();
    let (done, commands) = scratch.commands(scratch.backend.write(writes, sample::LIMIT)).await;
    done.unwrap();
    assert_eq!(commands, ["update"]);
    let ids: Vec<Id> = tasks.iter().map(|task| task.id).collect();
    let found = scratch.backend.get_many(Kind::Task, &ids).await.unwrap();
    assert!(found.iter().all(|document| title(document) == "New"));
}

/// Lists of two tasks each, of so many projects with three.
async fn lists(scratch: &Scratch, count: usize) -> Vec<Query> {
    let mut queries = Vec::new();
    for _ in 0..count {
        let (project, _) = scratch.tasks(3, |_, _| {}).await;
        queries.push(newest(project.id, 2));
    }
    queries
}

fn newest(project: Id, limit: u32) -> Query {
    Query {
        filter: Filter::Eq("project", Value::Id(project)),
        sort: Sort {
            field: "createdAt",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit,
    }
}
