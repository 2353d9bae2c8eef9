//! What the objects of the API say, and how few round trips that takes.

use std::time::Duration;

use kanvaro::model::{Project, Rank, Role, Task};
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::sample::{self, after_noon};
use crate::support::world::{Tenant, gid};

#[tokio::test]
async fn the_viewer_is_told_who_they_are_and_what_they_may() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let ada = acme.member(&app, Role::Client).await;
    let document = "{ viewer { role permissions user { id fullName email } organization { id name } } \
                    organization { id currency } }";
    let data = app.data(&ada, document, json!({})).await;
    let expected = json!({
        "viewer": {
            "role": "CLIENT",
            "permissions": ["user:read", "organization:read", "project:read", "task:read"],
            "user": { "id": gid(&ada), "fullName": "Ada Lovelace", "email": ada.email },
            "organization": { "id": gid(&acme.organization), "name": "Acme" },
        },
        "organization": { "id": gid(&acme.organization), "currency": "EUR" },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn progress_counts_by_category_without_cancelled_and_archived_tasks() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let in_status = |status: &str| Task {
        status: status.into(),
        ..sample::task(&acme.project)
    };
    let archived = Task {
        is_archived: true,
        ..in_status("done")
    };
    let tasks = ["done", "done", "cancelled", "review", "no_such_column"].map(in_status);
    app.seed(tasks.into_iter().chain([archived])).await;
    let document = "query($id: ID!) { project(id: $id) { progress { total done percent } } }";
    let data = app
        .data(&acme.admin, document, json!({ "id": gid(&acme.project) }))
        .await;
    assert_eq!(
        data["project"]["progress"],
        json!({ "total": 5, "done": 2, "percent": 40 })
    );
}

#[tokio::test]
async fn the_progress_of_a_task_is_that_of_its_parts_and_many_are_counted_in_one_call() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let wholes: Vec<Task> = (0..40).map(|_| sample::task(&acme.project)).collect();
    app.seed(wholes.clone()).await;
    let part = |whole: &Task, status: &str| Task {
        status: status.into(),
        parent: Some(whole.id),
        ..sample::task(&acme.project)
    };
    let archived = Task {
        is_archived: true,
        ..part(&wholes[0], "done")
    };
    let parts = ["done", "done", "cancelled", "review", "no_such_column"].map(|status| part(&wholes[0], status));
    app.seed(parts.clone().into_iter().chain([archived, part(&wholes[1], "done")]))
        .await;
    let count = || app.app.metrics.store_calls("count", "tasks");
    let before = count();
    let ids: Vec<String> = wholes.iter().map(gid).collect();
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { progress { total done percent } } } }";
    let data = app.data(&acme.admin, document, json!({ "ids": ids })).await;
    assert_eq!(count() - before, 1);
    let progress = |place: usize| data["nodes"][place]["progress"].clone();
    assert_eq!(progress(0), json!({ "total": 4, "done": 2, "percent": 50 }));
    assert_eq!(progress(1), json!({ "total": 1, "done": 1, "percent": 100 }));
    assert_eq!(progress(2), json!({ "total": 0, "done": 0, "percent": 0 }));
    let document = "query($id: ID!) { task(id: $id) { subtasks(first: 2) { totalCount nodes { id parent { id } } } } }";
    let data = app.data(&acme.admin, document, json!({ "id": ids[0] })).await;
    let shown = parts[..2]
        .iter()
        .map(|part| json!({ "id": gid(part), "parent": { "id": ids[0] } }));
    let expected = json!({ "totalCount": 5, "nodes": shown.collect::<Vec<_>>() });
    assert_eq!(data["task"]["subtasks"], expected);
}

#[tokio::test]
async fn a_task_is_overdue_once_its_date_has_passed_while_it_is_open() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let due = |status: &str| Task {
        status: status.into(),
        due_date: Some(after_noon(60)),
        ..sample::task(&acme.project)
    };
    let (open, done, cancelled) = (due("review"), due("done"), due("cancelled"));
    let ids = [gid(&open), gid(&done), gid(&cancelled), gid(&acme.task)];
    app.seed([open, done, cancelled]).await;
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { isOverdue } } }";
    let overdue = async || {
        let data = app.data(&acme.admin, document, json!({ "ids": ids })).await;
        let nodes = data["nodes"].as_array().unwrap().clone();
        nodes
            .iter()
            .map(|node| node["isOverdue"] == json!(true))
            .collect::<Vec<_>>()
    };
    assert_eq!(overdue().await, [false; 4]);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(overdue().await, [true, false, false, false]);
}

#[tokio::test]
async fn the_board_shows_its_columns_with_counts_and_cards_in_rank_order() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let project = sample::project(&acme.admin);
    let (low, high) = (Rank::default(), Rank::between(Some(&Rank::default()), None));
    let card = |title: &str, rank: &Rank| Task {
        title: title.into(),
        rank: rank.clone(),
        ..sample::task(&project)
    };
    app.seed([project.clone()]).await;
    app.seed([card("second", &high), card("first", &low)]).await;
    let document = "query($id: ID!) { board(projectId: $id) { project { name } \
                    columns { key title color category count tasks { title column { key } } } } }";
    let data = app.data(&acme.admin, document, json!({ "id": gid(&project) })).await;
    let columns = data["board"]["columns"].as_array().unwrap();
    let keys: Vec<&str> = columns.iter().map(|column| column["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "backlog",
            "todo",
            "in_progress",
            "review",
            "testing",
            "done",
            "cancelled"
        ]
    );
    let here = json!({ "key": "todo" });
    let expected = json!({ "key": "todo", "title": "To do", "color": "#64748b", "category": "BACKLOG", "count": 2,
        "tasks": [{ "title": "first", "column": here }, { "title": "second", "column": here }] });
    assert_eq!(columns[1], expected);
}

