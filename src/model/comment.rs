//! What somebody said of a task. It is seen only by who sees the task and its project.

use serde::{Deserialize, Serialize};

use super::entity::Direction::Ascending;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

/// A comment under a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id,
    /// Whose it is.
    pub organization: Id,
    /// How often it has been written.
    #[serde(default)]
    pub version: i64,
    /// The project of the task.
    pub project: Id,
    /// What it is about.
    pub task: Id,
    /// Who said it.
    pub author: Id,
    /// At most 2000 characters.
    pub body: String,
    /// When it was last reworded.
    #[serde(default)]
    pub edited_at: Option<Timestamp>,
    /// When it was said.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Entity for Comment {
    const KIND: Kind = Kind::Comment;
    const INDEXES: &'static [Index] = &[
        Index::on(&[("task", Ascending), ("createdAt", Ascending), ("_id", Ascending)]),
        Index::on(&[("project", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &["task"];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.organization
    }

    fn owners(&self) -> Vec<(Field, Id)> {
        vec![("task", self.task)]
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
