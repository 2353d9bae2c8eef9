//! Tasks: numbers, changes, assignment, removal, and their place on the board.

use futures_util::future::join_all;
use kanvaro::model::{Project, Role, Task};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    sixty_four_tasks_made_at_once_have_consecutive_numbers_and_ranks_of_their_own,
    moves_into_one_gap_at_once_all_come_between_its_ends,
    one_task_moved_by_many_at_once_ends_in_one_of_their_places,
    a_project_removed_while_tasks_are_made_leaves_none_behind,
    a_move_puts_a_task_between_two_and_writes_no_other,
    a_removed_task_takes_its_comments_along_and_frees_its_subtasks,
    sixty_four_changes_of_one_task_at_once_all_come_through,
);

/// An organisation with a project that has no tasks yet.
async fn fresh(app: &TestApp) -> (Tenant, Project) {
    let acme = Tenant::seed(app).await;
    let project = sample::project(&acme.admin);
    app.seed([project.clone()]).await;
    (acme, project)
}

async fn made(app: &TestApp, acme: &Tenant, project: &Project, title: &str) -> Value {
    let input = json!({ "projectId": gid(project), "title": title, "status": "todo" });
    app.done(&acme.admin, "createTask", input).await
}

/// The titles of a column, from top to bottom.
async fn titles(app: &TestApp, acme: &Tenant, project: &Project, key: &str) -> String {
    let document = "query($id: ID!) { board(projectId: $id) { columns { key tasks(first: 100) { title } } } }";
    let board = app.data(&acme.admin, document, json!({ "id": gid(project) })).await;
    let columns = board["board"]["columns"].as_array().unwrap().clone();
    let column = columns.into_iter().find(|column| column["key"] == key).unwrap();
    let tasks = column["tasks"].as_array().unwrap().clone();
    tasks.iter().map(|task| task["title"].as_str().unwrap()).collect()
}

async fn sixty_four_tasks_made_at_once_have_consecutive_numbers_and_ranks_of_their_own(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let tasks = join_all((0..64).map(|_| made(&app, &acme, &project, "T"))).await;
    let mut numbers: Vec<i64> = tasks.iter().map(|task| task["number"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=64).collect::<Vec<_>>());
    let shown = |task: &Value| task["displayId"] == format!("{}.{}", project.number, task["number"]);
    assert!(tasks.iter().all(shown));
    let mut ranks: Vec<String> = tasks.iter().map(|task| task["rank"].to_string()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), 64);
}

async fn sixty_four_changes_of_one_task_at_once_all_come_through(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let task = made(&app, &acme, &project, "T").await;
    let change = |place: i32| {
        let input = json!({ "taskId": task["id"], "storyPoints": place });
        app.mutate(&acme.admin, "updateTask", input)
    };
    let changed = join_all((0..64).map(change)).await;
    let refused: Vec<_> = changed.iter().filter(|done| done.payload()["task"].is_null()).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test]
async fn a_task_is_made_with_everything_it_can_have() {
    let app = TestApp::new().await;
    let (acme, project) = fresh(&app).await;
    let parent = made(&app, &acme, &project, "Parent").await;
    let input = json!({
        "projectId": gid(&project), "title": " Child ", "description": "All\nof it.", "status": "done", "priority": "CRITICAL",
        "type": "SUBTASK", "assigneeIds": [gid(&acme.admin), gid(&acme.admin)], "parentId": parent["id"], "labels": ["a", "b"],
        "storyPoints": 1000, "estimatedMinutes": 0, "startDate": "2026-01-01T00:00:00Z", "dueDate": "2026-01-01T00:00:00Z",
    });
    let task = app.done(&acme.admin, "createTask", input).await;
    assert_eq!(
        (&task["title"], &task["type"], &task["status"]),
        (&json!("Child"), &json!("SUBTASK"), &json!("done"))
    );
    assert_eq!(task["assignees"], json!([{ "id": gid(&acme.admin) }]));
    assert_eq!((&task["parent"]["id"], &task["number"]), (&parent["id"], &json!(2)));
    assert_eq!(task["completedAt"], "2026-01-01T12:00:00.000Z");
    assert_eq!(
        (&task["storyPoints"], &task["estimatedMinutes"]),
        (&json!(1000), &json!(0))
    );
}

