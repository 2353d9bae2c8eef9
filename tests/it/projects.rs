//! Projects: numbers, changes, conflicts, members, removal.

use futures_util::future::join_all;
use kanvaro::model::{Budget, Filter, Kind, Project, ProjectRole, ProjectRoleEntry, Role, Task};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    sixty_four_projects_made_at_once_have_consecutive_numbers,
    of_two_who_saw_the_same_version_one_wins_and_the_other_is_shown_it,
    changes_that_expect_no_version_all_come_through,
    a_removed_project_takes_its_tasks_and_comments_along_and_nothing_else,
    numbers_go_on_after_projects_that_were_brought_in,
);

fn numbers(made: &[Value]) -> Vec<i64> {
    let mut numbers: Vec<i64> = made.iter().map(|one| one["number"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

async fn sixty_four_projects_made_at_once_have_consecutive_numbers(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    // The sample's own project has some number, which may be one of the next.
    let own = json!({ "projectId": gid(&acme.project) });
    app.mutate(&acme.admin, "deleteProject", own).await;
    let first = app.done(&acme.admin, "createProject", json!({ "name": "First" })).await;
    let first = first["number"].as_i64().unwrap();
    let make = |_| app.done(&acme.admin, "createProject", json!({ "name": "New" }));
    let made = join_all((0..64).map(make)).await;
    assert_eq!(numbers(&made), (first + 1..=first + 64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_project_is_made_with_everything_it_can_have() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (client, ada) = (
        acme.member(&app, Role::Client).await,
        acme.member(&app, Role::TeamMember).await,
    );
    let input = json!({
        "name": " Relaunch ", "description": "All\nof it.", "status": "ACTIVE", "priority": "HIGH",
        "clientId": gid(&client), "memberIds": [gid(&ada), gid(&acme.admin), gid(&ada)],
        "startDate": "2026-02-01T00:00:00+01:00", "endDate": "2026-03-01T00:00:00Z", "tags": ["web", " web "],
        "budget": { "total": 5_000_000_000_i64, "currency": "EUR" },
    });
    let made = app.done(&acme.admin, "createProject", input).await;
    assert_eq!((&made["name"], &made["version"]), (&json!("Relaunch"), &json!(1)));
    assert_eq!(made["members"], json!([{ "id": gid(&ada) }]));
    assert_eq!(
        (&made["client"]["id"], &made["tags"]),
        (&json!(gid(&client)), &json!(["web"]))
    );
    assert_eq!(made["startDate"], "2026-01-31T23:00:00.000Z");
    assert_eq!(made["columns"].as_array().map(Vec::len), Some(7));
    assert_eq!(
        made["budget"],
        json!({ "total": { "amount": 5_000_000_000_i64, "currency": "EUR" }, "spent": { "amount": 0 } })
    );
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_empties() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let id = gid(&acme.project);
    let set = json!({ "projectId": id, "description": "Text", "tags": ["a"], "startDate": "2026-01-01T00:00:00Z" });
    app.done(&acme.admin, "updateProject", set).await;
    let kept = app
        .done(
            &acme.admin,
            "updateProject",
            json!({ "projectId": id, "name": "Other" }),
        )
        .await;
    assert_eq!((&kept["description"], &kept["tags"]), (&json!("Text"), &json!(["a"])));
    let nulls = json!({ "projectId": id, "description": null, "tags": null, "startDate": null });
    let emptied = app.done(&acme.admin, "updateProject", nulls).await;
    assert_eq!(
        (&emptied["description"], &emptied["tags"], &emptied["startDate"]),
        (&json!(""), &json!([]), &Value::Null)
    );
    let done = app
        .mutate(
            &acme.admin,
            "updateProject",
            json!({ "projectId": id, "name": null, "status": null }),
        )
        .await;
    assert_eq!(done.refusals(), [("name", "REQUIRED"), ("status", "REQUIRED")]);
}

#[tokio::test]
async fn a_change_that_says_what_is_already_so_writes_nothing() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let same = json!({ "projectId": gid(&acme.project), "name": acme.project.name });
    let before = app.everything().await;
    app.done(&acme.admin, "updateProject", same).await;
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn a_change_of_another_version_is_a_conflict_with_the_current_project() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let id = gid(&acme.project);
    let seen = app
        .done(
            &acme.admin,
            "updateProject",
            json!({ "projectId": id, "name": "Second" }),
        )
        .await;
    for mutation in ["updateProject", "archiveProject", "restoreProject", "deleteProject"] {
        let done = app
            .mutate(&acme.admin, mutation, json!({ "projectId": id, "expectedVersion": 0 }))
            .await;
        assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["project"], seen, "{mutation}");
    }
    let input = json!({ "projectId": id, "expectedVersion": seen["version"], "name": "Third" });
    let done = app.done(&acme.admin, "updateProject", input).await;
    assert_eq!(done["name"], "Third");
}

async fn of_two_who_saw_the_same_version_one_wins_and_the_other_is_shown_it(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let rename = |name: String| {
        let input = json!({ "projectId": gid(&acme.project), "expectedVersion": 0, "name": name });
        app.mutate(&acme.admin, "updateProject", input)
    };
    let done = join_all((0..8).map(|number| rename(format!("Name {number}")))).await;
    let winners: Vec<_> = done.iter().filter(|done| done.refusals().is_empty()).collect();
    assert_eq!(winners.len(), 1);
    let won = &winners[0].payload()["project"];
    assert!(done.iter().all(|done| done.payload()["project"] == *won), "{done:?}");
}

async fn changes_that_expect_no_version_all_come_through(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(acme.member(&app, Role::TeamMember).await);
    }
    let add = |user| {
        app.done(
            &acme.admin,
            "addProjectMember",
            json!({ "projectId": gid(&acme.project), "userId": gid(user) }),
        )
    };
    join_all(people.iter().map(add)).await;
    let project = app.app.store.get::<Project>(acme.project.id).await.unwrap().unwrap();
    assert_eq!(project.team_members.len(), people.len());
}

#[tokio::test]
async fn a_project_is_put_away_and_taken_back() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    for (mutation, archived) in [
        ("archiveProject", true),
        ("archiveProject", true),
        ("restoreProject", false),
    ] {
        let done = app
            .done(&acme.admin, mutation, json!({ "projectId": gid(&acme.project) }))
            .await;
        assert_eq!(done["isArchived"], archived);
    }
}

async fn a_removed_project_takes_its_tasks_and_comments_along_and_nothing_else(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let kept = sample::project(&acme.admin);
    let (kept_task, task) = (sample::task(&kept), sample::task(&acme.project));
    app.seed([kept]).await;
    app.seed([kept_task.clone(), task.clone()]).await;
    app.seed([
        sample::comment(&kept_task, acme.admin.id),
        sample::comment(&task, acme.admin.id),
    ])
    .await;
    let before = app.everything().await;
    let gone = app
        .done(&acme.admin, "deleteProject", json!({ "projectId": gid(&acme.project) }))
        .await;
    assert_eq!(gone, gid(&acme.project));
    let after = app.everything().await;
    assert_eq!(after.len(), before.len() - 5, "the project, two tasks, two comments");
    let bears = |text: &&String| text.contains(&acme.project.id.to_string());
    assert_eq!(after.iter().filter(bears).count(), 0);
    let answer = app
        .data(
            &acme.admin,
            "query($id: ID!) { task(id: $id) { id } }",
            json!({ "id": gid(&task) }),
        )
        .await;
    assert_eq!(answer["task"], Value::Null);
    let still = app
        .done(
            &other.admin,
            "archiveProject",
            json!({ "projectId": gid(&other.project) }),
        )
        .await;
    assert_eq!(still["isArchived"], true);
}

#[tokio::test]
async fn who_has_left_a_project_has_no_role_in_it() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let ada = acme.member(&app, Role::TeamMember).await;
    let input = |role: &str| json!({ "projectId": gid(&acme.project), "userId": gid(&ada), "role": role });
    let joined = app.done(&acme.admin, "setProjectRole", input("PROJECT_VIEWER")).await;
    assert_eq!(joined["members"], json!([{ "id": gid(&ada) }]));
    assert!(joined["roles"].to_string().contains("PROJECT_VIEWER"), "{joined}");
    let out = json!({ "projectId": gid(&acme.project), "userId": gid(&ada) });
    let left = app.done(&acme.admin, "removeProjectMember", out.clone()).await;
    assert_eq!(left["members"], json!([]));
    assert!(!left["roles"].to_string().contains("PROJECT_VIEWER"), "{left}");
    let again = app.mutate(&acme.admin, "removeProjectMember", out).await;
    assert_eq!(again.refusals(), [("userId", "NOT_FOUND")]);
}

