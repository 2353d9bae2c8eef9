//! A task of a project.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Priority, Rank, Timestamp, Value, search};

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

declare! {
    /// A task of a project. Seen by everybody who sees the project.
    #[serde(rename_all = "camelCase")]
    pub struct Task {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What people call it: the numbers of project and task, like `7.42`.
        #[serde(default)]
        display_id: String => scalar,
        /// What it was called in projects that it was moved out of, the last at the end; `taskByDisplayId` and `search` find it by
        /// each, unless another task is called so now.
        #[serde(default)]
        former_display_ids: Vec<String> => scalar,
        /// Counts the tasks of the project, from 1.
        #[serde(default)]
        number: i64 => scalar,
        /// What there is to do, at most 200 characters.
        title: String => scalar,
        /// More about it; empty when nothing was written.
        #[serde(default)]
        description: String => scalar,
        /// The key of its column on the project's board.
        status: String => scalar,
        /// How urgent it is.
        priority: Priority => scalar,
        /// What sort of work it is.
        #[serde(rename = "type", default)]
        task_type: TaskType => scalar as "type",
        /// The project it belongs to.
        project: Id => one(Project),
        /// Who made it; null when they are gone.
        created_by: Id => one(User) as "creator",
        /// Who does it.
        #[serde(default)]
        assigned_to: Vec<Id> => many(User) as "assignees",
        /// The task that it is a part of; null when it stands alone.
        #[serde(default)]
        parent: Option<Id> => one(Task),
        /// The tasks of any project that have to be done before it, at most 50; without those that the viewer doesn't see.
        #[serde(default)]
        dependencies: Vec<Id> => many(Task),
        /// Free words, at most 20.
        #[serde(default)]
        labels: Vec<String> => scalar,
        /// The files that hang on it, at most 50.
        #[serde(default)]
        attachments: Vec<Id> => many(Asset),
        /// How much work it is, in points.
        #[serde(default)]
        story_points: Option<i32> => scalar,
        /// How long it should take, in minutes.
        #[serde(default)]
        estimated_minutes: Option<i32> => scalar,
        /// How long it took, in minutes.
        #[serde(default)]
        actual_minutes: Option<i32> => scalar,
        /// When work begins.
        #[serde(default)]
        start_date: Option<Timestamp> => scalar,
        /// When it shall be done.
        #[serde(default)]
        due_date: Option<Timestamp> => scalar,
        /// When it came into a column of category `DONE`; null unless it is in one.
        #[serde(default)]
        completed_at: Option<Timestamp> => scalar,
        /// Its place in the column: tasks of a column sort by this text, byte by byte.
        #[serde(default)]
        rank: Rank => scalar(String),
        /// Whether it is put away: left out of lists and the board unless asked for.
        #[serde(default)]
        is_archived: bool => scalar,
        /// How often it has been written: send it as `expectedVersion` to change only what you have seen.
        #[serde(default)]
        version: i64 => scalar,
        /// When it was made.
        created_at: Timestamp => scalar,
        /// When it was last changed.
        updated_at: Timestamp => scalar,
        /// Whose it is.
        organization: Id => hidden,
        /// `due_date`, or `Timestamp::MAX` so that tasks without one sort last; kept by `refresh`.
        #[serde(default = "Task::undated")]
        due_sort: Timestamp => hidden,
        /// The terms it is found by; kept by `refresh`.
        #[serde(default)]
        search_terms: Vec<String> => left_out,
    }
}

impl Task {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        self.due_sort = self.due_date.unwrap_or(Timestamp::MAX);
        let labels = self.labels.iter().map(String::as_str);
        self.search_terms = search::headed_terms(
            &[&self.title, &self.display_id],
            labels.chain([self.description.as_str()]),
        );
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
        // Counts by status are had from it alone.
        Index::on(&[("project", Ascending), ("isArchived", Ascending), ("status", Ascending)]),
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
            ("completedAt", Ascending),
            ("dueSort", Ascending),
        ]),
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
        // What follows the terms lets a search order and sift what a word finds before any document is read.
        Index::on(&[
            ("organization", Ascending),
            ("searchTerms", Ascending),
            ("isArchived", Ascending),
            ("_id", Descending),
            ("project", Ascending),
        ]),
        Index::on(&[("organization", Ascending), ("formerDisplayIds", Ascending)]),
        Index::on(&[("createdBy", Ascending), ("createdAt", Descending), ("_id", Descending)]),
        Index::on(&[("parent", Ascending)]),
        Index::on(&[("dependencies", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["assignedTo", "dependencies", "searchTerms", "formerDisplayIds"];
    const OWNERS: &'static [Field] = &["project", "organization"];
    const TERMS: &'static [(Field, Field)] = &[
        ("project", "status"),
        ("organization", "assignedTo"),
        ("organization", "status"),
    ];

    identity!(organization);

    fn owners(&self) -> Vec<(Field, Id)> {
        vec![("project", self.project), ("organization", self.organization)]
    }

    fn values(&self, field: Field) -> Vec<Value> {
        match field {
            "status" => vec![Value::Text(self.status.clone())],
            "assignedTo" => self.assigned_to.iter().copied().map(Value::Id).collect(),
            _ => unreachable!("{field} has terms, so its values have a line here"),
        }
    }
}
