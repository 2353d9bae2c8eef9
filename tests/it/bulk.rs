//! Many tasks changed or removed at once: all of them or none, and what came of each.

use futures_util::future::join_all;
use kanvaro::model::{Project, Task};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    a_hundred_tasks_are_changed_in_one_write,
    a_foreign_id_among_a_hundred_is_named_and_nothing_is_done,
    a_hundred_tasks_are_removed_with_what_hangs_on_them,
    changes_of_the_same_tasks_at_once_all_come_through,
);

/// So many tasks to do in the tenant's project.
async fn tasks(app: &TestApp, project: &Project, count: usize) -> Vec<Task> {
    let tasks: Vec<Task> = (0..count).map(|_| sample::task(project)).collect();
    app.seed(tasks.clone()).await;
    tasks
}

fn ids<'t>(tasks: impl IntoIterator<Item = &'t Task>) -> Vec<String> {
    tasks.into_iter().map(gid).collect()
}

async fn a_hundred_tasks_are_changed_in_one_write(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let tasks = tasks(&app, &acme.project, 100).await;
    let writes = || app.app.metrics.store_calls("write", "all");
    let before = writes();
    let input = json!({ "taskIds": ids(&tasks), "status": "done", "priority": "HIGH", "labels": ["a"],
        "assigneeIds": [gid(&acme.admin)], "dueDate": "2026-02-01T00:00:00Z" });
    let results = app.done(&acme.admin, "bulkUpdateTasks", input).await;
    assert_eq!(writes() - before, 1);
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), 100);
    for (task, result) in tasks.iter().zip(results) {
        assert_eq!(result["taskId"], gid(task));
        let now = &result["task"];
        assert_eq!((&now["status"], &now["priority"]), (&json!("done"), &json!("HIGH")));
        assert_eq!(now["assignees"], json!([{ "id": gid(&acme.admin) }]));
        assert_eq!(now["completedAt"], "2026-01-01T12:00:00.000Z");
    }
    let read = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { version rank labels } } }";
    let nodes = app.data(&acme.admin, read, json!({ "ids": ids(&tasks) })).await;
    let nodes = nodes["nodes"].as_array().unwrap();
    assert!(
        nodes
            .iter()
            .all(|node| node["version"] == 1 && node["labels"] == json!(["a"]))
    );
    let ranks: Vec<&str> = nodes.iter().map(|node| node["rank"].as_str().unwrap()).collect();
    assert!(ranks.is_sorted_by(|a, b| a < b), "in the order of the ids: {ranks:?}");
}

async fn a_foreign_id_among_a_hundred_is_named_and_nothing_is_done(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let tasks = tasks(&app, &acme.project, 99).await;
    let mut named = ids(&tasks);
    named.insert(57, gid(&other.task));
    let before = app.everything().await;
    for (mutation, more) in [
        ("bulkUpdateTasks", json!({ "status": "done" })),
        ("bulkDeleteTasks", json!({})),
    ] {
        let mut input = more.as_object().unwrap().clone();
        input.insert("taskIds".into(), json!(named));
        let done = app.mutate(&acme.admin, mutation, input.into()).await;
        assert_eq!(done.refusals(), [("taskIds.57", "NOT_FOUND")], "{mutation}");
        let results = done.payload()["results"].as_array().unwrap();
        for (place, result) in results.iter().enumerate() {
            assert_eq!(result["userErrors"] == json!([]), place != 57, "{mutation} {place}");
            assert_eq!(result["task"].is_null(), place == 57, "{mutation} {place}");
        }
        assert!(app.everything().await == before, "{mutation}");
    }
}

async fn a_hundred_tasks_are_removed_with_what_hangs_on_them(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let mut tasks = tasks(&app, &acme.project, 99).await;
    // One that goes is a part of another that goes.
    let inner = Task {
        parent: Some(tasks[0].id),
        ..sample::task(&acme.project)
    };
    let outer = Task {
        parent: Some(tasks[1].id),
        dependencies: vec![tasks[2].id, acme.task.id, tasks[3].id],
        ..sample::task(&acme.project)
    };
    app.seed([inner.clone(), outer.clone()]).await;
    app.seed([
        sample::comment(&tasks[0], acme.admin.id),
        sample::comment(&inner, acme.admin.id),
    ])
    .await;
    app.seed([sample::attachment(&tasks[0], acme.admin.id)]).await;
    tasks.push(inner);
    let before = app.everything().await.len();
    let results = app
        .done(&acme.admin, "bulkDeleteTasks", json!({ "taskIds": ids(&tasks) }))
        .await;
    assert_eq!(
        results[99],
        json!({ "taskId": gid(&tasks[99]), "task": null, "userErrors": [] })
    );
    assert_eq!(app.everything().await.len(), before - 100 - 3);
    let outer = app.app.store.get::<Task>(outer.id).await.unwrap().unwrap();
    assert_eq!((outer.parent, &outer.dependencies), (None, &vec![acme.task.id]));
}

