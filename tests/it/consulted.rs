//! What a run records: how much of the viewer its answer depends on, and until when it is right.

use std::fs;
use std::path::Path;
use std::time::Duration;

use kanvaro::graphql::{CacheScope, Policy, Scope};
use kanvaro::model::{Consulted, Role, Task, User, Viewer};
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::sample::{self, NOON, after_noon};
use crate::support::world::{Tenant, gid};

/// A policy that allows much.
const PLANNED: Policy = Policy {
    max_age: 300,
    scope: CacheScope::Public,
    stale_while_revalidate: 60,
    stale_if_error: 120,
};

/// What is recorded when this viewer asks for it.
async fn asked(app: &TestApp, who: Option<&User>, document: &str) -> Scope {
    let viewer = who.map(|user| Viewer::new(user, &sample::session(user)));
    let scope = app.app.scope(viewer, app.app.loaders(), "test".into());
    let reply = app.execute(scope.clone(), document, json!({})).await;
    assert!(
        reply.errors.iter().all(|error| !error.path.is_empty()),
        "{:?}",
        reply.errors
    );
    scope
}

async fn consulted(app: &TestApp, who: Option<&User>, document: &str) -> Consulted {
    asked(app, who, document).await.consulted()
}

#[tokio::test]
async fn whoever_sees_all_projects_is_asked_for_permissions_and_a_member_for_who_they_are() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let manager = acme.member(&app, Role::ProjectManager).await;
    let member = acme.member(&app, Role::TeamMember).await;
    let documents = [
        format!("{{ project(id: \"{}\") {{ name }} }}", gid(&acme.project)),
        format!(
            "{{ task(id: \"{}\") {{ title project {{ name }} isOverdue }} }}",
            gid(&acme.task)
        ),
        format!("{{ node(id: \"{}\") {{ id }} }}", gid(&acme.comment)),
        format!(
            "{{ project(id: \"{}\") {{ budget {{ total {{ amount }} }} }} }}",
            gid(&acme.project)
        ),
        "{ tasks { nodes { title } totalCount } projects { nodes { name } } }".into(),
    ];
    for document in documents {
        assert_eq!(
            consulted(&app, Some(&manager), &document).await,
            Consulted::Permissions,
            "{document}"
        );
        assert_eq!(
            consulted(&app, Some(&member), &document).await,
            Consulted::Person,
            "{document}"
        );
    }
}

#[tokio::test]
async fn no_more_is_recorded_than_was_consulted() {
    let app = TestApp::new().await;
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let member = acme.member(&app, Role::TeamMember).await;
    let foreign = format!("{{ task(id: \"{}\") {{ title }} }}", gid(&other.task));
    let absent = format!("{{ task(id: \"{}\") {{ title }} }}", gid(&sample::task(&acme.project)));
    let table = [
        ("{ __schema { queryType { name } } __typename }", Consulted::Nothing),
        ("{ viewer { __typename } }", Consulted::SignedIn),
        (&absent, Consulted::SignedIn),
        (
            "{ organization { name } users { nodes { email } } }",
            Consulted::Organization,
        ),
        ("{ viewer { organization { name } } }", Consulted::Organization),
        (&foreign, Consulted::Organization),
        ("{ viewer { permissions } }", Consulted::Permissions),
        ("{ viewer { role } }", Consulted::Person),
        ("{ viewer { user { email } } }", Consulted::Person),
    ];
    for (document, expected) in table {
        assert_eq!(consulted(&app, Some(&member), document).await, expected, "{document}");
        assert_eq!(
            consulted(&app, None, document).await,
            expected.min(Consulted::SignedIn),
            "{document}"
        );
    }
}

#[tokio::test]
async fn one_operation_does_not_record_for_another_of_the_same_viewer() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let viewer = Viewer::new(&acme.admin, &sample::session(&acme.admin));
    let scope = || app.app.scope(Some(viewer.clone()), app.app.loaders(), "".into());
    let (one, other) = (scope(), scope());
    one.viewer().unwrap().user();
    assert_eq!(
        (one.consulted(), other.consulted()),
        (Consulted::Person, Consulted::Nothing)
    );
}

