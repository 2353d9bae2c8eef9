//! Comments of the app: they stood inside their tasks.

use serde_json::{Value, json};

use super::fields::Fields;
use super::report::Report;
use super::task::{born, cut, derived};
use crate::model::{Id, Kind, Task};

const KIND: Kind = Kind::Comment;
const MOST: usize = 2_000;

/// The comments inside the document of this task, as ours.
pub fn comments(document: &Value, task: &Task, report: &mut Report) -> Vec<Value> {
    let Some(fields) = Fields::of(document) else {
        return Vec::new();
    };
    let parts = fields.list("comments").iter().filter_map(Fields::of).enumerate();
    parts
        .filter_map(|(place, part)| comment(part, derived(task.id, "comment", place), task, report))
        .collect()
}

fn comment(part: Fields<'_>, derived: Id, task: &Task, report: &mut Report) -> Option<Value> {
    report.read(KIND, 1);
    let id = part.id().unwrap_or(derived);
    let text = ["content", "body", "text"].iter().find_map(|field| part.text(field));
    let author = ["author", "user", "createdBy"].iter().find_map(|field| part.one(field));
    let (Some(text), Some(author)) = (text, author) else {
        report.refuse(KIND, Some(id), "it has no text or nobody who said it");
        return None;
    };
    if text.chars().count() > MOST {
        report.left_out(KIND, format!("what is beyond {MOST} characters"));
    }
    let (created, updated) = born(part, id);
    Some(json!({
        "_id": id,
        "body": cut(text, MOST),
        "author": author,
        "task": task.id,
        "project": task.project,
        "organization": task.organization,
        "editedAt": (updated > created).then_some(updated),
        "version": 1,
        "createdAt": created,
        "updatedAt": updated,
    }))
}
