//! What is on a list by its filter and search, and what can't be a filter.

use kanvaro::model::{Priority, Project, ProjectStatus, Role, Task, Timestamp, User};
use serde_json::{Value, json};

use super::ask::{TASKS, ids, tasks};
use crate::support::app::TestApp;
use crate::support::sample::{self, after_noon};
use crate::support::world::{Tenant, gid};

fn titles(list: &Value) -> Vec<&str> {
    let nodes = list["nodes"].as_array().unwrap();
    let mut titles: Vec<&str> = nodes.iter().map(|node| node["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

#[tokio::test]
async fn tasks_are_filtered_by_all_of_the_filter() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let bob = acme.member(&app, Role::TeamMember).await;
    let other = sample::project(&acme.admin);
    app.seed([other.clone()]).await;
    let mut one = Task {
        title: "one".into(),
        status: "review".into(),
        priority: Priority::Critical,
        assigned_to: vec![acme.admin.id, bob.id],
        due_date: Some(after_noon(60)),
        updated_at: after_noon(500),
        ..sample::task(&acme.project)
    };
    one.refresh();
    let two = Task {
        title: "two".into(),
        status: "done".into(),
        created_by: bob.id,
        ..sample::task(&other)
    };
    let put_away = Task {
        title: "put away".into(),
        is_archived: true,
        ..sample::task(&other)
    };
    app.seed([one, two, put_away]).await;
    let first = "Write the text";
    let cases = [
        (json!({}), vec![first, "one", "two"]),
        (json!({ "projectId": gid(&other) }), vec!["two"]),
        (json!({ "status": ["review", "done", "gone"] }), vec!["one", "two"]),
        (json!({ "status": [] }), vec![]),
        (json!({ "priority": ["CRITICAL", "LOW"] }), vec!["one"]),
        (json!({ "assigneeId": gid(&bob) }), vec!["one"]),
        (json!({ "creatorId": gid(&bob) }), vec!["two"]),
        (json!({ "dueFrom": "2026-01-01T13:01:00+01:00" }), vec!["one"]),
        (json!({ "dueFrom": "2026-01-01T12:01:00.001Z" }), vec![]),
        (
            json!({ "dueFrom": "2025-01-01T00:00:00Z", "dueTo": "2026-01-01T12:01:00Z" }),
            vec!["one"],
        ),
        (json!({ "dueTo": "2026-01-01T12:00:59Z" }), vec![]),
        (json!({ "updatedSince": "2026-01-01T12:08:20Z" }), vec!["one"]),
        (json!({ "archived": true }), vec!["put away"]),
        (json!({ "archived": null }), vec![first, "one", "two"]),
        (
            json!({ "status": ["review"], "creatorId": gid(&acme.admin), "projectId": gid(&acme.project) }),
            vec!["one"],
        ),
        (json!({ "status": ["review"], "creatorId": gid(&bob) }), vec![]),
    ];
    for (filter, expected) in cases {
        let list = tasks(&app, &acme.admin, json!({ "filter": filter })).await;
        assert_eq!(titles(&list), expected, "{filter}");
        assert_eq!(list["totalCount"], expected.len(), "{filter}");
    }
}

#[tokio::test]
async fn whatever_is_searched_for_is_literal() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let texts = ["100% sure", "Café crème", "a.b (draft)", "naïve OR wild", "日本語 text"];
    let named = texts.map(|title| {
        let mut task = Task {
            title: title.into(),
            ..sample::task(&acme.project)
        };
        task.refresh();
        task
    });
    app.seed(named).await;
    let cases = [
        ("100%", vec!["100% sure"]),
        ("%", vec![]),
        (".*", vec![]),
        ("CAFE", vec!["Café crème"]),
        ("crè caf", vec!["Café crème"]),
        ("rème", vec![]),
        ("\"draft\" a", vec!["a.b (draft)"]),
        ("naive -wild", vec!["naïve OR wild"]),
        ("100 OR cafe", vec![]),
        ("日本", vec!["日本語 text"]),
        ("su\u{0}re", vec![]),
        ("'; DROP TABLE tasks; --", vec![]),
    ];
    for (search, expected) in cases {
        let list = tasks(&app, &acme.admin, json!({ "filter": { "search": search } })).await;
        assert_eq!(titles(&list), expected, "{search}");
    }
    let all = tasks(&app, &acme.admin, json!({ "filter": { "search": "  " } })).await;
    assert_eq!(titles(&all).len(), 6);
}

#[tokio::test]
async fn input_that_is_too_long_or_out_of_range_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let cases = [
        (
            json!({ "search": "x".repeat(1_000_000) }),
            "filter.search: 1000000 characters are more than the 10000",
        ),
        (
            json!({ "status": vec!["todo"; 101] }),
            "filter.status: 101 values are more than the 100",
        ),
        (
            json!({ "projectId": "rubbish" }),
            "filter.projectId: \"rubbish\" is not an id of this API",
        ),
        (
            json!({ "assigneeId": gid(&acme.project) }),
            "filter.assigneeId: takes the id of a User, this is one of a Project",
        ),
        (
            json!({ "dueFrom": "1899-12-31T23:59:59Z" }),
            "between the years 1900 and 9999",
        ),
        (json!({ "dueFrom": "99999-01-01T00:00:00Z" }), "RFC 3339"),
        (json!({ "dueFrom": 7 }), "a DateTime is RFC 3339 text"),
    ];
    for (filter, expected) in cases {
        let (code, message) = app.error(&acme.admin, TASKS, json!({ "filter": filter })).await;
        assert!(message.contains(expected), "{message}");
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
    }
}

