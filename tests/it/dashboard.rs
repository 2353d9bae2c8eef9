//! The viewer's first page: what it counts, for whom, and how few calls that takes.

use std::time::Duration;

use kanvaro::model::{Project, Role, Task, User};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample::{self, NOON, after_noon};
use crate::support::world::{Tenant, gid};

on_each_store!(
    tasks_are_counted_by_category_and_by_when_they_are_due,
    members_count_what_they_see_and_everybody_their_own,
    counts_are_right_at_once_after_each_change,
    a_task_is_found_by_what_it_is_called,
);

const COUNTS: &str = "{ backlog active done cancelled overdue dueThisWeek }";

fn document() -> String {
    format!("{{ dashboard {{ all {COUNTS} mine {COUNTS} recent(first: 3) {{ id }} }} }}")
}

async fn read(app: &TestApp, who: &User) -> Value {
    app.data(who, &document(), json!({})).await["dashboard"].clone()
}

fn counts(counts: [u64; 6]) -> Value {
    let [backlog, active, done, cancelled, overdue, due] = counts;
    json!({ "backlog": backlog, "active": active, "done": done, "cancelled": cancelled, "overdue": overdue,
        "dueThisWeek": due })
}

fn task(project: &Project, status: &str, due: Option<i64>) -> Task {
    let mut task = Task {
        status: status.into(),
        due_date: due.map(after_noon),
        completed_at: (status == "done").then_some(NOON),
        ..sample::task(project)
    };
    task.refresh();
    task
}

const DAY: i64 = 86_400;

async fn tasks_are_counted_by_category_and_by_when_they_are_due(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let away = Project {
        is_archived: true,
        ..sample::project(&acme.admin)
    };
    app.seed([away.clone()]).await;
    let own = |status, due| task(&acme.project, status, due);
    let archived = Task {
        is_archived: true,
        ..own("todo", Some(-1))
    };
    app.seed([
        // Of this noon, a Thursday: late, due, due on the last day of the week, and on the first of the next one.
        own("review", Some(-1)),
        own("todo", Some(0)),
        own("no_such_column", Some(4 * DAY - 43_201)),
        own("backlog", Some(4 * DAY - 43_200)),
        // Neither late nor due any more.
        own("done", Some(-1)),
        own("cancelled", Some(-1)),
        own("done", None),
        archived,
        task(&away, "todo", Some(-1)),
        task(&other.project, "todo", Some(-1)),
    ])
    .await;
    // The tenant's own task waits, too.
    assert_eq!(read(&app, &acme.admin).await["all"], counts([3, 2, 2, 1, 1, 2]));
    app.clock.advance(Duration::from_secs(59));
    assert_eq!(
        read(&app, &acme.admin).await["all"]["overdue"],
        1,
        "dates count to the minute"
    );
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(read(&app, &acme.admin).await["all"], counts([3, 2, 2, 1, 2, 1]));
    let until = "{ dashboard { all { dueThisWeek(until: \"2026-01-05T00:00:01Z\") } } }";
    let data = app.data(&acme.admin, until, json!({})).await;
    assert_eq!(data["dashboard"]["all"]["dueThisWeek"], 2, "of another week's end");
}

