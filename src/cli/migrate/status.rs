//! Statuses that were free text, as keys of a board's columns.

use crate::model::Category;

/// What people wrote for the columns that every board had.
const KNOWN: [(&str, &[&str]); 7] = [
    ("backlog", &["open", "new", "inbox", "ideas"]),
    ("todo", &["to_do", "ready", "planned", "not_started", "pending"]),
    (
        "in_progress",
        &["inprogress", "doing", "started", "active", "wip", "working", "ongoing"],
    ),
    ("review", &["in_review", "inreview", "code_review", "reviewing"]),
    ("testing", &["in_testing", "test", "qa", "in_qa", "ready_for_qa"]),
    (
        "done",
        &["completed", "complete", "closed", "resolved", "finished", "shipped"],
    ),
    ("cancelled", &["canceled", "rejected", "wont_do", "abandoned"]),
];

/// The text as a key: lower-case letters, digits, and underscores for what else there is.
pub fn key(text: &str) -> String {
    let mut key = String::new();
    for letter in text.trim().chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => key.push(letter),
            '\'' | '’' => {}
            _ if key.is_empty() || key.ends_with('_') => {}
            _ => key.push('_'),
        }
    }
    key.truncate(50);
    key.trim_end_matches('_').to_owned()
}

/// The key of the column that is meant, among these: itself, or what people also write for one of them.
pub fn meant<'k>(text: &str, keys: &[&'k str]) -> Option<&'k str> {
    let written = key(text);
    let same = keys.iter().copied().find(|key| *key == written);
    same.or_else(|| {
        let (known, _) = KNOWN.iter().find(|(_, others)| others.contains(&written.as_str()))?;
        keys.iter().copied().find(|key| key == known)
    })
}

/// What a column of this key is to progress.
pub fn category(text: &str) -> Category {
    let written = key(text);
    let known = KNOWN
        .iter()
        .find(|(key, others)| *key == written || others.contains(&written.as_str()));
    match known.map(|(key, _)| *key) {
        Some("backlog" | "todo") => Category::Backlog,
        Some("done") => Category::Done,
        Some("cancelled") => Category::Cancelled,
        _ => Category::Active,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_one_of_the_columns() {
        let keys = ["backlog", "todo", "in_progress", "done", "design_review"];
        for (written, expected) in [
            ("In Progress", Some("in_progress")),
            ("in-progress", Some("in_progress")),
            ("  DONE ", Some("done")),
            ("Completed", Some("done")),
            ("Design   Review", Some("design_review")),
            ("To Do", Some("todo")),
            ("QA", None),
            ("Waiting for customer", None),
            ("完了", None),
        ] {
            assert_eq!(meant(written, &keys), expected, "{written}");
        }
    }
}
