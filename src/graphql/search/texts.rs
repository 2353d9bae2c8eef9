//! The texts of an entity that a search looks into, by the names of their fields: the telling ones first.

use crate::model::{Comment, Kind, Project, Row, Task, User, Viewer};

/// A text of an entity.
pub struct Text {
    /// The field that it stands in.
    pub field: &'static str,
    /// It.
    pub text: String,
    /// How much it tells that a word stands there; 0 for long texts, which are not looked into to rank what was found.
    pub weight: u32,
}

/// What a title tells.
const TITLE: u32 = 4;
/// What a label tells.
const LABEL: u32 = 2;

/// The texts of this entity that the viewer may read.
pub fn texts(row: &Row, viewer: &Viewer) -> Vec<Text> {
    let Some(kind) = row.reference().map(|entity| entity.kind) else {
        return Vec::new();
    };
    let text = |field, slot, weight| Text {
        field,
        text: row.get(slot).unwrap_or_default(),
        weight,
    };
    let may_read = |slot: usize| {
        let rule = kind.columns()[slot].rule;
        rule.is_none_or(|rule| rule.judge(viewer, row).is_ok())
    };
    match kind {
        Kind::Task => {
            let labels: Vec<String> = row.get(Task::SLOTS.labels).unwrap_or_default();
            let labels = labels.into_iter().map(|text| Text {
                field: "labels",
                text,
                weight: LABEL,
            });
            let first = [
                text("title", Task::SLOTS.title, TITLE),
                text("displayId", Task::SLOTS.display_id, TITLE),
            ];
            let last = [text("description", Task::SLOTS.description, 0)];
            first.into_iter().chain(labels).chain(last).collect()
        }
        Kind::Project => vec![
            text("name", Project::SLOTS.name, TITLE),
            text("description", Project::SLOTS.description, 0),
        ],
        Kind::User => {
            let names = [
                text("firstName", User::SLOTS.first_name, TITLE),
                text("lastName", User::SLOTS.last_name, TITLE),
            ];
            let address = may_read(User::SLOTS.email).then(|| text("email", User::SLOTS.email, LABEL));
            names.into_iter().chain(address).collect()
        }
        Kind::Comment => vec![text("body", Comment::SLOTS.body, 0)],
        Kind::Organization
        | Kind::Session
        | Kind::Asset
        | Kind::CustomRole
        | Kind::Invitation
        | Kind::PasswordReset
        | Kind::Mail => Vec::new(),
    }
}
