//! Who sees what: nothing of another organisation, of one's own only the projects one belongs to.

use kanvaro::model::{Comment, Project, ProjectRole, ProjectRoleEntry, Role, Task, User};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// Every query that takes an id, with another organisation's.
const BY_ID: &str = "query($org: ID!, $user: ID!, $project: ID!, $task: ID!, $comment: ID!, $all: [ID!]!) {
    user(id: $user) { id }
    project(id: $project) { id }
    task(id: $task) { id }
    board(projectId: $project) { project { id } }
    organizationNode: node(id: $org) { id }
    userNode: node(id: $user) { id }
    projectNode: node(id: $project) { id }
    taskNode: node(id: $task) { id }
    commentNode: node(id: $comment) { id }
    nodes(ids: $all) { id }
    byProject: tasks(filter: { projectId: $project }) { totalCount nodes { id } }
    byAssignee: tasks(filter: { assigneeId: $user }) { totalCount nodes { id } }
    byCreator: tasks(filter: { creatorId: $user }) { totalCount nodes { id } }
}";

fn ids_of(tenant: &Tenant) -> Value {
    let (organization, user) = (gid(&tenant.organization), gid(&tenant.admin));
    let (project, task, comment) = (gid(&tenant.project), gid(&tenant.task), gid(&tenant.comment));
    let all = [&organization, &user, &project, &task, &comment];
    json!({ "org": organization, "user": user, "project": project, "task": task, "comment": comment, "all": all })
}

#[tokio::test]
async fn the_ids_of_another_organisation_are_absent_in_every_query() {
    let app = TestApp::new().await;
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let data = app.data(&acme.admin, BY_ID, ids_of(&other)).await;
    let none = json!({ "totalCount": 0, "nodes": [] });
    for (root, answer) in data.as_object().unwrap() {
        let absent = match root.as_str() {
            "nodes" => *answer == json!([null, null, null, null, null]),
            "byProject" | "byAssignee" | "byCreator" => *answer == none,
            _ => answer.is_null(),
        };
        assert!(absent, "{root}: {answer}");
    }
    let own = app.data(&acme.admin, BY_ID, ids_of(&acme)).await;
    assert!(
        own.as_object().unwrap().values().all(|answer| !answer.is_null()),
        "{own}"
    );
}