#[tokio::test]
async fn a_board_of_many_cards_takes_one_round_trip_a_level() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (ada, bob) = (
        acme.member(&app, Role::TeamMember).await,
        acme.member(&app, Role::Tester).await,
    );
    let card = |at: usize| Task {
        status: acme.project.board_columns[at % 7].key.clone(),
        assigned_to: vec![ada.id, bob.id],
        ..sample::task(&acme.project)
    };
    app.seed((0..100).map(card)).await;
    let calls = |verb, collection| app.app.metrics.store_calls(verb, collection);
    let count = || {
        [
            ("get_many", "projects"),
            ("pages", "tasks"),
            ("count_by", "tasks"),
            ("get_many", "users"),
        ]
        .map(|(verb, collection)| calls(verb, collection))
    };
    let (before, looks) = (count(), app.app.metrics.cache_calls("get_many"));
    let document = "query($id: ID!) { board(projectId: $id) { project { name } columns { count tasks { \
                    id title creator { fullName } assignees { fullName } } } } }";
    app.data(&acme.admin, document, json!({ "id": gid(&acme.project) }))
        .await;
    assert_eq!(count(), before.map(|calls| calls + 1));
    assert_eq!(
        app.app.metrics.cache_calls("get_many") - looks,
        3,
        "one for the project, one for its lists and counts, one for the people"
    );
}

#[tokio::test]
async fn the_dashboard_takes_one_find_a_kind_and_level() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut team = Vec::new();
    for _ in 0..10 {
        team.push(acme.member(&app, Role::TeamMember).await.id);
    }
    let project = |_| Project {
        team_members: team.clone(),
        ..sample::project(&acme.admin)
    };
    let projects: Vec<Project> = (0..20).map(project).collect();
    let task = |project: &Project| Task {
        assigned_to: team[..2].to_vec(),
        ..sample::task(project)
    };
    app.seed(projects.clone()).await;
    app.seed(projects.iter().flat_map(|project| [task(project), task(project)]))
        .await;
    let calls = |verb, collection| app.app.metrics.store_calls(verb, collection);
    let count = || {
        [
            ("pages", "projects"),
            ("get_many", "users"),
            ("pages", "tasks"),
            ("count_by", "tasks"),
        ]
        .map(|(verb, collection)| calls(verb, collection))
    };
    let before = count();
    let document = "{ projects(first: 20) { nodes { name creator { id } members { fullName } progress { percent } \
                    tasks(first: 5) { nodes { title assignees { fullName } } } } } }";
    app.data(&acme.admin, document, json!({})).await;
    assert_eq!(
        count(),
        before.map(|calls| calls + 1),
        "members and assignees are the same people"
    );
}

#[tokio::test]
async fn every_field_of_every_object_answers() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let document = "query($project: ID!, $comment: ID!) {
        project(id: $project) {
            id number name description status priority creator { id firstName lastName fullName email role isActive
                timezone language currency lastLoginAt version createdAt updatedAt organization { id name domain
                timezone currency language version createdAt updatedAt } }
            client { id } members { id } memberCount roles { user { id } role } startDate endDate tags
            columns { key title color category } budget { total { amount } } isArchived
            progress { total done percent } version createdAt updatedAt
            tasks(filter: { search: \"write\" }, sort: PRIORITY_DESC, page: 1, limit: 5) {
                nodes { id displayId number title description status column { key } priority type project { id }
                    creator { id } assignees { id } parent { id } labels storyPoints estimatedMinutes actualMinutes
                    startDate dueDate completedAt isOverdue rank isArchived version createdAt updatedAt
                    comments { nodes { id } } }
            }
        }
        node(id: $comment) { ... on Comment { id body author { id } task { id } project { id } editedAt version
            createdAt updatedAt } }
    }";
    let variables = json!({ "project": gid(&acme.project), "comment": gid(&acme.comment) });
    let data = app.data(&acme.admin, document, variables).await;
    assert_eq!(
        data["project"]["creator"]["organization"]["id"],
        json!(gid(&acme.organization))
    );
    let task = &data["project"]["tasks"]["nodes"][0];
    assert_eq!(task["project"]["id"], json!(gid(&acme.project)));
    assert_eq!(task["comments"]["nodes"][0]["id"], json!(gid(&acme.comment)));
    assert_eq!(task["createdAt"], "2026-01-01T12:00:00.000Z");
    assert_eq!(
        (&task["type"], &task["column"]["key"]),
        (&json!("TASK"), &json!("todo"))
    );
    assert_eq!(data["node"]["author"]["id"], json!(gid(&acme.admin)));
}

#[tokio::test]
async fn a_store_that_fails_leaves_null_where_it_was_needed_and_the_rest_there() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let document = "query($id: ID!) { viewer { role } tasks { nodes { id } } \
                    project(id: $id) { name progress { total } tasks { nodes { id } } } }";
    let variables = json!({ "id": gid(&acme.project) });
    app.data(&acme.admin, document, variables.clone()).await;
    app.app.store.close().await;
    let answer = app.query(&acme.admin, document, variables).await;
    let expected = json!({
        "viewer": { "role": "ADMIN" },
        "tasks": null,
        "project": { "name": "Website", "progress": { "total": 1 }, "tasks": null },
    });
    assert_eq!(answer["data"], expected);
    for error in answer["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{error}");
    }
}
