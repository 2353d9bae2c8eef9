//! A stranger's walk: every mutation, called with the real ids of another organisation, finds nothing and changes
//! nothing. The walk goes by the schema, so a mutation or an id that is new fails here until it has its row.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{ServiceDocument, TypeKind, TypeSystemDefinition};
use kanvaro::graphql::schema;
use kanvaro::media::Uploads;
use kanvaro::media::blob::Content;
use kanvaro::model::{Asset, CustomRole, Invitation, Project, Rank, Role, Session, Task, User};
use serde_json::{Map, Value, json};

use crate::media;
use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// The value of the file that every request here brings.
const UPLOAD: &str = "#upload:0";
/// The SHA-256 of `a`.
const HASH: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

/// Mutations of people and of what they are.
const ABOUT_COLLEAGUES: [&str; 4] = ["setUserRole", "setUserActive", "updateCustomRole", "deleteCustomRole"];

/// An API of which every request brings a picture.
async fn app() -> TestApp {
    let mut app = TestApp::new().await;
    let mut file = app.app.assets.incoming.create().await.unwrap();
    let picture = media::sample::webp(&media::sample::quarters(8, 6));
    file.write(&picture).await.unwrap();
    app.uploads = Uploads::new([file.finish("picture.webp").await.unwrap()]);
    app
}

/// An organisation with all that a mutation can name.
struct Home {
    tenant: Tenant,
    member: User,
    client: User,
    second: Task,
    third: Task,
    /// Another project of the admin's.
    elsewhere: Project,
    attachment: Asset,
    /// The admin's, whose file is there.
    upload: String,
    /// The admin's.
    session: Session,
    invitation: Invitation,
    /// Nobody's.
    role: CustomRole,
}

impl Home {
    async fn seed(app: &TestApp) -> Home {
        let tenant = Tenant::seed(app).await;
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
        let upload = Home::upload(app, &tenant).await;
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
            upload,
            session,
            invitation,
            role,
        }
    }

    /// An upload of the admin's that only has to be completed.
    async fn upload(app: &TestApp, tenant: &Tenant) -> String {
        let file = json!({
            "kind": "ATTACHMENT", "targetId": gid(&tenant.task), "name": "a.txt", "bytes": 1, "sha256": HASH,
        });
        let upload = app.done(&tenant.admin, "createUpload", file).await;
        let id = upload["id"].as_str().unwrap().to_owned();
        let assets = &app.app.assets;
        let key = assets.links.unseal(&id).unwrap().key();
        assets.blobs.stage(&key, Content::Bytes("a".into())).await.unwrap();
        id
    }

    /// An acceptable input of this mutation, with everything it can name; `None`: there is no row for it.
    fn input(&self, mutation: &str) -> Option<Value> {
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
            "updateCustomRole" => json!({ "customRoleId": role, "permissions": ["user:invite"] }),
            "deleteCustomRole" => json!({ "customRoleId": role }),
            "revokeSession" => json!({ "sessionId": gid(&self.session) }),
            _ => return None,
        })
    }
}

/// The fields of a type: name and type.
fn fields(sdl: &ServiceDocument, name: &str) -> Vec<(String, String)> {
    for definition in &sdl.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        if definition.node.name.node != name {
            continue;
        }
        return match &definition.node.kind {
            TypeKind::Object(object) => {
                let input = |arguments: &[async_graphql::Positioned<_>]| match arguments {
                    [] => String::new(),
                    [one] => input_type(one),
                    _ => panic!("{name}: takes more than one argument"),
                };
                let fields = object.fields.iter().map(|field| &field.node);
                fields
                    .map(|field| (field.name.node.to_string(), input(&field.arguments)))
                    .collect()
            }
            TypeKind::InputObject(object) => {
                let fields = object.fields.iter();
                fields
                    .map(|field| (field.node.name.node.to_string(), input_type(field)))
                    .collect()
            }
            _ => panic!("{name} has no fields"),
        };
    }
    panic!("there is no {name}");
}

fn input_type(field: &async_graphql::Positioned<async_graphql::parser::types::InputValueDefinition>) -> String {
    field.node.ty.node.to_string().replace(['!', '[', ']'], "")
}