#[tokio::test]
async fn without_a_status_a_task_comes_to_the_end_of_the_first_column() {
    let app = TestApp::new().await;
    let (acme, project) = fresh(&app).await;
    for title in ["a", "b", "c"] {
        app.done(
            &acme.admin,
            "createTask",
            json!({ "projectId": gid(&project), "title": title }),
        )
        .await;
    }
    assert_eq!(titles(&app, &acme, &project, "backlog").await, "abc");
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_empties() {
    let app = TestApp::new().await;
    let (acme, _) = fresh(&app).await;
    let id = gid(&acme.task);
    let set = json!({ "taskId": id, "labels": ["a"], "storyPoints": 3, "actualMinutes": 5, "dueDate": "2026-01-01T00:00:00Z" });
    app.done(&acme.admin, "updateTask", set).await;
    let kept = app
        .done(
            &acme.admin,
            "updateTask",
            json!({ "taskId": id, "title": "Other", "isArchived": true }),
        )
        .await;
    assert_eq!((&kept["storyPoints"], &kept["isArchived"]), (&json!(3), &json!(true)));
    let nulls = json!({ "taskId": id, "labels": null, "storyPoints": null, "dueDate": null });
    let emptied = app.done(&acme.admin, "updateTask", nulls).await;
    assert_eq!(
        (&emptied["labels"], &emptied["storyPoints"], &emptied["dueDate"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    assert_eq!(emptied["actualMinutes"], 5);
}

#[tokio::test]
async fn a_change_of_another_version_is_a_conflict_with_the_current_task() {
    let app = TestApp::new().await;
    let (acme, _) = fresh(&app).await;
    let id = gid(&acme.task);
    let seen = app
        .done(&acme.admin, "updateTask", json!({ "taskId": id, "title": "Second" }))
        .await;
    let base = json!({ "taskId": id, "expectedVersion": 0 });
    let more = [
        ("updateTask", json!({})),
        ("deleteTask", json!({})),
        ("assignTask", json!({ "assigneeIds": [] })),
        ("moveTask", json!({ "status": "done" })),
        ("changeTaskStatus", json!({ "status": "done" })),
    ];
    for (mutation, more) in more {
        let mut input = base.as_object().unwrap().clone();
        input.extend(more.as_object().unwrap().clone());
        let done = app.mutate(&acme.admin, mutation, input.into()).await;
        assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["task"], seen, "{mutation}");
    }
}

#[tokio::test]
async fn only_who_sees_the_project_is_assigned() {
    let app = TestApp::new().await;
    let (acme, _) = fresh(&app).await;
    let (inside, outside) = (
        acme.member(&app, Role::Tester).await,
        acme.member(&app, Role::Tester).await,
    );
    let manager = acme.member(&app, Role::ProjectManager).await;
    let join = json!({ "projectId": gid(&acme.project), "userId": gid(&inside) });
    app.done(&acme.admin, "addProjectMember", join).await;
    let assign = |people: Vec<String>| json!({ "taskId": gid(&acme.task), "assigneeIds": people });
    let done = app
        .done(&acme.admin, "assignTask", assign(vec![gid(&inside), gid(&manager)]))
        .await;
    assert_eq!(
        done["assignees"],
        json!([{ "id": gid(&inside) }, { "id": gid(&manager) }])
    );
    let done = app
        .mutate(&acme.admin, "assignTask", assign(vec![gid(&inside), gid(&outside)]))
        .await;
    assert_eq!(done.refusals(), [("assigneeIds.1", "INVALID")]);
    let nobody = app.done(&acme.admin, "assignTask", assign(Vec::new())).await;
    assert_eq!(nobody["assignees"], json!([]));
}

#[tokio::test]
async fn a_task_is_no_part_of_itself_or_of_its_parts() {
    let app = TestApp::new().await;
    let (acme, project) = fresh(&app).await;
    let mut chain = vec![made(&app, &acme, &project, "0").await];
    for depth in 1..=10 {
        let parent = &chain[depth - 1]["id"];
        let input = json!({ "projectId": gid(&project), "title": "deep", "parentId": parent });
        chain.push(app.done(&acme.admin, "createTask", input).await);
    }
    let under = |task: &Value, parent: &Value| json!({ "taskId": task["id"], "parentId": parent["id"] });
    for parent in [&chain[0], &chain[3]] {
        let done = app.mutate(&acme.admin, "updateTask", under(&chain[0], parent)).await;
        assert_eq!(done.refusals(), [("parentId", "INVALID")]);
    }
    let deeper = json!({ "projectId": gid(&project), "title": "deep", "parentId": chain[10]["id"] });
    let done = app.mutate(&acme.admin, "createTask", deeper).await;
    assert_eq!(done.refusals(), [("parentId", "OUT_OF_RANGE")]);
    let elsewhere = json!({ "taskId": chain[0]["id"], "parentId": gid(&acme.task) });
    let done = app.mutate(&acme.admin, "updateTask", elsewhere).await;
    assert_eq!(
        done.refusals(),
        [("parentId", "NOT_FOUND")],
        "a task of another project"
    );
}

async fn a_removed_task_takes_its_comments_along_and_frees_its_subtasks(app: TestApp) {
    let (acme, _) = fresh(&app).await;
    let child = Task {
        parent: Some(acme.task.id),
        ..sample::task(&acme.project)
    };
    app.seed([child.clone()]).await;
    app.seed([sample::comment(&child, acme.admin.id)]).await;
    let before = app.everything().await.len();
    let gone = app
        .done(&acme.admin, "deleteTask", json!({ "taskId": gid(&acme.task) }))
        .await;
    assert_eq!(gone, gid(&acme.task));
    assert_eq!(app.everything().await.len(), before - 2, "the task and its comment");
    let child = app.app.store.get::<Task>(child.id).await.unwrap().unwrap();
    assert_eq!(child.parent, None);
}

async fn a_move_puts_a_task_between_two_and_writes_no_other(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let mut tasks = Vec::new();
    for title in ["a", "b", "c", "d"] {
        tasks.push(made(&app, &acme, &project, title).await);
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(|place| tasks[place]["id"].clone());
    let moves = [
        (
            json!({ "taskId": d, "status": "todo", "afterId": a, "beforeId": b }),
            "adbc",
        ),
        (json!({ "taskId": a, "status": "todo", "afterId": b }), "dbac"),
        (json!({ "taskId": c, "status": "todo", "beforeId": d }), "cdba"),
        (json!({ "taskId": c, "status": "todo" }), "dbac"),
        (json!({ "taskId": c, "status": "todo" }), "dbac"),
        (
            json!({ "taskId": a, "status": "todo", "afterId": c, "beforeId": d }),
            "dbca",
        ),
    ];
    for (input, order) in moves {
        let before = app.everything().await;
        app.done(&acme.admin, "moveTask", input.clone()).await;
        assert_eq!(titles(&app, &acme, &project, "todo").await, order, "{input}");
        let after = app.everything().await;
        let changed = after.iter().filter(|text| !before.contains(text)).count();
        assert!(changed <= 1, "{changed} documents written");
    }
}

#[tokio::test]
async fn a_move_next_to_a_task_of_another_column_is_refused() {
    let app = TestApp::new().await;
    let (acme, project) = fresh(&app).await;
    let (a, b) = (
        made(&app, &acme, &project, "a").await,
        made(&app, &acme, &project, "b").await,
    );
    let cases = [
        (
            json!({ "taskId": a["id"], "status": "done", "afterId": b["id"] }),
            ("afterId", "NOT_FOUND"),
        ),
        (
            json!({ "taskId": a["id"], "status": "todo", "beforeId": gid(&acme.task) }),
            ("beforeId", "NOT_FOUND"),
        ),
        (
            json!({ "taskId": a["id"], "status": "todo", "beforeId": a["id"] }),
            ("beforeId", "INVALID"),
        ),
        (json!({ "taskId": a["id"], "status": "nowhere" }), ("status", "INVALID")),
    ];
    for (input, refusal) in cases {
        let done = app.mutate(&acme.admin, "moveTask", input.clone()).await;
        assert_eq!(done.refusals(), [refusal], "{input}");
    }
}

#[tokio::test]
async fn a_task_is_completed_from_entering_a_done_column_to_leaving_it() {
    let app = TestApp::new().await;
    let (acme, _) = fresh(&app).await;
    let set = |status: &str| json!({ "taskId": gid(&acme.task), "status": status });
    let done = app.done(&acme.admin, "changeTaskStatus", set("done")).await;
    assert_eq!(done["completedAt"], "2026-01-01T12:00:00.000Z");
    app.clock.advance(std::time::Duration::from_secs(60));
    let moved = app.done(&acme.admin, "moveTask", set("done")).await;
    assert_eq!(
        moved["completedAt"], "2026-01-01T12:00:00.000Z",
        "it stays done since then"
    );
    for status in ["review", "cancelled"] {
        let left = app.done(&acme.admin, "changeTaskStatus", set(status)).await;
        assert_eq!(left["completedAt"], Value::Null, "{status}");
    }
}

async fn moves_into_one_gap_at_once_all_come_between_its_ends(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let (first, last) = (
        made(&app, &acme, &project, "<").await,
        made(&app, &acme, &project, ">").await,
    );
    let mut tasks = Vec::new();
    for _ in 0..32 {
        tasks.push(made(&app, &acme, &project, ".").await);
    }
    let go = |task: &Value| {
        let input = json!({ "taskId": task["id"], "status": "todo", "afterId": first["id"], "beforeId": last["id"] });
        app.done(&acme.admin, "moveTask", input)
    };
    let moved = join_all(tasks.iter().map(go)).await;
    assert_eq!(
        titles(&app, &acme, &project, "todo").await,
        format!("<{}>", ".".repeat(32))
    );
    let mut ranks: Vec<String> = moved.iter().map(|task| task["rank"].to_string()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    assert_eq!(ranks.len(), 32, "no two share a place");
}

async fn one_task_moved_by_many_at_once_ends_in_one_of_their_places(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let task = made(&app, &acme, &project, "x").await;
    let go = |status| {
        app.done(
            &acme.admin,
            "moveTask",
            json!({ "taskId": task["id"], "status": status }),
        )
    };
    let moved = join_all(["todo", "review", "testing", "done", "todo", "review"].map(go)).await;
    let document = "query($id: ID!) { task(id: $id) { status version completedAt } }";
    let now = app.data(&acme.admin, document, json!({ "id": task["id"] })).await;
    let versions: Vec<i64> = moved.iter().map(|task| task["version"].as_i64().unwrap()).collect();
    assert_eq!(now["task"]["version"], *versions.iter().max().unwrap());
    assert_eq!(now["task"]["completedAt"].is_null(), now["task"]["status"] != "done");
}

async fn a_project_removed_while_tasks_are_made_leaves_none_behind(app: TestApp) {
    let (acme, project) = fresh(&app).await;
    let make = |_| {
        app.mutate(
            &acme.admin,
            "createTask",
            json!({ "projectId": gid(&project), "title": "T" }),
        )
    };
    let remove = app.mutate(&acme.admin, "deleteProject", json!({ "projectId": gid(&project) }));
    let (made, removed) = tokio::join!(join_all((0..24).map(make)), remove);
    assert_eq!(removed.payload()["deletedId"], gid(&project), "{removed:?}");
    assert!(
        made.iter().all(|done| matches!(done.error(), "" | "NOT_FOUND")),
        "{made:?}"
    );
    let bears = |text: &&String| text.contains(&project.id.to_string());
    assert_eq!(app.everything().await.iter().filter(bears).count(), 0);
}
