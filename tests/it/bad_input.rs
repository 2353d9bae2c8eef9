//! What people send by mistake or malice: every problem is named with its field, and nothing is written.

use kanvaro::model::{Role, User};
use serde_json::{Map, Value, json};

use crate::support::app::TestApp;
use crate::support::world::{Tenant, gid};

const MEGABYTE: usize = 1 << 20;

fn merged(base: &Value, more: &Value) -> Value {
    let mut all: Map<String, Value> = base.as_object().unwrap().clone();
    all.extend(more.as_object().unwrap().clone());
    all.into()
}

fn texts(many: usize) -> Value {
    json!((0..many).map(|number| format!("w{number}")).collect::<Vec<_>>())
}

/// Sends each input as the admin and expects exactly this refusal, and a store that is as before.
async fn refused(app: &TestApp, acme: &Tenant, mutation: &str, base: &Value, cases: Vec<(Value, &str, &str)>) {
    let before = app.everything().await;
    for (more, field, code) in cases {
        let shown: String = more.to_string().chars().take(80).collect();
        let done = app.mutate(&acme.admin, mutation, merged(base, &more)).await;
        assert_eq!(done.refusals(), [(field, code)], "{mutation} {shown}: {}", done.error());
        let payload = done.payload().to_string();
        assert!(payload.len() < 1_000, "{mutation} {shown}: repeats what it was given");
    }
    assert!(app.everything().await == before, "{mutation} has written something");
}

#[tokio::test]
async fn bad_projects_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let team = acme.member(&app, Role::TeamMember).await;
    let cases = || {
        vec![
            (json!({ "name": "" }), "name", "REQUIRED"),
            (json!({ "name": " \u{a0}\t " }), "name", "REQUIRED"),
            (json!({ "name": "x".repeat(201) }), "name", "TOO_LONG"),
            (json!({ "name": "x".repeat(MEGABYTE) }), "name", "TOO_LONG"),
            (json!({ "name": "a\0b" }), "name", "INVALID"),
            (json!({ "name": "two\nlines" }), "name", "INVALID"),
            (json!({ "description": "a\0" }), "description", "INVALID"),
            (json!({ "description": "ü".repeat(20_001) }), "description", "TOO_LONG"),
            (json!({ "tags": texts(21) }), "tags", "TOO_LONG"),
            (json!({ "tags": ["ok", "x".repeat(51)] }), "tags.1", "TOO_LONG"),
            (json!({ "tags": [" "] }), "tags.0", "REQUIRED"),
            (json!({ "tags": ["\0x"] }), "tags.0", "INVALID"),
            (
                json!({ "startDate": "2026-02-01T00:00:00Z", "endDate": "2026-01-31T23:59:59.999Z" }),
                "endDate",
                "OUT_OF_RANGE",
            ),
            (
                json!({ "budget": { "total": -1, "currency": "EUR" } }),
                "budget.total",
                "OUT_OF_RANGE",
            ),
            (
                json!({ "budget": { "total": 1, "currency": "eur" } }),
                "budget.currency",
                "INVALID",
            ),
            (
                json!({ "budget": { "total": 1, "currency": "x".repeat(MEGABYTE) } }),
                "budget.currency",
                "INVALID",
            ),
            (json!({ "clientId": gid(&team) }), "clientId", "INVALID"),
        ]
    };
    refused(&app, &acme, "createProject", &json!({ "name": "New" }), cases()).await;
    refused(
        &app,
        &acme,
        "updateProject",
        &json!({ "projectId": gid(&acme.project) }),
        cases(),
    )
    .await;
    let many: Vec<String> = (0..501).map(|_| gid(&team)).collect();
    let cases = vec![(json!({ "memberIds": many }), "memberIds", "TOO_LONG")];
    refused(&app, &acme, "createProject", &json!({ "name": "New" }), cases).await;
}

