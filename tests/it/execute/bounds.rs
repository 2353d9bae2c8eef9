//! Operations that ask for too much, in ever other ways, or that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Variables;
use kanvaro::app::Engines;
use kanvaro::cache::{Lease, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::execute::{Plan, Subject};
use kanvaro::graphql::{Document, table};
use kanvaro::model::Viewer;
use kanvaro::store::sqlite::SqliteBackend;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use super::Asked;
use super::asked::{errors, text};
use crate::support::app::TestApp;
use crate::support::faulty::FaultyStore;
use crate::support::sample;
use crate::support::server::TestServer;
use crate::support::world::gid;

const TASKS: &str = "{ tasks(first: 100) { nodes { id title createdAt } } }";

/// An API whose answers may have so many bytes, with 50 tasks.
async fn bounded(bytes: usize) -> Asked {
    let config = Config {
        max_answer_bytes: bytes,
        ..Config::default()
    };
    let asked = Asked::on(TestApp::with(config).await).await;
    asked.app.seed((0..50).map(|_| sample::task(&asked.project))).await;
    asked
}

#[tokio::test]
async fn an_answer_may_be_as_long_as_is_configured() {
    let length = bounded(1 << 20).await.data(TASKS).await.len();
    assert_eq!(bounded(length).await.data(TASKS).await.len(), length);
}

#[tokio::test]
async fn an_answer_that_is_longer_is_refused_by_the_key_of_its_limit() {
    let length = bounded(1 << 20).await.data(TASKS).await.len();
    let reply = bounded(length - 1).await.reply(TASKS, json!({})).await;
    let expected = json!([{
        "message": format!("the answer is longer than {} bytes, the most that are allowed (max_answer_bytes): \
                            ask for fewer rows or fields at a time", length - 1),
        "extensions": { "code": "BAD_USER_INPUT" },
    }]);
    assert_eq!((text(&reply), errors(&reply)), ("null".into(), expected));
}

#[tokio::test]
async fn one_object_that_is_too_long_is_refused() {
    let asked = bounded(1_024).await;
    let aliases: String = (0..30).map(|at| format!(" a{at}: createdAt b{at}: id")).collect();
    let reply = asked
        .reply(
            &format!("query($task: ID!) {{ task(id: $task) {{{aliases} }} }}"),
            asked.ids(),
        )
        .await;
    assert_eq!(errors(&reply)[0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_payload_that_is_too_long_is_refused_at_its_path() {
    let asked = bounded(2_048).await;
    let document = "mutation($id: ID!) { createTask(input: { projectId: $id, title: \"one\" }) \
                    { task { project { tasks(first: 100) { nodes { id title createdAt } } } } } }";
    let reply = asked.reply(document, json!({ "id": gid(&asked.project) })).await;
    let first = &errors(&reply)[0];
    assert_eq!(
        (text(&reply).as_str(), &first["path"], &first["extensions"]["code"]),
        (
            r#"{"createTask":null}"#,
            &json!(["createTask"]),
            &json!("BAD_USER_INPUT")
        )
    );
}

const CUBE: &str =
    "{ projects(first: 100) { nodes { tasks(first: 100) { nodes { comments(first: 100) { nodes { id } } } } } } }";

#[tokio::test]
async fn lists_of_a_hundred_in_lists_of_a_hundred_in_lists_of_a_hundred_are_refused() {
    let server = TestServer::start().await;
    let answer = server.ask(CUBE).await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "BAD_USER_INPUT"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn lists_that_are_refused_are_not_read() {
    let server = TestServer::start().await;
    let before = server.app.metrics.store_calls("pages", "projects");
    server.ask(CUBE).await;
    assert_eq!(server.app.metrics.store_calls("pages", "projects"), before);
}

#[tokio::test]
async fn every_choice_of_eight_variables_answers_what_it_leaves() {
    let asked = Asked::new().await;
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let declared = names.map(|name| format!("${name}: Boolean!")).join(", ");
    let fields = names
        .map(|name| format!("{name}: name @include(if: ${name})"))
        .join(" ");
    let document = Document::parse(&format!("query({declared}) {{ organization {{ {fields} }} }}")).unwrap();
    for choice in 0..256_u32 {
        let taken = |at: usize| choice & (1 << at) > 0;
        let variables: Value = names
            .iter()
            .enumerate()
            .map(|(at, name)| ((*name).to_owned(), json!(taken(at))))
            .collect();
        let viewer = Viewer::new(&asked.acme.admin, &sample::session(&asked.acme.admin));
        let app = &asked.app.app;
        let scope = app.scope(Some(viewer), app.loaders(), "test".into());
        let reply = app
            .executor
            .execute(&document, None, &Variables::from_json(variables), scope)
            .await;
        let left = names.iter().enumerate().filter(|(at, _)| taken(*at));
        let left: Vec<String> = left.map(|(_, name)| format!("\"{name}\":\"Acme\"")).collect();
        assert_eq!(
            text(&reply),
            format!("{{\"organization\":{{{}}}}}", left.join(",")),
            "{choice:08b}"
        );
    }
}

/// An API whose store takes as long as it is told, and that store.
async fn slow() -> (Asked, Arc<FaultyStore>) {
    let data = TempDir::new().unwrap();
    let store = FaultyStore::over(Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap()));
    let engines = Engines {
        store: store.clone(),
        cache: Arc::new(MemoryBackend::new(16 << 20)),
        lease: Lease::forever(),
    };
    (Asked::on(TestApp::on(engines, Box::new(data)).await).await, store)
}

const LEVELS: &str =
    "query($task: ID!) { task(id: $task) { project { name } comments { nodes { author { firstName } } } } }";

/// Lets go of an operation while its first round is under way.
async fn abandoned() -> (Asked, Arc<FaultyStore>) {
    let (asked, store) = slow().await;
    store.slow(Duration::from_millis(200));
    let gone = timeout(Duration::from_millis(50), asked.reply(LEVELS, asked.ids())).await;
    assert!(gone.is_err(), "it was answered before it was let go of");
    (asked, store)
}

#[tokio::test]
async fn who_is_gone_after_one_round_has_no_other_read() {
    let (asked, _) = abandoned().await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let comments = asked.app.app.metrics.store_calls("pages", "comments");
    assert_eq!((comments, asked.reads().0), (0, 1));
}

#[tokio::test]
async fn who_is_gone_between_rounds_holds_nobody_up() {
    let (asked, store) = abandoned().await;
    store.slow(Duration::ZERO);
    let answer = timeout(Duration::from_secs(5), asked.data(LEVELS)).await;
    let expected = r#"{"task":{"project":{"name":"Website"},"comments":{"nodes":[{"author":{"firstName":"Ada"}}]}}}"#;
    assert_eq!(answer.unwrap(), expected);
}

#[tokio::test]
async fn copies_of_an_object_count_against_the_length_of_an_answer() {
    let asked = Asked::new().await;
    let ids = vec![gid(&asked.acme.project); 100];
    let variables = Variables::from_json(json!({ "ids": ids }));
    let document = Document::parse("query($ids: [ID!]!) { nodes(ids: $ids) { id } }").unwrap();
    let (_, operation) = document.parsed.operations.iter().next().unwrap();
    let (root, selected) = (table().find("Query").unwrap(), &operation.node.selection_set.node);
    let plan = Plan::new(table(), root, selected, &document.parsed.fragments, &variables);
    let viewer = Viewer::new(&asked.acme.admin, &sample::session(&asked.acme.admin));
    let scope = asked
        .app
        .app
        .scope(Some(viewer), asked.app.app.loaders(), "test".into());
    let (plan, loaders) = (plan.unwrap(), scope.loaders.clone());
    let answer = plan.run(Subject::Root, &scope, &loaders, &variables, 1_024).await;
    assert!(answer.is_too_long, "{} bytes were made", answer.data.len());
}
