//! Who may do what in a project: a table of people and mutations.

use kanvaro::model::{Entity, Project, ProjectRole, ProjectRoleEntry, Role, Task, User, permission};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// Who does it: their role in the organisation and in the project.
const PEOPLE: [(&str, Role, Option<Option<ProjectRole>>); 9] = [
    ("viewer outside", Role::Viewer, None),
    ("viewer in the team", Role::Viewer, Some(None)),
    ("client in the team", Role::Client, Some(None)),
    ("team member outside", Role::TeamMember, None),
    ("team member inside", Role::TeamMember, Some(None)),
    (
        "team member who only looks on",
        Role::TeamMember,
        Some(Some(ProjectRole::ProjectViewer)),
    ),
    ("tester inside", Role::Tester, Some(None)),
    (
        "team member who leads it",
        Role::TeamMember,
        Some(Some(ProjectRole::ProjectManager)),
    ),
    ("project manager outside", Role::ProjectManager, None),
];

/// For each of `PEOPLE`: y does it, f is FORBIDDEN, n is NOT_FOUND.
const TABLE: [(&str, &str); 27] = [
    ("updateProject", "nffnfffyy"),
    ("updateProject budget", "nffnfffyy"),
    ("updateProject client", "nffnfffyy"),
    ("setBoardColumns", "nffnfffyy"),
    ("archiveProject", "nffnfffyy"),
    ("restoreProject", "nffnfffyy"),
    ("deleteProject", "nffnfffyf"),
    ("addProjectMember", "nffnfffyy"),
    ("setProjectRole", "nffnfffyf"),
    ("removeProjectMember", "nffnfffyy"),
    ("createTask", "nffnyfyyy"),
    ("updateTask", "nffnyfyyy"),
    ("deleteTask", "nffnfffyf"),
    ("assignTask", "nffnyfyyy"),
    ("moveTask", "nffnyyyyy"),
    ("changeTaskStatus", "nffnyyyyy"),
    ("moveTaskToProject", "nffnyfyyy"),
    ("addTaskDependency", "nffnyfyyy"),
    ("removeTaskDependency", "nffnyfyyy"),
    ("bulkUpdateTasks", "nffnyfyyy"),
    ("bulkUpdateTasks status", "nffnyyyyy"),
    ("bulkUpdateTasks assignees", "nffnyfyyy"),
    ("bulkDeleteTasks", "nffnfffyf"),
    ("addComment", "nfynyyyyy"),
    ("deleteComment", "nffnfffyy"),
    ("createUpload COVER", "nffnfffyy"),
    ("createUpload ATTACHMENT", "nffnyfyyy"),
];

struct Place {
    tenant: Tenant,
    project: Project,
    task: Task,
    /// What the task depends on.
    before: Task,
    comment: String,
    guest: User,
}

impl Place {
    async fn seed(app: &TestApp, who: &User, tenant: Tenant, inside: Option<Option<ProjectRole>>) -> Place {
        let guest = tenant.member(app, Role::TeamMember).await;
        let project = Project {
            team_members: inside.map(|_| who.id).into_iter().chain([guest.id]).collect(),
            project_roles: inside
                .flatten()
                .map(|role| ProjectRoleEntry { user: who.id, role })
                .into_iter()
                .collect(),
            ..sample::project(&tenant.admin)
        };
        let before = sample::task(&project);
        let task = Task {
            dependencies: vec![before.id],
            ..sample::task(&project)
        };
        let comment = sample::comment(&task, tenant.admin.id);
        app.seed([project.clone()]).await;
        app.seed([before.clone(), task.clone()]).await;
        app.seed([comment.clone()]).await;
        Place {
            tenant,
            project,
            task,
            before,
            comment: gid(&comment),
            guest,
        }
    }