#[tokio::test]
async fn the_latest_and_earliest_dates_can_be_asked_for() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let filter = json!({ "dueFrom": Timestamp::MIN.to_string(), "dueTo": "9999-12-29T23:59:59.999Z" });
    assert_eq!(
        ids(&tasks(&app, &acme.admin, json!({ "filter": filter })).await).len(),
        0
    );
}

#[tokio::test]
async fn projects_are_filtered_by_status_search_and_archive() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut held = Project {
        name: "Harbour".into(),
        description: "cranes & ships".into(),
        status: ProjectStatus::OnHold,
        ..sample::project(&acme.admin)
    };
    held.refresh();
    let old = Project {
        name: "Old".into(),
        is_archived: true,
        ..sample::project(&acme.admin)
    };
    app.seed([held, old]).await;
    let cases = [
        (json!({}), vec!["Harbour", "Website"]),
        (json!({ "status": "ON_HOLD" }), vec!["Harbour"]),
        (json!({ "search": "SHIP" }), vec!["Harbour"]),
        (json!({ "archived": true }), vec!["Old"]),
        (json!({ "status": "DRAFT" }), vec![]),
    ];
    let document = "query($filter: ProjectFilter) { projects(filter: $filter) { nodes { title: name } } }";
    for (filter, expected) in cases {
        let data = app.data(&acme.admin, document, json!({ "filter": filter })).await;
        assert_eq!(titles(&data["projects"]), expected, "{filter}");
    }
}

#[tokio::test]
async fn people_are_filtered_by_role_activity_and_search() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut grace = User {
        first_name: "Grace".into(),
        last_name: "Hopper".into(),
        role: Role::QaEngineer,
        ..sample::user(acme.organization.id)
    };
    grace.refresh();
    let mut gone = User {
        first_name: "Gone".into(),
        is_active: false,
        ..sample::user(acme.organization.id)
    };
    gone.refresh();
    app.seed([grace, gone]).await;
    let cases = [
        (json!({}), vec!["Ada", "Grace"]),
        (json!({ "active": false }), vec!["Gone"]),
        (json!({ "role": "QA_ENGINEER" }), vec!["Grace"]),
        (json!({ "search": "hop gra" }), vec!["Grace"]),
        (json!({ "search": "acme.test" }), vec!["Ada", "Grace"]),
    ];
    let document = "query($filter: UserFilter) { users(filter: $filter) { nodes { title: firstName } } }";
    for (filter, expected) in cases {
        let data = app.data(&acme.admin, document, json!({ "filter": filter })).await;
        assert_eq!(titles(&data["users"]), expected, "{filter}");
    }
}
