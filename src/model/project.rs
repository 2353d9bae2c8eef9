//! A project: its board, its people, its money.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::entity::Direction::{Ascending, Descending};
use super::{Entity, Field, Id, Index, Kind, Timestamp, search};

/// How far a project is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// An idea, not yet announced.
    Draft,
    /// Being planned.
    #[default]
    Planning,
    /// Being worked on.
    Active,
    /// Waiting.
    OnHold,
    /// Done.
    Completed,
    /// Given up.
    Cancelled,
}

/// How urgent a project or task is; stored as its rank, so that it sorts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Enum)]
#[serde(into = "i64", from = "i64")]
pub enum Priority {
    /// Some day.
    Low,
    /// In its turn.
    #[default]
    Medium,
    /// Before others.
    High,
    /// Now.
    Critical,
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> i64 {
        priority as i64
    }
}

impl From<i64> for Priority {
    fn from(rank: i64) -> Priority {
        match rank {
            i64::MIN..=0 => Priority::Low,
            1 => Priority::Medium,
            2 => Priority::High,
            3..=i64::MAX => Priority::Critical,
        }
    }
}

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

/// What a person is in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Runs the project.
    ProjectManager,
    /// Works on its tasks.
    ProjectMember,
    /// Reads it.
    ProjectViewer,
    /// Reads and comments as its customer.
    ProjectClient,
}

/// A person's explicit role in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRoleEntry {
    /// Who.
    pub user: Id,
    /// As what.
    pub role: ProjectRole,
}

/// A column of the board; its key is the status of the tasks in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardColumn {
    /// Unique in the board: lower-case letters, digits and underscores, at most 40.
    pub key: String,
    /// What the board shows above it.
    pub title: String,
    /// `#rrggbb`.
    pub color: String,
    /// What its tasks are to progress.
    pub category: Category,
}

/// What a project may cost, in minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// What may be spent.
    pub total: i64,
    /// What has been spent.
    pub spent: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// A project of an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id,
    /// Whose it is.
    pub organization: Id,
    /// How often it has been written.
    #[serde(default)]
    pub version: i64,
    /// Sequential in the organisation, from 1.
    #[serde(default)]
    pub number: i64,
    /// At most 200 characters.
    pub name: String,
    /// At most 20 000 characters.
    #[serde(default)]
    pub description: String,
    /// How far it is.
    pub status: ProjectStatus,
    /// How urgent it is.
    pub priority: Priority,
    /// Who made it; counts as its manager.
    pub created_by: Id,
    /// The customer it is for: a user of role client.
    #[serde(default)]
    pub client: Option<Id>,
    /// Everybody who belongs to it besides creator and client.
    #[serde(default)]
    pub team_members: Vec<Id>,
    /// Explicit roles; whoever has one is the creator, the client or among the team members.
    #[serde(default)]
    pub project_roles: Vec<ProjectRoleEntry>,
    /// When work begins.
    #[serde(default)]
    pub start_date: Option<Timestamp>,
    /// When it shall be done.
    #[serde(default)]
    pub end_date: Option<Timestamp>,
    /// Free words, at most 20 of at most 50 characters.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The board, from left to right; never empty.
    #[serde(default = "BoardColumn::standard")]
    pub board_columns: Vec<BoardColumn>,
    /// What it may cost.
    #[serde(default)]
    pub budget: Option<Budget>,
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

impl Project {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        self.search_terms = search::terms([self.name.as_str(), &self.description]);
    }

    /// The column with this key.
    pub fn column(&self, key: &str) -> Option<&BoardColumn> {
        self.board_columns.iter().find(|column| column.key == key)
    }

    /// What tasks of this status are to progress; a status whose column is gone counts as active.
    pub fn category(&self, status: &str) -> Category {
        self.column(status).map_or(Category::Active, |column| column.category)
    }
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

impl Entity for Project {
    const KIND: Kind = Kind::Project;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("organization", Ascending), ("number", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("organization", Ascending),
            ("isArchived", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("organization", Ascending),
            ("status", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("searchTerms", Ascending)]),
        Index::on(&[("createdBy", Ascending)]),
        Index::on(&[("client", Ascending)]),
        Index::on(&[("teamMembers", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["teamMembers", "searchTerms"];
    const OWNERS: &'static [Field] = &["organization", "member"];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.organization
    }

    fn owners(&self) -> Vec<(Field, Id)> {
        let team = self.team_members.iter().copied();
        let members = team.chain([self.created_by]).chain(self.client);
        let mut owners = vec![("organization", self.organization)];
        owners.extend(members.map(|user| ("member", user)));
        owners
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
