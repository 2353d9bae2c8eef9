//! Mutations by name: the document around an input, and what came of it.

use kanvaro::model::{AnyEntity, Filter, Kind, User};
use serde_json::{Value, json};

use super::app::TestApp;

const PROJECT: &str = "project { id version number name description status priority client { id } members { id } \
    roles { user { id } role } startDate endDate tags columns { key title color category } isArchived \
    budget { total { amount currency } spent { amount } } }";
const TASK: &str = "task { id version number displayId title description status priority type assignees { id } \
    parent { id } dependencies { id } isBlocked labels attachments { id } storyPoints estimatedMinutes actualMinutes startDate dueDate completedAt rank isArchived }";
const COMMENT: &str = "comment { id body editedAt author { id } parent { id } mentions { id } }";
const USER: &str = "user { id firstName lastName timezone language currency }";

const PERSON: &str = "user { id version role isActive customRole { id } }";
const RATES: &str = "user { id version hourlyRate { amount currency } billingRate { amount currency } }";
const PREFERENCES: &str = "viewer { preferences { theme sidebarCollapsed dateFormat timeFormat } }";
const CUSTOM_ROLE: &str = "customRole { id version name permissions }";
const ORGANIZATION: &str = "organization { id version name domain timezone currency language }";

/// The document of a mutation that takes one input object named for it.
pub fn document(name: &str) -> String {
    let object = match name {
        "deleteProject" => format!("deletedId {PROJECT}"),
        "deleteTask" => format!("deletedId {TASK}"),
        "deleteComment" | "cancelInvitation" => "deletedId".to_owned(),
        "bulkUpdateTasks" | "bulkDeleteTasks" => {
            format!("results {{ taskId {TASK} userErrors {{ field code message }} }}")
        }
        "deleteCustomRole" => format!("deletedId {CUSTOM_ROLE}"),
        _ if name.ends_with("CustomRole") => CUSTOM_ROLE.to_owned(),
        "setUserRole" | "setUserActive" => PERSON.to_owned(),
        "setUserRates" => RATES.to_owned(),
        "updatePreferences" => PREFERENCES.to_owned(),
        "updateOrganization" | "uploadOrganizationLogo" => ORGANIZATION.to_owned(),
        "updateProfile" | "changePassword" | "uploadAvatar" => USER.to_owned(),
        "revokeSession" => "revokedId".to_owned(),
        "requestPasswordReset" => "accepted".to_owned(),
        "resetPassword" => "changed".to_owned(),
        "inviteUser" => "invitation { id email role }".to_owned(),
        "login" | "acceptInvitation" => format!("token {USER}"),
        "createUpload" => "upload { id }".to_owned(),
        "completeUpload" => format!("{TASK} {USER}"),
        _ if name.ends_with("Comment") => COMMENT.to_owned(),
        _ if name.contains("Task") => TASK.to_owned(),
        _ => PROJECT.to_owned(),
    };
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ done: {name}(input: $input) {{ {object} userErrors {{ field code message }} }} }}"
    )
}

/// What came of a mutation.
#[derive(Debug)]
pub struct Done {
    /// The whole answer.
    pub answer: Value,
}

impl Done {
    /// The payload.
    pub fn payload(&self) -> &Value {
        &self.answer["data"]["done"]
    }

    /// The code of the GraphQL error; empty without one.
    pub fn error(&self) -> &str {
        self.answer["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }

    /// Field and code of each user error.
    pub fn refusals(&self) -> Vec<(&str, &str)> {
        let errors = self.payload()["userErrors"].as_array().map_or(&[][..], Vec::as_slice);
        errors
            .iter()
            .map(|error| {
                let text = |key: &str| error[key].as_str().unwrap_or_default();
                (text("field"), text("code"))
            })
            .collect()
    }

    /// The changed object; panics unless it was changed.
    pub fn object(&self, name: &str) -> &Value {
        assert!(self.error().is_empty() && self.refusals().is_empty(), "{}", self.answer);
        &self.payload()[name]
    }
}

impl TestApp {
    /// Does this as this user.
    pub async fn mutate(&self, who: &User, name: &str, input: Value) -> Done {
        let answer = self.query(who, &document(name), json!({ "input": input })).await;
        Done { answer }
    }

    /// Does this as this user, and panics unless it was done; returns the object.
    pub async fn done(&self, who: &User, name: &str, input: Value) -> Value {
        let done = self.mutate(who, name, input).await;
        let payload = done.payload().as_object().cloned().unwrap_or_default();
        let object = payload.keys().find(|key| *key != "userErrors");
        done.object(object.unwrap_or(&String::new())).clone()
    }

    /// All that the store holds, as text that can be compared.
    pub async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            let ids = self.app.store.ids(*kind, &Filter::everything(), 100_000).await.unwrap();
            let found: Vec<AnyEntity> = match ids.is_empty() {
                true => Vec::new(),
                false => self.app.store.get_many(*kind, &ids).await.unwrap(),
            };
            all.extend(found.iter().map(|any| serde_json::to_string(any).unwrap()));
        }
        all.sort_unstable();
        all
    }
}