#[tokio::test]
async fn bad_tasks_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let cases = || {
        vec![
            (json!({ "title": "" }), "title", "REQUIRED"),
            (json!({ "title": "x".repeat(201) }), "title", "TOO_LONG"),
            (json!({ "title": "x".repeat(MEGABYTE) }), "title", "TOO_LONG"),
            (json!({ "title": "\0x" }), "title", "INVALID"),
            (
                json!({ "description": "x".repeat(MEGABYTE) }),
                "description",
                "TOO_LONG",
            ),
            (json!({ "labels": texts(21) }), "labels", "TOO_LONG"),
            (json!({ "labels": ["x".repeat(51)] }), "labels.0", "TOO_LONG"),
            (json!({ "storyPoints": -1 }), "storyPoints", "OUT_OF_RANGE"),
            (json!({ "storyPoints": 1_001 }), "storyPoints", "OUT_OF_RANGE"),
            (json!({ "estimatedMinutes": -1 }), "estimatedMinutes", "OUT_OF_RANGE"),
            (
                json!({ "estimatedMinutes": 1_000_001 }),
                "estimatedMinutes",
                "OUT_OF_RANGE",
            ),
            (
                json!({ "startDate": "2026-02-01T00:00:00Z", "dueDate": "2026-01-01T00:00:00Z" }),
                "dueDate",
                "OUT_OF_RANGE",
            ),
        ]
    };
    let new = json!({ "projectId": gid(&acme.project), "title": "New" });
    refused(&app, &acme, "createTask", &new, cases()).await;
    refused(
        &app,
        &acme,
        "updateTask",
        &json!({ "taskId": gid(&acme.task) }),
        cases(),
    )
    .await;
    let many: Vec<String> = (0..21).map(|_| gid(&acme.admin)).collect();
    let more = vec![
        (json!({ "assigneeIds": many }), "assigneeIds", "TOO_LONG"),
        (json!({ "status": "nowhere" }), "status", "INVALID"),
        (json!({ "status": "x".repeat(MEGABYTE) }), "status", "INVALID"),
    ];
    refused(&app, &acme, "createTask", &new, more).await;
    let nulls = ["title", "priority", "type", "isArchived"];
    let nulls = nulls.map(|field| (json!({ field: null }), field, "REQUIRED"));
    refused(
        &app,
        &acme,
        "updateTask",
        &json!({ "taskId": gid(&acme.task) }),
        nulls.into(),
    )
    .await;
}

#[tokio::test]
async fn bad_profiles_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let cases = vec![
        (json!({ "firstName": " " }), "firstName", "REQUIRED"),
        (json!({ "firstName": null }), "firstName", "REQUIRED"),
        (json!({ "lastName": "x".repeat(101) }), "lastName", "TOO_LONG"),
        (json!({ "lastName": "x\0" }), "lastName", "INVALID"),
        (json!({ "timezone": "" }), "timezone", "INVALID"),
        (json!({ "timezone": "Mars/../Olympus" }), "timezone", "INVALID"),
        (json!({ "timezone": "x".repeat(MEGABYTE) }), "timezone", "INVALID"),
        (json!({ "language": "english" }), "language", "INVALID"),
        (json!({ "currency": "euro" }), "currency", "INVALID"),
    ];
    refused(&app, &acme, "updateProfile", &json!({}), cases).await;
}

#[tokio::test]
async fn bad_rates_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let rate = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency });
    let cases = vec![
        (
            json!({ "hourlyRate": rate(-1, "EUR") }),
            "hourlyRate.amount",
            "OUT_OF_RANGE",
        ),
        (
            json!({ "billingRate": rate(User::MOST_RATE + 1, "EUR") }),
            "billingRate.amount",
            "OUT_OF_RANGE",
        ),
        (
            json!({ "hourlyRate": rate(1, "eur") }),
            "hourlyRate.currency",
            "INVALID",
        ),
        (json!({ "billingRate": rate(1, "") }), "billingRate.currency", "INVALID"),
        (
            json!({ "billingRate": rate(1, &"x".repeat(MEGABYTE)) }),
            "billingRate.currency",
            "INVALID",
        ),
    ];
    let base = json!({ "userId": gid(&acme.admin) });
    refused(&app, &acme, "setUserRates", &base, cases).await;
}

