//! The lists as the API asks MongoDB for them: none reads a whole collection, and none on a default order sorts in memory.

use kanvaro::model::{Project, Role, Task, User};
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// Every list query, with every filter of each; whether it may sort in memory.
fn lists(project: &Project, card: &Task, user: &User) -> Vec<(String, bool)> {
    let (project, user) = (gid(project), gid(user));
    let role = user.replace("usr", "rol");
    let task = |arguments: &str| format!("{{ tasks({arguments}) {{ nodes {{ id }} }} }}");
    let mut lists = vec![
        ("{ projects { nodes { id } } }".to_owned(), false),
        (
            "{ projects(filter: {status: ACTIVE, archived: true}) { nodes { id } } }".into(),
            false,
        ),
        ("{ projects(filter: {search: \"web\"}) { nodes { id } } }".into(), true),
        ("{ projects(page: 2, limit: 5) { nodes { id } } }".into(), false),
        (
            // The one project of that number is sorted.
            format!("{{ taskByDisplayId(displayId: \"{}\") {{ id }} }}", card.display_id),
            true,
        ),
        ("{ taskByDisplayId(displayId: \"9.99\") { id } }".into(), true),
        ("{ dashboard { all { done } recent { id } } }".into(), false),
        ("{ search(text: \"write\") { nodes { id } } }".into(), true),
        ("{ users { nodes { id } } }".into(), false),
        ("{ users(filter: {role: ADMIN}) { nodes { id } } }".into(), false),
        ("{ customRoles { nodes { id } } }".into(), false),
        (
            format!("{{ users(filter: {{customRoleId: \"{role}\"}}) {{ nodes {{ id }} }} }}"),
            false,
        ),
        ("{ viewer { sessions { nodes { id } } } }".into(), false),
        ("{ users(filter: {search: \"ada\"}) { nodes { id } } }".into(), true),
        (task("first: 5"), false),
        (task("last: 5"), false),
        (task(&format!("filter: {{projectId: \"{project}\"}}")), false),
        (
            task(&format!("filter: {{projectId: \"{project}\", status: [\"todo\"]}}")),
            false,
        ),
        (
            task("filter: {status: [\"todo\", \"done\"], priority: [HIGH, LOW]}"),
            true,
        ),
        (task(&format!("filter: {{assigneeId: \"{user}\"}}")), false),
        (task(&format!("filter: {{creatorId: \"{user}\"}}")), false),
        (
            task("filter: {dueFrom: \"2026-01-01T00:00:00Z\", dueTo: \"2026-02-01T00:00:00Z\"}"),
            false,
        ),
        (task("filter: {updatedSince: \"2026-01-01T00:00:00Z\"}"), false),
        (task("filter: {search: \"write\"}"), true),
        (
            format!("{{ board(projectId: \"{project}\") {{ columns {{ tasks {{ id }} }} }} }}"),
            false,
        ),
        (
            format!("{{ task(id: \"{}\") {{ comments {{ nodes {{ id }} }} }} }}", gid(card)),
            false,
        ),
    ];
    for sort in ["CREATED", "UPDATED", "DUE", "PRIORITY", "RANK"] {
        for way in ["ASC", "DESC"] {
            lists.push((task(&format!("sort: {sort}_{way}")), false));
            lists.push((
                task(&format!("sort: {sort}_{way}, filter: {{projectId: \"{project}\"}}")),
                false,
            ));
        }
    }
    lists
}

#[tokio::test]
async fn an_index_serves_every_list_of_the_api() {
    let (app, explaining) = TestApp::explaining_mongodb().await;
    let acme = Tenant::seed(&app).await;
    let member = User {
        role: Role::TeamMember,
        ..sample::user(acme.organization.id)
    };
    // Two projects of the member's, so that their lists go over several.
    let projects = [(), ()].map(|()| Project {
        team_members: vec![member.id],
        ..sample::project(&acme.admin)
    });
    let task = |at: usize| Task {
        status: ["todo", "done"][at % 2].into(),
        ..sample::task(&projects[at % 2])
    };
    let tasks: Vec<Task> = (0..200).map(task).collect();
    app.seed(tasks.clone()).await;
    app.seed(projects.clone()).await;
    app.seed([member.clone()]).await;
    let mut looked = 0;
    for (document, may_sort) in lists(&projects[0], &tasks[0], &acme.admin) {
        for viewer in [&acme.admin, &member] {
            let answer = app.query(viewer, &document, json!({})).await;
            assert_eq!(answer.get("errors"), None, "{document}: {answer}");
            for plan in explaining.take() {
                assert!(!plan.contains("COLLSCAN"), "{document}: {plan}");
                // A merge of sorted index scans keeps their order: it is no sort.
                let sorts = plan.split(' ').any(|stage| stage == "SORT");
                assert!(may_sort || !sorts, "{document}: {plan}");
                // What a search finds among many is sorted and cut before documents are read.
                assert!(
                    !plan.contains("SORT < FETCH < IXSCAN organization_1_searchTerms_1_isArchived"),
                    "{document}: {plan}"
                );
                looked += 1;
            }
        }
    }
    assert!(looked >= 45, "only {looked} plans were looked at");
}

/// The check itself sees a query that no index serves.
#[tokio::test]
async fn a_list_that_no_index_serves_reads_the_collection() {
    let (app, _) = TestApp::explaining_mongodb().await;
    let acme = Tenant::seed(&app).await;
    let by_title = kanvaro::model::Query {
        filter: kanvaro::model::Filter::Eq("title", kanvaro::model::Value::Text(acme.task.title)),
        sort: kanvaro::model::Sort {
            field: "title",
            direction: kanvaro::model::Direction::Ascending,
        },
        after: None,
        skip: 0,
        limit: 5,
    };
    let plan = app
        .app
        .store
        .explain(kanvaro::model::Kind::Task, &by_title)
        .await
        .unwrap();
    assert!(plan.contains("COLLSCAN") && plan.contains("SORT"), "{plan}");
}