#[tokio::test]
async fn a_former_client_with_a_role_of_their_own_loses_it_too() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let client = acme.member(&app, Role::Client).await;
    let role = ProjectRoleEntry {
        user: client.id,
        role: ProjectRole::ProjectManager,
    };
    let project = Project {
        client: Some(client.id),
        project_roles: vec![role],
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    app.done(
        &acme.admin,
        "updateProject",
        json!({ "projectId": gid(&project), "clientId": null }),
    )
    .await;
    let done = app
        .mutate(
            &client,
            "updateProject",
            json!({ "projectId": gid(&project), "name": "Mine" }),
        )
        .await;
    assert_eq!(done.error(), "NOT_FOUND");
}

#[tokio::test]
async fn the_creator_and_the_client_belong_to_the_project_as_what_they_are() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let input = json!({ "projectId": gid(&acme.project), "userId": gid(&acme.admin) });
    let done = app.mutate(&acme.admin, "removeProjectMember", input).await;
    assert_eq!(done.refusals(), [("userId", "INVALID")]);
}

#[tokio::test]
async fn inactive_people_join_nothing() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let gone = kanvaro::model::User {
        is_active: false,
        ..sample::user(acme.organization.id)
    };
    app.seed([gone.clone()]).await;
    let input = json!({ "projectId": gid(&acme.project), "userId": gid(&gone) });
    let done = app.mutate(&acme.admin, "addProjectMember", input).await;
    assert_eq!(done.refusals(), [("userId", "NOT_FOUND")]);
}