#[tokio::test]
async fn lists_hold_nothing_of_another_organisation() {
    let app = TestApp::new().await;
    let (acme, _other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let document = "{ users { totalCount nodes { id } } projects { totalCount nodes { id } } \
                    tasks { totalCount nodes { id } } }";
    let data = app.data(&acme.admin, document, json!({})).await;
    let one = |id: String| json!({ "totalCount": 1, "nodes": [{ "id": id }] });
    assert_eq!(data["users"], one(gid(&acme.admin)));
    assert_eq!(data["projects"], one(gid(&acme.project)));
    assert_eq!(data["tasks"], one(gid(&acme.task)));
}

#[tokio::test]
async fn relations_to_another_organisation_or_to_nothing_are_left_out() {
    let app = TestApp::new().await;
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let project = Project {
        client: Some(other.admin.id),
        team_members: vec![other.admin.id, acme.admin.id, sample::id()],
        ..sample::project(&acme.admin)
    };
    let task = Task {
        created_by: other.admin.id,
        assigned_to: vec![sample::id(), acme.admin.id, other.admin.id],
        parent: Some(other.task.id),
        ..sample::task(&project)
    };
    app.seed([project.clone()]).await;
    app.seed([task.clone()]).await;
    let document = "query($id: ID!) { task(id: $id) { creator { id } parent { id } assignees { id } \
                    project { client { id } members { id } roles { user { id } role } } } }";
    let data = app.data(&acme.admin, document, json!({ "id": gid(&task) })).await;
    let me = json!({ "id": gid(&acme.admin) });
    let expected = json!({
        "creator": null, "parent": null, "assignees": [me],
        "project": { "client": null, "members": [me], "roles": [{ "user": me, "role": "PROJECT_MANAGER" }] },
    });
    assert_eq!(data["task"], expected);
}

/// A team member who belongs to one of two projects of their organisation.
async fn insider(app: &TestApp) -> (Tenant, User, Project, Task, Comment) {
    let acme = Tenant::seed(app).await;
    let ada = acme.member(app, Role::TeamMember).await;
    let project = Project {
        name: "Mine".into(),
        team_members: vec![ada.id],
        ..sample::project(&acme.admin)
    };
    let task = Task {
        parent: Some(acme.task.id),
        ..sample::task(&project)
    };
    let comment = sample::comment(&task, ada.id);
    app.seed([project.clone()]).await;
    app.seed([task.clone()]).await;
    app.seed([comment.clone()]).await;
    (acme, ada, project, task, comment)
}

#[tokio::test]
async fn a_team_member_sees_their_projects_and_no_other() {
    let app = TestApp::new().await;
    let (acme, ada, project, task, comment) = insider(&app).await;
    let hidden = app.data(&ada, BY_ID, ids_of(&acme)).await;
    for root in ["project", "task", "board", "projectNode", "taskNode", "commentNode"] {
        assert_eq!(hidden[root], Value::Null, "{root}");
    }
    assert_eq!(hidden["byProject"], json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(hidden["byCreator"]["nodes"], json!([{ "id": gid(&task) }]));
    assert_eq!(
        hidden["userNode"]["id"],
        json!(gid(&acme.admin)),
        "people are seen by all members"
    );
    let ids = [
        gid(&project),
        gid(&acme.project),
        gid(&task),
        gid(&acme.task),
        gid(&comment),
        gid(&acme.comment),
    ];
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let nodes = app.data(&ada, document, json!({ "ids": ids })).await;
    let seen: Vec<bool> = nodes["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| !node.is_null())
        .collect();
    assert_eq!(seen, [true, false, true, false, true, false]);
}

#[tokio::test]
async fn a_team_members_lists_and_relations_stop_at_their_projects() {
    let app = TestApp::new().await;
    let (_, ada, project, task, _) = insider(&app).await;
    let document = "query($id: ID!) { projects { totalCount nodes { id } } tasks { totalCount nodes { id parent { id } } } \
                    board(projectId: $id) { columns { key count tasks { id } } } }";
    let data = app.data(&ada, document, json!({ "id": gid(&project) })).await;
    assert_eq!(
        data["projects"],
        json!({ "totalCount": 1, "nodes": [{ "id": gid(&project) }] })
    );
    let seen = json!({ "totalCount": 1, "nodes": [{ "id": gid(&task), "parent": null }] });
    assert_eq!(data["tasks"], seen);
    assert_eq!(
        data["board"]["columns"][1],
        json!({ "key": "todo", "count": 1, "tasks": [{ "id": gid(&task) }] })
    );
}

#[tokio::test]
async fn pages_of_a_team_member_are_full() {
    let app = TestApp::new().await;
    let (acme, ada, project, _, _) = insider(&app).await;
    for _ in 0..6 {
        app.seed([sample::task(&acme.project), sample::task(&project)]).await;
    }
    let document = "{ tasks(first: 5) { totalCount nodes { id } pageInfo { hasNextPage } } }";
    let data = app.data(&ada, document, json!({})).await;
    assert_eq!(data["tasks"]["nodes"].as_array().map(Vec::len), Some(5));
    assert_eq!(data["tasks"]["totalCount"], 7);
}

#[tokio::test]
async fn whoever_belongs_to_a_project_sees_it_and_all_who_may_view_all() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let client = acme.member(&app, Role::Client).await;
    let member = acme.member(&app, Role::Viewer).await;
    let manager = acme.member(&app, Role::ProjectManager).await;
    let stranger = acme.member(&app, Role::Tester).await;
    let project = Project {
        client: Some(client.id),
        team_members: vec![member.id],
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    let document = "query($id: ID!) { project(id: $id) { name } projects { nodes { id } } }";
    for (user, sees) in [(&client, true), (&member, true), (&manager, true), (&stranger, false)] {
        let data = app.data(user, document, json!({ "id": gid(&project) })).await;
        let listed = data["projects"]["nodes"]
            .as_array()
            .unwrap()
            .contains(&json!({ "id": gid(&project) }));
        assert_eq!((!data["project"].is_null(), listed), (sees, sees), "{:?}", user.role);
    }
}

#[tokio::test]
async fn a_budget_is_for_who_manages_it_or_reads_finances() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (ada, lead) = (
        acme.member(&app, Role::TeamMember).await,
        acme.member(&app, Role::TeamMember).await,
    );
    let accountant = acme.member(&app, Role::AccountManager).await;
    let project = Project {
        team_members: vec![ada.id, lead.id, accountant.id],
        project_roles: vec![ProjectRoleEntry {
            user: lead.id,
            role: ProjectRole::ProjectManager,
        }],
        budget: Some(kanvaro::model::Budget {
            total: 5_000_000_000,
            spent: 1_250,
            currency: "EUR".into(),
        }),
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    let document = "query($id: ID!) { project(id: $id) { name budget { total { amount currency } spent { amount } \
                    remaining { amount } } } }";
    let ask = async |user: &User| app.query(user, document, json!({ "id": gid(&project) })).await;
    let expected = json!({ "total": { "amount": 5_000_000_000_i64, "currency": "EUR" },
        "spent": { "amount": 1_250 }, "remaining": { "amount": 4_999_998_750_i64 } });
    for user in [&acme.admin, &lead, &accountant] {
        assert_eq!(
            ask(user).await["data"]["project"]["budget"],
            expected,
            "{:?}",
            user.role
        );
    }
    let refused = ask(&ada).await;
    assert_eq!(refused["data"]["project"], json!({ "name": "Website", "budget": null }));
    assert_eq!(refused["errors"][0]["path"], json!(["project", "budget"]));
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn without_a_viewer_every_root_but_viewer_asks_to_sign_in() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let answer = app.query(None, BY_ID, ids_of(&acme)).await;
    let roots = answer["data"].as_object().unwrap();
    assert!(roots.len() == 13 && roots.values().all(Value::is_null), "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    let signs = errors
        .iter()
        .filter(|error| error["extensions"]["code"] == "UNAUTHENTICATED");
    assert_eq!(signs.count(), 13);
    let rest = "{ viewer { role } organization { id } users { nodes { id } } projects { nodes { id } } \
                tasks { nodes { id } } }";
    let answer = app.query(None, rest, json!({})).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(4), "{answer}");
    assert_eq!(answer["data"]["viewer"], Value::Null);
}