async fn members_count_what_they_see_and_everybody_their_own(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let ada = acme.member(&app, Role::TeamMember).await;
    let project = Project {
        team_members: vec![ada.id],
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    let of = |who: &User, project: &Project, at: i64| Task {
        assigned_to: vec![who.id],
        updated_at: after_noon(at),
        ..task(project, "todo", Some(-1))
    };
    let tasks = [
        of(&ada, &project, 3),
        of(&acme.admin, &project, 2),
        of(&acme.admin, &acme.project, 4),
        // Whoever was taken out of a project does not see what they did there.
        of(&ada, &acme.project, 1),
    ];
    app.seed(tasks.clone()).await;
    let recent = |places: &[usize]| {
        let ids = places.iter().map(|place| json!({ "id": gid(&tasks[*place]) }));
        Value::Array(ids.collect())
    };
    let expected =
        json!({ "all": counts([2, 0, 0, 0, 2, 0]), "mine": counts([1, 0, 0, 0, 1, 0]), "recent": recent(&[0, 1]) });
    assert_eq!(read(&app, &ada).await, expected);
    let expected =
        json!({ "all": counts([5, 0, 0, 0, 4, 0]), "mine": counts([2, 0, 0, 0, 2, 0]), "recent": recent(&[2, 0, 1]) });
    assert_eq!(read(&app, &acme.admin).await, expected);
    let nobody = acme.member(&app, Role::Tester).await;
    let none = counts([0; 6]);
    assert_eq!(
        read(&app, &nobody).await,
        json!({ "all": none, "mine": none, "recent": [] })
    );
}

async fn counts_are_right_at_once_after_each_change(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let (admin, id) = (&acme.admin, gid(&acme.task));
    assert_eq!(read(&app, admin).await["all"], counts([1, 0, 0, 0, 0, 0]));
    let steps = [
        (
            "updateTask",
            json!({ "taskId": id, "dueDate": "2026-01-01T00:00:00Z" }),
            [1, 0, 0, 0, 1, 0],
        ),
        (
            "updateTask",
            json!({ "taskId": id, "dueDate": "2026-01-02T00:00:00Z" }),
            [1, 0, 0, 0, 0, 1],
        ),
        (
            "changeTaskStatus",
            json!({ "taskId": id, "status": "testing" }),
            [0, 1, 0, 0, 0, 1],
        ),
        (
            "changeTaskStatus",
            json!({ "taskId": id, "status": "done" }),
            [0, 0, 1, 0, 0, 0],
        ),
        (
            "bulkUpdateTasks",
            json!({ "taskIds": [id], "status": "todo" }),
            [1, 0, 0, 0, 0, 1],
        ),
        ("archiveProject", json!({ "projectId": gid(&acme.project) }), [0; 6]),
        (
            "restoreProject",
            json!({ "projectId": gid(&acme.project) }),
            [1, 0, 0, 0, 0, 1],
        ),
        ("bulkDeleteTasks", json!({ "taskIds": [id] }), [0; 6]),
    ];
    for (mutation, input, expected) in steps {
        app.done(admin, mutation, input.clone()).await;
        assert_eq!(read(&app, admin).await["all"], counts(expected), "{mutation} {input}");
    }
    let project = sample::project(admin);
    let mine = Task {
        assigned_to: vec![admin.id],
        ..sample::task(&project)
    };
    app.seed([project]).await;
    app.seed([mine.clone()]).await;
    assert_eq!(read(&app, admin).await["mine"], counts([1, 0, 0, 0, 0, 0]));
    app.done(admin, "assignTask", json!({ "taskId": gid(&mine), "assigneeIds": [] }))
        .await;
    assert_eq!(read(&app, admin).await["mine"], counts([0; 6]));
}

async fn a_task_is_found_by_what_it_is_called(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let stranger = acme.member(&app, Role::Tester).await;
    let document = "query($of: String!) { taskByDisplayId(displayId: $of) { id } }";
    let found = async |who: &User, called: &str| {
        let data = app.data(who, document, json!({ "of": called })).await;
        data["taskByDisplayId"]["id"].as_str().map(str::to_owned)
    };
    let called = &acme.task.display_id;
    assert_eq!(found(&acme.admin, called).await, Some(gid(&acme.task)));
    assert_eq!(found(&acme.admin, &format!(" {called} ")).await, Some(gid(&acme.task)));
    let absent = [
        (&acme.admin, other.task.display_id.clone()),
        (&acme.admin, format!("{}.0", acme.project.number)),
        (&acme.admin, "0.1".into()),
        (&stranger, called.clone()),
    ];
    for (who, called) in absent {
        assert_eq!(found(who, &called).await, None, "{called}");
    }
    for malformed in [
        "",
        "7",
        "7.",
        ".7",
        "7.x",
        "-7.1",
        "7.1.2",
        "7,1",
        "99999999999999999999.1",
        &"7".repeat(10_000),
    ] {
        let (code, message) = app.error(&acme.admin, document, json!({ "of": malformed })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{malformed}");
        assert!(message.starts_with("displayId: ") && message.len() < 200, "{message}");
    }
}

/// Ten projects with tasks of all sorts.
async fn much(app: &TestApp, acme: &Tenant, projects: usize) {
    let projects: Vec<Project> = (0..projects).map(|_| sample::project(&acme.admin)).collect();
    app.seed(projects.clone()).await;
    for project in projects {
        let tasks = ["todo", "review", "done"].map(|status| Task {
            assigned_to: vec![acme.admin.id],
            ..task(&project, status, Some(-1))
        });
        app.seed(tasks).await;
    }
}

#[tokio::test]
async fn a_dashboard_counts_in_groups_and_reads_no_task_for_it() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let calls = || {
        let calls = [
            ("pages", "projects"),
            ("get_many", "projects"),
            ("count_by", "tasks"),
            ("count", "tasks"),
            ("pages", "tasks"),
            ("get_many", "tasks"),
        ];
        calls.map(|(verb, collection)| app.app.metrics.store_calls(verb, collection))
    };
    let document = format!("{{ dashboard {{ all {COUNTS} mine {COUNTS} }} }}");
    for projects in [10, 90] {
        much(&app, &acme, projects).await;
        let before = calls();
        app.data(&acme.admin, &document, json!({})).await;
        let after = calls();
        let made: Vec<u64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        // By status of all projects, by status of one's own; late and due of either.
        assert_eq!(made, [1, 0, 6, 0, 0, 0], "{projects} projects");
        // A page that was read leaves the ids of what is on it; the projects are kept once they are asked for by those.
        app.data(&acme.admin, &document, json!({})).await;
        let known = calls();
        assert_eq!(known[2..], after[2..], "no count again");
        app.data(&acme.admin, &document, json!({})).await;
        assert_eq!(calls(), known, "all from the cache");
    }
}

#[tokio::test]
async fn a_change_in_one_project_leaves_the_counts_of_others_in_the_cache() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    much(&app, &acme, 10).await;
    let document = "{ dashboard { all { done } } }";
    app.data(&acme.admin, document, json!({})).await;
    app.done(
        &acme.admin,
        "changeTaskStatus",
        json!({ "taskId": gid(&acme.task), "status": "done" }),
    )
    .await;
    let hits = || app.app.metrics.cache_hits("status_counts");
    let before = hits();
    let data = app.data(&acme.admin, document, json!({})).await;
    assert_eq!(data["dashboard"]["all"]["done"], 11);
    assert_eq!(hits() - before, 10, "of eleven projects only the one is counted again");
}

#[tokio::test]
async fn the_progress_of_a_hundred_projects_is_one_count() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    much(&app, &acme, 99).await;
    let calls = |verb| app.app.metrics.store_calls(verb, "tasks");
    let verbs = ["count_by", "count", "pages", "get_many"];
    let before = verbs.map(calls);
    let document = "{ projects(first: 100) { nodes { progress { total done percent } } } }";
    let data = app.data(&acme.admin, document, json!({})).await;
    assert_eq!(data["projects"]["nodes"].as_array().map(Vec::len), Some(100));
    assert_eq!(verbs.map(calls), [before[0] + 1, before[1], before[2], before[3]]);
}