#[tokio::test]
async fn what_has_been_spent_stays_in_its_currency() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let budget = Budget {
        total: 1_000,
        spent: 400,
        currency: "EUR".into(),
    };
    let project = Project {
        budget: Some(budget),
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    for bad in [json!(null), json!({ "total": 1, "currency": "USD" })] {
        let done = app
            .mutate(
                &acme.admin,
                "updateProject",
                json!({ "projectId": gid(&project), "budget": bad }),
            )
            .await;
        assert_eq!(done.refusals(), [("budget", "INVALID")]);
    }
    let more = json!({ "projectId": gid(&project), "budget": { "total": 2_000, "currency": "EUR" } });
    let done = app.done(&acme.admin, "updateProject", more).await;
    assert_eq!(
        done["budget"],
        json!({ "total": { "amount": 2_000, "currency": "EUR" }, "spent": { "amount": 400 } })
    );
}

async fn numbers_go_on_after_projects_that_were_brought_in(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let brought = (1..=20).map(|number| Project {
        number,
        ..sample::project(&acme.admin)
    });
    // The sample's own project has some number of its own.
    let brought: Vec<Project> = brought
        .filter(|project| project.number != acme.project.number)
        .collect();
    app.seed(brought).await;
    let highest = acme.project.number.max(20);
    let made = app.done(&acme.admin, "createProject", json!({ "name": "Next" })).await;
    assert_eq!(made["number"], highest + 1);
}

#[tokio::test]
async fn a_project_too_large_to_go_in_one_step_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let bare = || Task {
        search_terms: Vec::new(),
        ..sample::task(&acme.project)
    };
    app.seed((0..20_000).map(|_| bare())).await;
    let input = json!({ "projectId": gid(&acme.project) });
    let done = app.mutate(&acme.admin, "deleteProject", input.clone()).await;
    assert_eq!(done.refusals(), [("projectId", "OUT_OF_RANGE")], "20 001 tasks");
    app.done(&acme.admin, "deleteTask", json!({ "taskId": gid(&acme.task) }))
        .await;
    app.done(&acme.admin, "deleteProject", input).await;
    let left = app.app.store.count(Kind::Task, &[Filter::everything()]).await.unwrap();
    assert_eq!(left, [0]);
}