#[tokio::test]
async fn bad_preferences_are_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let fields = ["theme", "sidebarCollapsed", "dateFormat", "timeFormat"];
    let nulls = fields.map(|field| (json!({ field: null }), field, "REQUIRED"));
    refused(&app, &acme, "updatePreferences", &json!({}), nulls.into()).await;
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let input =
        json!({ "firstName": " Grace ", "timezone": "America/New_York", "language": "en-US", "currency": "EUR" });
    let user = app.done(&acme.admin, "updateProfile", input).await;
    let expected = json!({ "id": gid(&acme.admin), "firstName": "Grace", "lastName": acme.admin.last_name,
        "timezone": "America/New_York", "language": "en-US", "currency": "EUR" });
    assert_eq!(user, expected);
    let found = app
        .data(
            &acme.admin,
            "{ users(filter: { search: \"grace\" }) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(found["users"]["nodes"], json!([{ "id": gid(&acme.admin) }]));
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let input = json!({
        "projectId": gid(&acme.project), "title": " ", "storyPoints": 5_000, "estimatedMinutes": -2, "labels": ["", "ok\0"],
        "status": "nowhere", "startDate": "2026-02-01T00:00:00Z", "dueDate": "2026-01-01T00:00:00Z",
    });
    let done = app.mutate(&acme.admin, "createTask", input).await;
    let mut fields: Vec<&str> = done.refusals().iter().map(|(field, _)| *field).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "dueDate",
            "estimatedMinutes",
            "labels.0",
            "labels.1",
            "status",
            "storyPoints",
            "title"
        ]
    );
}

#[tokio::test]
async fn one_date_is_held_against_the_other_that_is_there() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let base = json!({ "taskId": gid(&acme.task) });
    app.done(
        &acme.admin,
        "updateTask",
        merged(&base, &json!({ "startDate": "2026-02-01T00:00:00Z" })),
    )
    .await;
    let cases = vec![(json!({ "dueDate": "2026-01-01T00:00:00Z" }), "dueDate", "OUT_OF_RANGE")];
    refused(&app, &acme, "updateTask", &base, cases).await;
}

#[tokio::test]
async fn what_the_schema_does_not_take_never_reaches_a_rule() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let before = app.everything().await;
    let bad = [
        json!({ "priority": "URGENT" }),
        json!({ "dueDate": "tomorrow" }),
        json!({ "dueDate": "1600-01-01T00:00:00Z" }),
        json!({ "dueDate": 5 }),
        json!({ "storyPoints": 1.5 }),
        json!({ "storyPoints": 1_i64 << 40 }),
        json!({ "title": null }),
        json!({ "title": 5 }),
        json!({ "surprise": true }),
    ];
    for more in bad {
        let input = merged(&json!({ "projectId": gid(&acme.project), "title": "New" }), &more);
        let done = app.mutate(&acme.admin, "createTask", input).await;
        assert!(done.answer["errors"].is_array(), "{more}: {}", done.answer);
    }
    let too_much = json!({ "name": "New", "budget": { "total": 1_i64 << 53, "currency": "EUR" } });
    let done = app.mutate(&acme.admin, "createProject", too_much).await;
    assert_eq!(done.error(), "BAD_USER_INPUT");
    let rate = json!({ "amount": 1_i64 << 53, "currency": "EUR" });
    let input = json!({ "userId": gid(&acme.admin), "hourlyRate": rate });
    let done = app.mutate(&acme.admin, "setUserRates", input).await;
    assert_eq!(done.error(), "BAD_USER_INPUT");
    for bad in [
        json!({ "theme": "PINK" }),
        json!({ "sidebarCollapsed": "yes" }),
        json!({ "dateFormat": 5 }),
    ] {
        let done = app.mutate(&acme.admin, "updatePreferences", bad.clone()).await;
        assert!(done.answer["errors"].is_array(), "{bad}: {}", done.answer);
    }
    assert!(app.everything().await == before);
}
