//! Every mutation, and what of its input has a rule of its own. What was changed is put back into order.

use async_graphql::parser::parse_schema;
use kanvaro::graphql::schema;
use serde_json::{Value, json};

use super::cast::{OWN, PASSWORD, PLACES, Stage};
use super::seen::{Letters, Seen};
use super::walk::Tried;
use crate::support::home::UPLOAD;
use crate::support::sdl::fields;
use crate::support::world::gid;

/// What is special about an input, and it; `None`: the mutation takes none.
type Case = (&'static str, Option<Value>);

/// Does everything, each in each place.
pub async fn change(stage: &mut Stage, tried: &mut Tried) {
    let sdl = parse_schema(schema(true).sdl()).unwrap();
    for (mutation, input) in fields(&sdl, "Mutation") {
        let document = document(&mutation, &input);
        if mutation == "completeUpload" {
            stage.upload().await;
        }
        let labels: Vec<&str> = cases(stage, OWN, &mutation)
            .into_iter()
            .map(|(label, _)| label)
            .collect();
        let places = if names_something(stage, &mutation) { PLACES } else { 1 };
        for (at, label) in labels.into_iter().enumerate() {
            let mut letters = Letters::default();
            for place in 0..places {
                let (_, input) = cases(stage, place, &mutation).swap_remove(at);
                let answer = stage.ask(&document, json!({ "input": input })).await;
                letters.0[place] = letter(&mutation, &answer);
                if letters.0[place] == Seen::Yes {
                    stage.reset(place).await;
                }
            }
            let row = [&mutation, label].join(" ").trim_end().to_owned();
            tried.insert(("mutations", row), letters);
        }
    }
}

fn document(mutation: &str, input: &str) -> String {
    let selected = "{ userErrors { field code message } }";
    match input {
        "" => format!("mutation {{ done: {mutation} {selected} }}"),
        _ => format!("mutation($input: {input}!) {{ done: {mutation}(input: $input) {selected} }}"),
    }
}

fn letter(mutation: &str, answer: &Value) -> Seen {
    if let Some(seen) = Seen::by_error(answer) {
        return seen;
    }
    let refused = answer["data"]["done"]["userErrors"].as_array().unwrap();
    match refused.first() {
        None => Seen::Yes,
        Some(error) if error["code"] == "NOT_FOUND" => Seen::Absent,
        Some(error) => panic!("{mutation} has an input here that isn't acceptable: {error}"),
    }
}

/// Whether its input has ids, which are others in other places.
fn names_something(stage: &Stage, mutation: &str) -> bool {
    mutation == "purgeCache" || stage.places[OWN].home.input(mutation).is_some()
}

/// The inputs of a mutation, each with what is special about it, of the things in this place.
fn cases(stage: &Stage, place: usize, mutation: &str) -> Vec<Case> {
    let one = |input: Value| vec![("", Some(input))];
    let (person, at) = (&stage.person, &stage.places[place]);
    let project = &at.home.tenant.project;
    match mutation {
        "login" => one(json!({ "email": person.email, "password": PASSWORD })),
        "logout" => vec![("", None)],
        "logoutEverywhere" => one(json!({ "keepCurrent": true })),
        "changePassword" => one(json!({ "currentPassword": PASSWORD, "newPassword": "staple battery horse" })),
        "updateProfile" => one(json!({ "timezone": "Europe/Berlin" })),
        "updatePreferences" => one(json!({ "theme": "DARK" })),
        "uploadAvatar" | "uploadOrganizationLogo" => one(json!({ "file": UPLOAD })),
        "acceptInvitation" => one(json!({
            "token": at.tokens.invitation, "firstName": "Grace", "lastName": "Hopper", "password": PASSWORD,
        })),
        "requestPasswordReset" => one(json!({ "email": person.email })),
        "resetPassword" => one(json!({ "token": at.tokens.password, "newPassword": "horse staple battery" })),
        "inviteUser" => one(json!({ "email": "grace@elsewhere.test", "role": "TEAM_MEMBER" })),
        "createCustomRole" => one(json!({ "name": "Listener", "permissions": [] })),
        "updateOrganization" => one(json!({ "timezone": "Europe/Vienna" })),
        "purgeCache" => one(json!({ "tag": format!("project:{}", project.id) })),
        _ => {
            let missing = || panic!("Mutation.{mutation} has no row in tests/it/permissions/mutations.rs");
            let input = at.home.input(mutation).unwrap_or_else(missing);
            of_place(stage, place, mutation, input)
        }
    }
}

fn of_place(stage: &Stage, place: usize, mutation: &str, input: Value) -> Vec<Case> {
    let at = &stage.places[place];
    let (project, task) = (gid(&at.home.tenant.project), gid(&at.home.tenant.task));
    let without = |names: &[&str]| {
        let mut left = input.clone();
        left.as_object_mut()
            .unwrap()
            .retain(|name, _| !names.contains(&name.as_str()));
        Some(left)
    };
    match mutation {
        "updateProject" => {
            let client = json!({ "projectId": project, "clientId": null });
            let budget = json!({ "projectId": project, "budget": { "total": 5, "currency": "EUR" } });
            vec![
                ("", without(&["clientId"])),
                ("(clientId)", Some(client)),
                ("(budget)", Some(budget)),
            ]
        }
        // One that is no part of another.
        "moveTaskToProject" => {
            let alone = json!({ "taskId": gid(&at.home.second), "projectId": gid(&at.home.elsewhere) });
            vec![("", Some(alone))]
        }
        "setUserRole" => vec![("", Some(json!({ "userId": gid(&at.home.member), "role": "VIEWER" })))],
        "createTask" => {
            vec![("", without(&["assigneeIds"])), ("(assigneeIds)", Some(input))]
        }
        "bulkUpdateTasks" => {
            let people = input["assigneeIds"].clone();
            let status = json!({ "taskIds": [task], "status": "done" });
            let assignees = json!({ "taskIds": [task], "assigneeIds": people });
            vec![
                ("", without(&["assigneeIds", "status"])),
                ("(status)", Some(status)),
                ("(assigneeIds)", Some(assignees)),
            ]
        }
        "editComment" | "deleteComment" => {
            let mut own = input.clone();
            own["commentId"] = json!(gid(&at.comment));
            vec![("(one's own)", Some(own)), ("(another's)", Some(input))]
        }
        "createUpload" => {
            let kind = |kind: &str, target: Value| {
                let name = ("a.png", "image/png");
                Some(json!({ "kind": kind, "targetId": target, "name": name.0, "contentType": name.1, "bytes": 1 }))
            };
            vec![
                ("(ATTACHMENT)", Some(input)),
                ("(COVER)", kind("COVER", json!(project))),
                ("(LOGO)", kind("LOGO", Value::Null)),
                ("(AVATAR)", kind("AVATAR", Value::Null)),
            ]
        }
        _ => vec![("", Some(input))],
    }
}
