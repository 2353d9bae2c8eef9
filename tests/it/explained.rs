//! What an explained request is told of each place of its answer.

use std::time::Duration;

use kanvaro::model::{Project, Task, User};
use serde_json::{Value, json};

use crate::support::sample;
use crate::support::server::TestServer;
use crate::support::world::gid;

/// A server with an admin who has a project with tasks.
struct Site {
    server: TestServer,
    token: String,
    ada: User,
    project: Project,
    tasks: Vec<Task>,
}

impl Site {
    async fn with(tasks: usize) -> Site {
        let server = TestServer::start().await;
        let token = server.token("ada@example.org").await;
        let store = &server.app.store;
        let filter = kanvaro::model::Filter::everything();
        let ada: User = User::clone(&*store.find::<User>(filter).await.unwrap().unwrap());
        let project = Project::clone(&*store.insert(sample::project(&ada)).await.unwrap());
        let mut made = Vec::new();
        for _ in 0..tasks {
            made.push(Task::clone(&*store.insert(sample::task(&project)).await.unwrap()));
        }
        Site {
            server,
            token,
            ada,
            project,
            tasks: made,
        }
    }

    async fn ask(&self, document: &str, variables: Value, is_explained: bool) -> Value {
        let request = self.server.post(&json!({ "query": document, "variables": variables }));
        let explain = if is_explained { "1" } else { "0" };
        let request = request.bearer_auth(&self.token).header("x-cache-explain", explain);
        let answer = self.server.send(request).await.body;
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer
    }

    async fn explained(&self, document: &str, variables: Value) -> Value {
        self.ask(document, variables, true).await["extensions"]["cache"].take()
    }
}

/// What is told of a place.
fn at<'t>(told: &'t Value, path: &Value) -> &'t Value {
    let mut paths = told["paths"].as_array().unwrap().iter();
    let found = paths.find(|one| one["path"] == *path);
    found.unwrap_or_else(|| panic!("{path} is not told of: {}", told["paths"]))
}

/// Level, outcome and tags of a place.
fn seen(told: &Value, path: &Value) -> Value {
    let place = at(told, path);
    json!([place["level"], place["outcome"], place["tags"]])
}

const TASKS: &str = "{ list: tasks(first: 5, sort: CREATED_ASC) { totalCount nodes { id title isOverdue \
    project { name } parent { id } } } }";

#[tokio::test]
async fn each_place_tells_where_what_stands_there_came_from() {
    let site = Site::with(2).await;
    let (list, task) = (
        format!("task:organization={}", site.ada.organization),
        format!("task:{}", site.tasks[0].id),
    );
    let project = format!("project:{}", site.project.id);
    let cold = site.explained(TASKS, json!({})).await;
    let page = json!(["store", "absent", [project, list]]);
    assert_eq!(seen(&cold, &json!(["list"])), page);
    assert_eq!(seen(&cold, &json!(["list", "nodes", 0])), page, "its rows came with it");
    site.server.clock.advance(Duration::from_secs(5));
    // Twice: rows that came with their page are not cached under their own keys.
    site.explained(TASKS, json!({})).await;
    let warm = site.explained(TASKS, json!({})).await;
    for (path, expected) in [
        (json!(["list"]), json!(["process", "hit", [project, list]])),
        (json!(["list", "totalCount"]), json!(["process", "hit", [list]])),
        (json!(["list", "nodes"]), json!(["computed", "computed", []])),
        (json!(["list", "nodes", 0]), json!(["process", "hit", [task]])),
        (
            json!(["list", "nodes", 0, "isOverdue"]),
            json!(["process", "hit", [project]]),
        ),
        (
            json!(["list", "nodes", 0, "project"]),
            json!(["process", "hit", [project]]),
        ),
        (json!(["list", "nodes", 0, "parent"]), json!(["process", "hit", [task]])),
    ] {
        assert_eq!(seen(&warm, &path), expected, "{path}");
    }
    let place = at(&warm, &json!(["list"]));
    assert_eq!(
        (&place["age"], &place["scope"], &place["maxAge"]),
        (&json!(5.0), &json!("PRIVATE"), &json!(180))
    );
    assert!(place["ttlLeft"].as_f64().is_some_and(|left| left > 60.0), "{place}");
    assert_eq!(place["field"], "Query.tasks");
}

#[tokio::test]
async fn a_place_whose_entity_was_written_says_so_and_the_others_do_not() {
    let site = Site::with(2).await;
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { title } } }";
    let ids = json!({ "ids": site.tasks.iter().map(gid).collect::<Vec<_>>() });
    site.explained(document, ids.clone()).await;
    let rename =
        "mutation($id: ID!) { renamed: updateTask(input: { taskId: $id, title: \"New\" }) { task { title } } }";
    let told = site.explained(rename, json!({ "id": gid(&site.tasks[0]) })).await;
    assert_eq!(at(&told, &json!(["renamed", "task"]))["field"], "TaskPayload.task");
    assert_eq!(at(&told, &json!([]))["outcome"], "mutation");
    let told = site.explained(document, ids).await;
    let levels = [0, 1].map(|place| {
        let place = at(&told, &json!(["nodes", place])).clone();
        [place["level"].clone(), place["outcome"].clone()]
    });
    assert_eq!(json!(levels), json!([["store", "stale"], ["process", "hit"]]));
}

#[tokio::test]
async fn the_root_tells_of_the_whole_answer_that_was_held() {
    let site = Site::with(0).await;
    let document = "{ organization { name } }";
    let organization = format!("organization:{}", site.ada.organization);
    let told = site.explained(document, json!({})).await;
    assert_eq!(seen(&told, &json!([])), json!(["computed", "absent", [organization]]));
    let filled = site.server.app.metrics.answers_filled();
    site.ask(document, json!({}), false).await;
    while site.server.app.metrics.answers_filled() == filled {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    site.server.clock.advance(Duration::from_secs(7));
    let told = site.explained(document, json!({})).await;
    assert_eq!(seen(&told, &json!([])), json!(["process", "hit", [organization]]));
    let root = at(&told, &json!([]));
    assert_eq!((&root["age"], &root["scope"]), (&json!(7), &json!("PRIVATE")));
    assert!(root["ttlLeft"].as_u64().is_some_and(|left| left > 60), "{root}");
}

#[tokio::test]
async fn a_merged_field_of_one_entity_in_two_places_is_told_in_both() {
    let site = Site::with(1).await;
    let document =
        "query($id: ID!) { a: project(id: $id) { creator { firstName } } b: project(id: $id) { name creator { id } } }";
    let told = site.explained(document, json!({ "id": gid(&site.project) })).await;
    let user = format!("user:{}", site.ada.id);
    for path in [json!(["a", "creator"]), json!(["b", "creator"])] {
        assert_eq!(at(&told, &path)["tags"], json!([user]));
    }
}

#[tokio::test]
async fn of_more_places_than_are_told_the_first_are_and_that_is_said() {
    let site = Site::with(90).await;
    let document =
        "{ tasks(first: 90) { nodes { isOverdue project { name } creator { id } parent { id } assignees { id } } } }";
    let told = site.explained(document, json!({})).await;
    assert_eq!(
        (told["paths"].as_array().unwrap().len(), &told["pathsLeftOut"]),
        (501, &json!(true))
    );
    let few = site.explained("{ organization { name } }", json!({})).await;
    assert_eq!(few["pathsLeftOut"], json!(false));
}
