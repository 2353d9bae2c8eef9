//! The board of a project that comes in: its own columns, and one for each status that tasks have and no column had.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::status::{category, key, meant};
use crate::model::{BoardColumn, Category};

/// The most columns of a board.
const MOST: usize = 30;

/// The columns of this project; `statuses` are those that its tasks have. The second are those that were added.
pub fn columns(project: Fields<'_>, statuses: &BTreeSet<String>) -> (Vec<BoardColumn>, Vec<String>) {
    let mut columns = own(project);
    if columns.is_empty() {
        columns = BoardColumn::standard();
    }
    let mut added = Vec::new();
    for status in statuses {
        let keys: Vec<&str> = columns.iter().map(|column| column.key.as_str()).collect();
        if meant(status, &keys).is_none() && !key(status).is_empty() && columns.len() < MOST {
            columns.push(column(status, None));
            added.push(status.clone());
        }
    }
    (columns, added)
}

fn own(project: Fields<'_>) -> Vec<BoardColumn> {
    let listed = project
        .below("settings")
        .map_or(&[][..], |settings| settings.list("kanbanStatuses"));
    let mut listed: Vec<Fields<'_>> = listed.iter().filter_map(Fields::of).collect();
    listed.sort_by_key(|one| one.whole("order"));
    let mut columns: Vec<BoardColumn> = Vec::new();
    for one in listed {
        let Some(name) = one.text("key").or(one.text("title")) else {
            continue;
        };
        let new = BoardColumn {
            title: one.text("title").unwrap_or(name).chars().take(50).collect(),
            ..column(name, one.text("color"))
        };
        if !new.key.is_empty() && columns.len() < MOST && columns.iter().all(|column| column.key != new.key) {
            columns.push(new);
        }
    }
    columns
}

fn column(name: &str, color: Option<&str>) -> BoardColumn {
    let (key, category) = (key(name), category(name));
    let is_color = |text: &&str| {
        text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let color = color.filter(is_color).unwrap_or(match category {
        Category::Backlog => "#64748b",
        Category::Active => "#3b82f6",
        Category::Done => "#22c55e",
        Category::Cancelled => "#ef4444",
    });
    BoardColumn {
        key,
        title: name.chars().take(50).collect(),
        color: color.to_lowercase(),
        category,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_columns_come_in_their_order_and_unknown_statuses_after_them() {
        let project = json!({ "settings": { "kanbanStatuses": [
            { "key": "shipped", "title": "Shipped!", "color": "green", "order": 2 },
            { "key": "todo", "title": "To do", "color": "#ABCDEF", "order": 1 },
            { "key": "todo", "title": "Again", "order": 3 },
        ] } });
        let statuses = ["To Do", "Waiting for customer"].map(str::to_owned).into();
        let (columns, added) = columns(Fields::of(&project).unwrap(), &statuses);
        let told: Vec<_> = columns
            .iter()
            .map(|one| (one.key.as_str(), one.color.as_str(), one.category))
            .collect();
        let expected = [
            ("todo", "#abcdef", Category::Backlog),
            ("shipped", "#22c55e", Category::Done),
            ("waiting_for_customer", "#3b82f6", Category::Active),
        ];
        assert_eq!(told, expected);
        assert_eq!(added, ["Waiting for customer"]);
    }
}
