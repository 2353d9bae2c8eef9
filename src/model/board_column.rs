//! The columns of a project's board, and what they are to progress.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::Embedded;
use super::declare::declare;

declare! {
    /// A column of a project's board.
    #[derive(Eq)]
    pub struct BoardColumn {
        /// The status of the tasks in it: lower-case letters, digits and underscores, unique on the board.
        key: String => scalar,
        /// What the board shows above it.
        title: String => scalar,
        /// Its colour, as `#rrggbb`.
        color: String => scalar,
        /// What its tasks are to progress and due dates.
        category: Category => scalar,
    }
}

impl Embedded for BoardColumn {}

/// What the tasks of a column are to progress and due dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[graphql(name = "ColumnCategory")]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Not begun.
    Backlog,
    /// Under way.
    Active,
    /// Finished: counts as progress.
    Done,
    /// Given up: counts neither way.
    Cancelled,
}

impl BoardColumn {
    /// The board that a project has unless told otherwise.
    pub fn standard() -> Vec<BoardColumn> {
        [
            ("backlog", "Backlog", "#94a3b8", Category::Backlog),
            ("todo", "To do", "#64748b", Category::Backlog),
            ("in_progress", "In progress", "#3b82f6", Category::Active),
            ("review", "Review", "#a855f7", Category::Active),
            ("testing", "Testing", "#f59e0b", Category::Active),
            ("done", "Done", "#22c55e", Category::Done),
            ("cancelled", "Cancelled", "#ef4444", Category::Cancelled),
        ]
        .map(|(key, title, color, category)| BoardColumn {
            key: key.into(),
            title: title.into(),
            color: color.into(),
            category,
        })
        .into()
    }
}
