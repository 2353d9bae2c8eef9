//! What somebody said of a task. It is seen only by who sees the task and its project.

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Timestamp, search};

declare! {
    /// What somebody said of a task.
    #[serde(rename_all = "camelCase")]
    pub struct Comment {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What was said, at most 2000 characters.
        body: String => scalar,
        /// Who said it; null when they are gone.
        author: Id => one(User),
        /// What it is about.
        task: Id => one(Task),
        /// The comment on the same task that it answers; null when it answers none, or that one is gone.
        #[serde(default)]
        parent: Option<Id> => one(Comment),
        /// Who is spoken to: at most 20 people who see the task.
        #[serde(default)]
        mentions: Vec<Id> => many(User),
        /// The project of the task.
        project: Id => one(Project),
        /// When it was last reworded; null if it never was.
        #[serde(default)]
        edited_at: Option<Timestamp> => scalar,
        /// How often it has been written; grows by one with each change.
        #[serde(default)]
        version: i64 => scalar,
        /// When it was said.
        created_at: Timestamp => scalar,
        /// When it was last changed.
        updated_at: Timestamp => scalar,
        /// Whose it is.
        organization: Id => hidden,
        /// The terms it is found by; kept by `refresh`.
        #[serde(default)]
        search_terms: Vec<String> => left_out,
    }
}

impl Comment {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        self.search_terms = search::terms([self.body.as_str()]);
    }
}

impl Entity for Comment {
    const KIND: Kind = Kind::Comment;
    const INDEXES: &'static [Index] = &[
        Index::on(&[("task", Ascending), ("createdAt", Ascending), ("_id", Ascending)]),
        Index::on(&[("project", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("searchTerms", Ascending),
            ("_id", Descending),
            ("project", Ascending),
        ]),
    ];
    const LINKS: &'static [&'static str] = &["searchTerms"];
    const OWNERS: &'static [Field] = &["task", "organization"];

    identity!(organization);

    fn owners(&self) -> Vec<(Field, Id)> {
        vec![("task", self.task), ("organization", self.organization)]
    }
}
