//! Boards: columns come, go and change, and no task is lost.

use kanvaro::model::Task;
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    moved_tasks_keep_their_order_behind_those_already_there,
    a_column_with_tasks_goes_only_with_a_place_for_them,
);

fn column(key: &str, category: &str) -> Value {
    json!({ "key": key, "title": key, "color": "#AABBCC", "category": category })
}

fn board(tenant: &Tenant, columns: &[Value]) -> Value {
    json!({ "projectId": gid(&tenant.project), "columns": columns })
}

async fn task(app: &TestApp, task: &Task) -> Task {
    Task::clone(&*app.app.store.get::<Task>(task.id).await.unwrap().unwrap())
}

async fn a_column_with_tasks_goes_only_with_a_place_for_them(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let before = app.everything().await;
    let mut input = board(&acme, &[column("open", "ACTIVE"), column("closed", "DONE")]);
    let done = app.mutate(&acme.admin, "setBoardColumns", input.clone()).await;
    assert_eq!(done.refusals(), [("moveTasksTo", "REQUIRED")]);
    input["moveTasksTo"] = json!("todo");
    let done = app.mutate(&acme.admin, "setBoardColumns", input.clone()).await;
    assert_eq!(done.refusals(), [("moveTasksTo", "INVALID")]);
    assert!(app.everything().await == before);
    input["moveTasksTo"] = json!("closed");
    let done = app.done(&acme.admin, "setBoardColumns", input).await;
    assert_eq!(
        done["columns"][0],
        json!({ "key": "open", "title": "open", "color": "#aabbcc", "category": "ACTIVE" })
    );
    let moved = task(&app, &acme.task).await;
    assert_eq!(
        (moved.status.as_str(), moved.completed_at),
        ("closed", Some(sample::NOON))
    );
}

async fn moved_tasks_keep_their_order_behind_those_already_there(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let mut ids = vec![gid(&acme.task)];
    for status in ["todo", "todo", "review"] {
        let input = json!({ "projectId": gid(&acme.project), "title": "T", "status": status });
        let made = app.done(&acme.admin, "createTask", input).await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let mut input = board(&acme, &[column("review", "ACTIVE")]);
    input["moveTasksTo"] = json!("review");
    app.done(&acme.admin, "setBoardColumns", input).await;
    let document = "query($id: ID!) { board(projectId: $id) { columns { tasks { id } } } }";
    let shown = app
        .data(&acme.admin, document, json!({ "id": gid(&acme.project) }))
        .await;
    let order: Vec<Value> = [3, 0, 1, 2].iter().map(|place| json!({ "id": ids[*place] })).collect();
    assert_eq!(shown["board"]["columns"][0]["tasks"], json!(order));
}

#[tokio::test]
async fn a_column_that_becomes_done_completes_its_tasks_and_back() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.done(&acme.admin, "setBoardColumns", board(&acme, &[column("todo", "DONE")]))
        .await;
    assert_eq!(task(&app, &acme.task).await.completed_at, Some(sample::NOON));
    app.done(
        &acme.admin,
        "setBoardColumns",
        board(&acme, &[column("todo", "ACTIVE")]),
    )
    .await;
    assert_eq!(task(&app, &acme.task).await.completed_at, None);
}

#[tokio::test]
async fn renaming_and_reordering_touches_no_task() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let columns = [column("done", "DONE"), column("todo", "BACKLOG")];
    app.done(&acme.admin, "setBoardColumns", board(&acme, &columns)).await;
    assert_eq!(task(&app, &acme.task).await.version, acme.task.version);
}

#[tokio::test]
async fn bad_columns_are_all_named() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let before = app.everything().await;
    let mut bad = [
        column("todo", "ACTIVE"),
        column("todo", "DONE"),
        column("To Do", "DONE"),
        column("x", "DONE"),
    ];
    bad[3]["title"] = json!("x".repeat(61));
    bad[3]["color"] = json!("red");
    let done = app.mutate(&acme.admin, "setBoardColumns", board(&acme, &bad)).await;
    let expected = [
        ("columns.1.key", "TAKEN"),
        ("columns.2.key", "INVALID"),
        ("columns.3.color", "INVALID"),
        ("columns.3.title", "TOO_LONG"),
    ];
    assert_eq!(done.refusals(), expected);
    let many: Vec<Value> = (0..31).map(|number| column(&format!("c{number}"), "ACTIVE")).collect();
    for columns in [&[][..], &many] {
        let done = app.mutate(&acme.admin, "setBoardColumns", board(&acme, columns)).await;
        assert_eq!(done.refusals(), [("columns", "OUT_OF_RANGE")]);
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn a_board_of_another_version_is_a_conflict() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut input = board(&acme, &[column("todo", "ACTIVE")]);
    input["expectedVersion"] = json!(7);
    let done = app.mutate(&acme.admin, "setBoardColumns", input).await;
    assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")]);
    assert_eq!(done.payload()["project"]["id"], gid(&acme.project));
}
