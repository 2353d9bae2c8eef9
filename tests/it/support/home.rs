//! An organisation with all that a mutation can name, and an acceptable input of each mutation.

use kanvaro::media::Uploads;
use kanvaro::media::blob::Content;
use kanvaro::model::{Asset, CustomRole, Invitation, Project, Rank, Role, Session, Task, User};
use serde_json::{Value, json};

use super::app::TestApp;
use super::sample;
use super::world::{Tenant, gid};
use crate::media;

/// The value of the file that every request here brings.
pub const UPLOAD: &str = "#upload:0";
/// The SHA-256 of `a`.
const HASH: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

/// An organisation with all that a mutation can name.
pub struct Home {
    pub tenant: Tenant,
    pub member: User,
    pub client: User,
    pub second: Task,
    pub third: Task,
    /// Another project of the admin's.
    pub elsewhere: Project,
    pub attachment: Asset,
    /// The admin's, whose file is there; empty until there is one.
    pub upload: String,
    /// The admin's.
    pub session: Session,
    pub invitation: Invitation,
    /// Nobody's.
    pub role: CustomRole,
}

impl TestApp {
    /// The same, of which every request brings a picture.
    pub async fn bringing_a_picture(mut self) -> TestApp {
        let mut file = self.app.assets.incoming.create().await.unwrap();
        let picture = media::sample::webp(&media::sample::quarters(8, 6));
        file.write(&picture).await.unwrap();
        self.uploads = Uploads::new([file.finish("picture.webp").await.unwrap()]);
        self
    }
}

impl Home {
    /// A new one.
    pub async fn seed(app: &TestApp) -> Home {
        let mut home = Home::within(app, Tenant::seed(app).await).await;
        home.upload = Home::upload(app, &home.tenant.admin, &home.tenant.task).await;
        home
    }

    /// The same around the project of this one, without an upload.
    pub async fn within(app: &TestApp, tenant: Tenant) -> Home {
        let member = tenant.member(app, Role::TeamMember).await;
        let client = tenant.member(app, Role::Client).await;
        let last = Rank::between(Some(&tenant.task.rank), None);
        let third = Task {
            rank: Rank::between(Some(&last), None),
            ..sample::task(&tenant.project)
        };
        let second = Task {
            rank: last.clone(),
            dependencies: vec![third.id],
            ..sample::task(&tenant.project)
        };
        app.seed([second.clone(), third.clone()]).await;
        let elsewhere = sample::project(&tenant.admin);
        app.seed([elsewhere.clone()]).await;
        let attachment = sample::attachment(&tenant.task, tenant.admin.id);
        let attached = Task {
            attachments: vec![attachment.id],
            ..tenant.task.clone()
        };
        let before = app.app.store.get::<Task>(tenant.task.id).await.unwrap().unwrap();
        app.app.store.update(&before, attached).await.unwrap();
        app.seed([attachment.clone()]).await;
        let project = &tenant.project;
        app.done(
            &tenant.admin,
            "addProjectMember",
            json!({ "projectId": gid(project), "userId": gid(&member) }),
        )
        .await;
        let session = sample::session(&tenant.admin);
        app.seed([session.clone()]).await;
        let invitation = sample::invitation(&tenant.admin);
        app.seed([invitation.clone()]).await;
        let role = sample::custom_role(tenant.organization.id);
        app.seed([role.clone()]).await;
        Home {
            tenant,
            member,
            client,
            second,
            third,
            elsewhere,
            attachment,
            upload: String::new(),
            session,
            invitation,
            role,
        }
    }

    /// An upload of this person's for this task, which only has to be completed.
    pub async fn upload(app: &TestApp, who: &User, task: &Task) -> String {
        let file = json!({
            "kind": "ATTACHMENT", "targetId": gid(task), "name": "a.txt", "bytes": 1, "sha256": HASH,
        });
        let upload = app.done(who, "createUpload", file).await;
        let id = upload["id"].as_str().unwrap().to_owned();
        let assets = &app.app.assets;
        let key = assets.links.unseal(&id).unwrap().key();
        assets.blobs.stage(&key, Content::Bytes("a".into())).await.unwrap();
        id
    }

