//! A task of a project.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::entity::Direction::{Ascending, Descending};
use super::{Entity, Field, Id, Index, Kind, Priority, Rank, Timestamp, search};

/// What sort of work a task is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// Something is broken.
    Bug,
    /// Something new.
    Feature,
    /// Something gets better.
    Improvement,
    /// Something to do.
    #[default]
    Task,
    /// A part of another task.
    Subtask,
}

/// A task on the board of its project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id,
    /// Whose it is.
    pub organization: Id,
    /// How often it has been written.
    #[serde(default)]
    pub version: i64,
    /// Whose task it is.
    pub project: Id,
    /// Sequential in the project, from 1.
    #[serde(default)]
    pub number: i64,
    /// Project number and task number: `7.42`.
    #[serde(default)]
    pub display_id: String,
    /// At most 200 characters.
    pub title: String,
    /// At most 20 000 characters.
    #[serde(default)]
    pub description: String,
    /// The key of its column on the project's board.
    pub status: String,
    /// How urgent it is.
    pub priority: Priority,
    /// What sort of work it is.
    #[serde(rename = "type", default)]
    pub task_type: TaskType,
    /// Who made it.
    pub created_by: Id,
    /// Who does it.
    #[serde(default)]
    pub assigned_to: Vec<Id>,
    /// The task that it is a part of.
    #[serde(default)]
    pub parent: Option<Id>,
    /// Free words, at most 20 of at most 50 characters.
    #[serde(default)]
    pub labels: Vec<String>,
    /// How much work it is, in points.
    #[serde(default)]
    pub story_points: Option<i32>,
    /// How long it should take, in minutes.
    #[serde(default)]
    pub estimated_minutes: Option<i32>,
    /// How long it took, in minutes.
    #[serde(default)]
    pub actual_minutes: Option<i32>,
    /// When work begins.
    #[serde(default)]
    pub start_date: Option<Timestamp>,
    /// When it shall be done.
    #[serde(default)]
    pub due_date: Option<Timestamp>,
    /// `due_date`, or `Timestamp::MAX` so that tasks without one sort last; kept by `refresh`.
    #[serde(default = "Task::undated")]
    pub due_sort: Timestamp,
    /// When it came into a column of category done.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Its place in the column.
    #[serde(default)]
    pub rank: Rank,
    /// Whether it is put away.
    #[serde(default)]
    pub is_archived: bool,
    /// The terms it is found by; kept by `refresh`.
    #[serde(default)]
    pub search_terms: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Task {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        self.due_sort = self.due_date.unwrap_or(Timestamp::MAX);
        let labels = self.labels.iter().map(String::as_str);
        let texts = [self.title.as_str(), self.display_id.as_str()]
            .into_iter()
            .chain(labels);
        self.search_terms = search::terms(texts.chain([self.description.as_str()]));
    }

    fn undated() -> Timestamp {
        Timestamp::MAX
    }
}

impl Entity for Task {
    const KIND: Kind = Kind::Task;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("project", Ascending), ("number", Ascending)]),
        Index::on(&[("project", Ascending), ("createdAt", Descending), ("_id", Descending)]),
        Index::on(&[
            ("project", Ascending),
            ("status", Ascending),
            ("rank", Ascending),
            ("_id", Ascending),
        ]),
        Index::on(&[
            ("project", Ascending),
            ("status", Ascending),
            ("priority", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("project", Ascending), ("rank", Ascending), ("_id", Ascending)]),
        Index::on(&[("project", Ascending), ("updatedAt", Descending), ("_id", Descending)]),
        Index::on(&[("project", Ascending), ("dueSort", Ascending), ("_id", Ascending)]),
        Index::on(&[("project", Ascending), ("priority", Descending), ("_id", Descending)]),
        Index::on(&[
            ("organization", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("organization", Ascending),
            ("updatedAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("dueSort", Ascending), ("_id", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("priority", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("rank", Ascending), ("_id", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("status", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("assignedTo", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("searchTerms", Ascending)]),
        Index::on(&[("createdBy", Ascending), ("createdAt", Descending), ("_id", Descending)]),
        Index::on(&[("parent", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["assignedTo", "searchTerms"];
    const OWNERS: &'static [Field] = &["project", "organization"];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.organization
    }

    fn owners(&self) -> Vec<(Field, Id)> {
        vec![("project", self.project), ("organization", self.organization)]
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