/// Every mutation of the schema with the fields of its input that hold ids.
fn mutations() -> Vec<(String, Vec<String>)> {
    let sdl = parse_schema(schema(true).sdl()).unwrap();
    let mut all = Vec::new();
    for (mutation, input) in fields(&sdl, "Mutation") {
        let mut ids = Vec::new();
        if !input.is_empty() {
            ids = fields(&sdl, &input);
            ids.retain(|(_, of)| of == "ID");
        }
        all.push((mutation, ids.into_iter().map(|(field, _)| field).collect()));
    }
    all
}

fn with(mut input: Map<String, Value>, field: &str, foreign: &Value) -> Value {
    let value = foreign.get(field).unwrap_or_else(|| panic!("no row names {field}"));
    input.insert(field.to_owned(), value.clone());
    input.into()
}

#[tokio::test]
async fn the_ids_of_another_organisation_are_absent_in_every_mutation() {
    let mut walked = 0;
    for (mutation, ids) in mutations() {
        if ids.is_empty() {
            continue;
        }
        let app = app().await;
        let (home, other) = (Home::seed(&app).await, Home::seed(&app).await);
        let row = || panic!("{mutation}: has no row in the stranger's walk");
        let (own, foreign) = (
            home.input(&mutation).unwrap_or_else(row),
            other.input(&mutation).unwrap_or_else(row),
        );
        let own = own.as_object().cloned().unwrap();
        let before = app.everything().await;
        let tries = ids
            .iter()
            .map(|field| with(own.clone(), field, &foreign))
            .chain([foreign.clone()]);
        for input in tries {
            let done = app.mutate(&home.tenant.admin, &mutation, input.clone()).await;
            let refused = done.error() == "NOT_FOUND" || done.refusals().iter().any(|(_, code)| *code == "NOT_FOUND");
            assert!(refused, "{mutation} {input}: {}", done.answer);
            assert!(
                app.everything().await == before,
                "{mutation} {input} has changed something"
            );
            walked += 1;
        }
        let done = app.mutate(&home.tenant.admin, &mutation, own.into()).await;
        assert!(
            done.error().is_empty() && done.refusals().is_empty(),
            "{mutation}: {}",
            done.answer
        );
    }
    assert!(walked >= 18 * 2, "only {walked} calls");
}

#[tokio::test]
async fn nobody_signed_in_changes_nothing() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let before = app.everything().await;
    for (mutation, _) in mutations().iter().filter(|(_, ids)| !ids.is_empty()) {
        let input = json!({ "input": home.input(mutation) });
        let document = crate::support::mutation::document(mutation);
        assert_eq!(
            app.error(None, &document, input).await.0,
            "UNAUTHENTICATED",
            "{mutation}"
        );
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn a_project_that_is_not_seen_is_as_absent_as_a_foreign_one() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let outsider = home.tenant.member(&app, Role::Tester).await;
    let before = app.everything().await;
    for (mutation, ids) in mutations() {
        // Whom and what everybody of the organisation sees is not absent.
        if ids.is_empty() || mutation == "createProject" || ABOUT_COLLEAGUES.contains(&mutation.as_str()) {
            continue;
        }
        let done = app.mutate(&outsider, &mutation, home.input(&mutation).unwrap()).await;
        let refused = match mutation.starts_with("bulk") {
            true => done.refusals() == [("taskIds.0", "NOT_FOUND"), ("taskIds.1", "NOT_FOUND")],
            false => done.error() == "NOT_FOUND",
        };
        assert!(refused, "{mutation}: {}", done.answer);
    }
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn ids_that_are_none_or_of_another_kind_are_named_with_their_field() {
    let app = app().await;
    let home = Home::seed(&app).await;
    let organization = gid(&home.tenant.organization);
    for (mutation, ids) in mutations() {
        for field in ids {
            let own = home.input(&mutation).unwrap();
            let own = own.as_object().cloned().unwrap();
            for bad in ["", "prj_x", "\0", &"x".repeat(1 << 20), &organization] {
                let is_list = own[&field].is_array();
                let bad = if is_list { json!([bad]) } else { json!(bad) };
                let done = app
                    .mutate(
                        &home.tenant.admin,
                        &mutation,
                        with(own.clone(), &field, &json!({ &field: bad })),
                    )
                    .await;
                assert_eq!(done.error(), "BAD_USER_INPUT", "{mutation}.{field}");
                let message = done.answer["errors"][0]["message"].as_str().unwrap();
                assert!(
                    message.starts_with(&field) && message.len() < 300,
                    "{mutation}.{field}: {message}"
                );
            }
        }
    }
}