    async fn input(&self, app: &TestApp, row: &str) -> Value {
        let (project, task, guest) = (gid(&self.project), gid(&self.task), gid(&self.guest));
        let column = json!({ "key": "todo", "title": "To do", "color": "#ffffff", "category": "BACKLOG" });
        match row {
            "updateProject" => json!({ "projectId": project, "name": "Renamed" }),
            "updateProject budget" => json!({ "projectId": project, "budget": { "total": 1, "currency": "EUR" } }),
            "updateProject client" => {
                let client = self.tenant.member(app, Role::Client).await;
                json!({ "projectId": project, "clientId": gid(&client) })
            }
            "setBoardColumns" => json!({ "projectId": project, "columns": [column] }),
            "archiveProject" | "restoreProject" | "deleteProject" => json!({ "projectId": project }),
            "addProjectMember" | "removeProjectMember" => json!({ "projectId": project, "userId": guest }),
            "setProjectRole" => json!({ "projectId": project, "userId": guest, "role": "PROJECT_MANAGER" }),
            "createTask" => json!({ "projectId": project, "title": "New" }),
            "updateTask" => json!({ "taskId": task, "title": "Renamed" }),
            "deleteTask" => json!({ "taskId": task }),
            "assignTask" => json!({ "taskId": task, "assigneeIds": [guest] }),
            "moveTask" | "changeTaskStatus" => json!({ "taskId": task, "status": "done" }),
            "moveTaskToProject" => {
                let other = Project {
                    team_members: self.project.team_members.clone(),
                    project_roles: self.project.project_roles.clone(),
                    ..sample::project(&self.tenant.admin)
                };
                app.seed([other.clone()]).await;
                json!({ "taskId": task, "projectId": gid(&other) })
            }
            "addTaskDependency" => {
                let other = sample::task(&self.project);
                app.seed([other.clone()]).await;
                json!({ "taskId": task, "dependsOnId": gid(&other) })
            }
            "removeTaskDependency" => json!({ "taskId": task, "dependsOnId": gid(&self.before) }),
            "bulkUpdateTasks" => json!({ "taskIds": [task, gid(&self.before)], "priority": "LOW" }),
            "bulkUpdateTasks status" => json!({ "taskIds": [task, gid(&self.before)], "status": "done" }),
            "bulkUpdateTasks assignees" => json!({ "taskIds": [task, gid(&self.before)], "assigneeIds": [guest] }),
            "bulkDeleteTasks" => json!({ "taskIds": [task, gid(&self.before)] }),
            "addComment" => json!({ "taskId": task, "body": "Hello." }),
            "deleteComment" => json!({ "commentId": self.comment }),
            "createUpload COVER" => json!({ "kind": "COVER", "targetId": project, "name": "a", "bytes": 1 }),
            "createUpload ATTACHMENT" => json!({ "kind": "ATTACHMENT", "targetId": task, "name": "a", "bytes": 1 }),
            other => panic!("no input for {other}"),
        }
    }
}

#[tokio::test]
async fn each_does_what_their_roles_allow_and_no_more() {
    let app = TestApp::new().await;
    for (row, expected) in TABLE {
        let mut found = String::new();
        for (_, role, inside) in PEOPLE {
            let tenant = Tenant::seed(&app).await;
            let who = tenant.member(&app, role).await;
            let place = Place::seed(&app, &who, tenant, inside).await;
            let mutation = row.split(' ').next().unwrap();
            let done = app.mutate(&who, mutation, place.input(&app, row).await).await;
            found.push(match done.error() {
                "FORBIDDEN" => 'f',
                "NOT_FOUND" => 'n',
                "" if done.refusals().is_empty() => 'y',
                "" if done.refusals().iter().all(|(_, code)| *code == "NOT_FOUND") => 'n',
                _ => panic!("{row} as {role:?}: {}", done.answer),
            });
        }
        assert_eq!(found, expected, "{row}, for {:?}", PEOPLE.map(|(name, ..)| name));
    }
}

#[tokio::test]
async fn only_who_may_create_projects_does() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    for (role, code) in [
        (Role::TeamMember, "FORBIDDEN"),
        (Role::ProjectManager, ""),
        (Role::Admin, ""),
    ] {
        let who = acme.member(&app, role).await;
        let done = app.mutate(&who, "createProject", json!({ "name": "New" })).await;
        assert_eq!(done.error(), code, "{role:?}");
    }
}

#[tokio::test]
async fn a_manager_grants_what_they_may_themselves() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let manager = acme.member(&app, Role::ProjectManager).await;
    let guest = acme.member(&app, Role::TeamMember).await;
    for (role, code) in [("PROJECT_MEMBER", ""), ("PROJECT_MANAGER", "FORBIDDEN")] {
        let input = json!({ "projectId": gid(&acme.project), "userId": gid(&guest), "role": role });
        let done = app.mutate(&manager, "setProjectRole", input).await;
        assert_eq!(
            done.error(),
            code,
            "{role}: a project manager of the organisation can't delete projects"
        );
    }
}

#[tokio::test]
async fn a_refusal_names_the_permission_it_takes() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let manager = acme.member(&app, Role::ProjectManager).await;
    let done = app
        .mutate(&manager, "deleteTask", json!({ "taskId": gid(&acme.task) }))
        .await;
    assert_eq!(
        done.answer["errors"][0]["message"],
        "this needs the permission task:delete"
    );
}

#[test]
fn who_belongs_to_a_project_is_read_off_its_row_as_off_the_project() {
    let creator = sample::user(sample::id());
    let [client, member, named, stranger] = [(); 4].map(|()| sample::id());
    let entry = ProjectRoleEntry {
        user: named,
        role: ProjectRole::ProjectViewer,
    };
    let project = Project {
        client: Some(client),
        team_members: vec![sample::id(), member],
        project_roles: vec![entry],
        ..sample::project(&creator)
    };
    let row = project.to_row();
    for (user, belongs) in [
        (creator.id, true),
        (client, true),
        (member, true),
        (named, true),
        (stranger, false),
    ] {
        let role = permission::project_role(user, Role::TeamMember, &project);
        assert_eq!((permission::belongs(user, &row), role.is_some()), (belongs, belongs));
    }
}