#[tokio::test]
async fn what_depends_on_the_viewer_is_private_whatever_its_hints_say() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    for (who, document, expected) in [
        (Some(&acme.admin), "{ __typename }", CacheScope::Public),
        (Some(&acme.admin), "{ viewer { __typename } }", CacheScope::Private),
        (None, "{ viewer { __typename } }", CacheScope::Private),
    ] {
        let policy = asked(&app, who, document).await.policy(PLANNED, NOON);
        assert_eq!(
            policy,
            Policy {
                scope: expected,
                ..PLANNED
            },
            "{document}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_tells_what_is_overdue_ends_at_the_next_due_moment() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let due = |seconds: i64, status: &str| {
        let mut task = Task {
            due_date: Some(after_noon(seconds)),
            status: status.into(),
            ..sample::task(&acme.project)
        };
        task.refresh();
        task
    };
    // Over already, never over, and over the sooner for being done.
    let (past, soon, later, done) = (due(-5, "todo"), due(90, "todo"), due(310, "todo"), due(10, "done"));
    let tasks = [&past, &soon, &later, &done];
    app.seed(tasks.map(Task::clone)).await;
    let policy = async |tasks: &[&Task], seconds: i64| {
        let ids = json!(tasks.iter().map(|task| gid(*task)).collect::<Vec<_>>());
        let document = format!("{{ nodes(ids: {ids}) {{ ... on Task {{ isOverdue }} }} }}");
        let policy = asked(&app, Some(&acme.admin), &document).await;
        let policy = policy.policy(PLANNED, after_noon(seconds));
        (policy.max_age, policy.stale_while_revalidate, policy.stale_if_error)
    };
    assert_eq!(policy(&[&past, &done], 0).await, (300, 60, 120));
    assert_eq!(policy(&[&later], 0).await, (300, 10, 10));
    assert_eq!(policy(&tasks, 0).await, (90, 0, 0));
    assert_eq!(policy(&tasks, 89).await, (1, 0, 0));
    assert_eq!(policy(&tasks, 90).await, (0, 0, 0));
    app.clock.advance(Duration::from_secs(91));
    assert_eq!(policy(&tasks, 91).await, (219, 0, 0));
}

#[tokio::test]
async fn an_answer_that_does_not_ask_what_is_overdue_does_not_end_with_it() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let mut task = Task {
        due_date: Some(after_noon(7)),
        ..sample::task(&acme.project)
    };
    task.refresh();
    app.seed([task.clone()]).await;
    let document = format!(
        "{{ task(id: \"{}\") {{ dueDate isOverdue @skip(if: true) }} }}",
        gid(&task)
    );
    let policy = asked(&app, Some(&acme.admin), &document).await.policy(PLANNED, NOON);
    assert_eq!(policy, PLANNED.private());
}

/// What an answer may depend on is recorded because there is no other way to it.
#[test]
fn what_reads_reaches_the_request_through_its_scope_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graphql");
    let mut open = vec![root.clone()];
    let (mut seen, mut found) = (0, Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let of = path.strip_prefix(&root).unwrap();
        let knows = ["context.rs", "executor.rs", "inner.rs"].map(Path::new);
        if of.starts_with("mutation") || knows.contains(&of) {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(&path).unwrap();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n").replace("services().now()", "");
        let around = [
            ".data::<",
            ".data_opt",
            "data_unchecked",
            "services",
            "SystemTime",
            "Instant::",
            "rand::",
        ];
        let words = around.iter().filter(|word| code.contains(*word));
        found.extend(words.map(|word| format!("{}: {word}", of.display())));
    }
    assert!(seen > 30, "only {seen} files");
    assert!(found.is_empty(), "{found:#?}");
}