    /// An acceptable input of this mutation, with everything it can name; `None`: there is no row for it.
    pub fn input(&self, mutation: &str) -> Option<Value> {
        let Tenant {
            project, task, comment, ..
        } = &self.tenant;
        let (project, task, comment) = (gid(project), gid(task), gid(comment));
        let (member, client) = (gid(&self.member), gid(&self.client));
        let (second, third) = (gid(&self.second), gid(&self.third));
        let role = gid(&self.role);
        let column = json!({ "key": "todo", "title": "To do", "color": "#ffffff", "category": "BACKLOG" });
        Some(match mutation {
            "createProject" => json!({ "name": "New", "clientId": client, "memberIds": [member] }),
            "updateProject" => json!({ "projectId": project, "clientId": client, "name": "Renamed" }),
            "archiveProject" | "restoreProject" | "deleteProject" => json!({ "projectId": project }),
            "addProjectMember" => json!({ "projectId": project, "userId": client }),
            "removeProjectMember" => json!({ "projectId": project, "userId": member }),
            "setProjectRole" => json!({ "projectId": project, "userId": client, "role": "PROJECT_VIEWER" }),
            "setBoardColumns" => json!({ "projectId": project, "columns": [column] }),
            "createTask" => {
                json!({ "projectId": project, "title": "New", "assigneeIds": [member], "parentId": task })
            }
            "updateTask" => json!({ "taskId": task, "title": "Renamed", "parentId": second }),
            "deleteTask" => json!({ "taskId": task }),
            "assignTask" => json!({ "taskId": task, "assigneeIds": [member] }),
            "moveTask" => json!({ "taskId": task, "status": "todo", "afterId": second, "beforeId": third }),
            "changeTaskStatus" => json!({ "taskId": task, "status": "done" }),
            "moveTaskToProject" => json!({ "taskId": task, "projectId": gid(&self.elsewhere) }),
            "bulkUpdateTasks" => {
                json!({ "taskIds": [task, second], "assigneeIds": [member], "priority": "HIGH", "status": "done" })
            }
            "bulkDeleteTasks" => json!({ "taskIds": [task, second] }),
            "addTaskDependency" => json!({ "taskId": task, "dependsOnId": second }),
            "removeTaskDependency" => json!({ "taskId": second, "dependsOnId": third }),
            "addComment" => {
                json!({ "taskId": task, "body": "Mine.", "parentId": comment, "mentionIds": [member] })
            }
            "editComment" => json!({ "commentId": comment, "body": "Mine.", "mentionIds": [member] }),
            "uploadProjectCover" => json!({ "projectId": project, "file": UPLOAD }),
            "attachToTask" => json!({ "taskId": task, "files": [UPLOAD] }),
            "createUpload" => {
                json!({ "kind": "ATTACHMENT", "targetId": task, "name": "a.txt", "contentType": "text/plain", "bytes": 1 })
            }
            "completeUpload" => json!({ "uploadId": self.upload }),
            "detachFromTask" => json!({ "taskId": task, "assetId": gid(&self.attachment) }),
            "deleteComment" => json!({ "commentId": comment }),
            "cancelInvitation" => json!({ "invitationId": gid(&self.invitation) }),
            "setUserRole" => json!({ "userId": member, "role": "TESTER", "customRoleId": role }),
            "setUserActive" => json!({ "userId": member, "active": false }),
            "setUserRates" => json!({ "userId": member, "hourlyRate": { "amount": 4_500, "currency": "EUR" } }),
            "updateCustomRole" => json!({ "customRoleId": role, "permissions": ["user:invite"] }),
            "deleteCustomRole" => json!({ "customRoleId": role }),
            "revokeSession" => json!({ "sessionId": gid(&self.session) }),
            _ => return None,
        })
    }
}