async fn changes_of_the_same_tasks_at_once_all_come_through(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let tasks = tasks(&app, &acme.project, 20).await;
    let change = |place: usize| {
        let mut named = ids(&tasks);
        if place % 2 == 1 {
            named.reverse();
        }
        app.mutate(
            &acme.admin,
            "bulkUpdateTasks",
            json!({ "taskIds": named, "storyPoints": place }),
        )
    };
    let done = join_all((0..8).map(change)).await;
    for one in &done {
        one.object("results");
    }
    let mut points = Vec::new();
    for task in &tasks {
        points.push(app.app.store.get::<Task>(task.id).await.unwrap().unwrap().story_points);
    }
    points.dedup();
    assert_eq!(points.len(), 1, "one of the changes was the last of all: {points:?}");
}

#[tokio::test]
async fn a_task_of_another_version_keeps_all_as_they_are_and_is_shown_as_it_is() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let tasks = tasks(&app, &acme.project, 3).await;
    app.done(
        &acme.admin,
        "updateTask",
        json!({ "taskId": gid(&tasks[1]), "title": "Other" }),
    )
    .await;
    let before = app.everything().await;
    let named = json!({ "taskIds": ids(&tasks), "expectedVersions": [0, 0, 0] });
    for mutation in ["bulkUpdateTasks", "bulkDeleteTasks"] {
        let done = app.mutate(&acme.admin, mutation, named.clone()).await;
        assert_eq!(done.refusals(), [("expectedVersions.1", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["results"][1]["task"]["title"], "Other", "{mutation}");
        assert!(app.everything().await == before, "{mutation}");
    }
    let named = json!({ "taskIds": ids(&tasks), "expectedVersions": [0, 1, 0] });
    app.done(&acme.admin, "bulkDeleteTasks", named).await;
}

#[tokio::test]
async fn none_too_many_the_same_twice_and_versions_of_others_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let tasks = tasks(&app, &acme.project, 101).await;
    let before = app.everything().await;
    let twice = vec![gid(&tasks[0]), gid(&tasks[1]), gid(&tasks[0])];
    let cases = [
        (json!({ "taskIds": [] }), ("taskIds", "REQUIRED")),
        (json!({ "taskIds": ids(&tasks) }), ("taskIds", "TOO_LONG")),
        (json!({ "taskIds": twice }), ("taskIds.2", "TAKEN")),
        (
            json!({ "taskIds": [gid(&tasks[0])], "expectedVersions": [0, 0] }),
            ("expectedVersions", "INVALID"),
        ),
    ];
    for mutation in ["bulkUpdateTasks", "bulkDeleteTasks"] {
        for (input, refusal) in &cases {
            let done = app.mutate(&acme.admin, mutation, input.clone()).await;
            assert_eq!(done.refusals(), [*refusal], "{mutation} {input}");
            assert_eq!(done.payload()["results"], json!([]), "{mutation} {input}");
        }
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn what_is_wrong_with_several_alike_is_said_once_and_in_each_result() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let late = Task {
        start_date: Some(sample::after_noon(60)),
        ..sample::task(&acme.project)
    };
    app.seed([late.clone()]).await;
    let other = sample::project(&acme.admin);
    app.seed([other.clone()]).await;
    let elsewhere = tasks(&app, &other, 1).await;
    let input = json!({ "taskIds": ids([&late, &acme.task, &elsewhere[0]]), "status": "nowhere", "storyPoints": -1,
        "dueDate": "2026-01-01T12:00:00Z", "assigneeIds": [gid(&sample::user(acme.organization.id))] });
    let before = app.everything().await;
    let done = app.mutate(&acme.admin, "bulkUpdateTasks", input).await;
    let said = [
        ("storyPoints", "OUT_OF_RANGE"),
        ("dueDate", "OUT_OF_RANGE"),
        ("status", "INVALID"),
        ("assigneeIds.0", "NOT_FOUND"),
    ];
    assert_eq!(done.refusals(), said);
    let of = |place: usize| done.payload()["results"][place]["userErrors"].as_array().unwrap().len();
    assert_eq!([of(0), of(1), of(2)], [4, 3, 3]);
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn those_in_the_column_stay_where_they_are_and_each_goes_to_the_end_of_its_own_board() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let other = sample::project(&acme.admin);
    app.seed([other.clone()]).await;
    let (here, there) = (tasks(&app, &acme.project, 2).await, tasks(&app, &other, 2).await);
    let there_already = Task {
        status: "review".into(),
        ..sample::task(&other)
    };
    app.seed([there_already.clone()]).await;
    let named = ids([&there[1], &here[0], &there_already, &here[1], &there[0]]);
    let input = json!({ "taskIds": named, "status": "review" });
    let results = app.done(&acme.admin, "bulkUpdateTasks", input).await;
    assert_eq!(results[2]["task"]["version"], 0, "{results}");
    for (project, order) in [(&acme.project, vec![1, 3]), (&other, vec![2, 0, 4])] {
        let document = "query($id: ID!) { board(projectId: $id) { columns { key tasks { id } } } }";
        let board = app.data(&acme.admin, document, json!({ "id": gid(project) })).await;
        let columns = board["board"]["columns"].as_array().unwrap().clone();
        let review = columns.into_iter().find(|column| column["key"] == "review").unwrap();
        let expected: Vec<Value> = order.into_iter().map(|at| json!({ "id": named[at] })).collect();
        assert_eq!(review["tasks"], json!(expected));
    }
}
