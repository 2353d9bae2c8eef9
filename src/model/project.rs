//! A project: its people, its columns, its money.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{BoardColumn, Budget, Category, Entity, Field, Id, Index, Kind, Timestamp, Value, search};

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

declare! {
    /// A project with its board. Seen by everybody who belongs to it, and by who may `project:view_all`.
    #[serde(rename_all = "camelCase")]
    pub struct Project {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// Counts the projects of the organisation, from 1; the first part of its tasks' `displayId`.
        #[serde(default)]
        number: i64 => scalar,
        /// What it is called, at most 200 characters.
        name: String => scalar,
        /// What it is about; empty when nothing was written.
        #[serde(default)]
        description: String => scalar,
        /// How far it is.
        status: ProjectStatus => scalar,
        /// How urgent it is.
        priority: Priority => scalar,
        /// Who made it; null when they are gone.
        created_by: Id => one(User) as "creator",
        /// The customer it is for; null when there is none.
        #[serde(default)]
        client: Option<Id> => one(User),
        /// The team: everybody who belongs to it besides creator and client.
        #[serde(default)]
        team_members: Vec<Id> => many(User) as "members",
        /// When work begins.
        #[serde(default)]
        start_date: Option<Timestamp> => scalar,
        /// When it shall be done.
        #[serde(default)]
        end_date: Option<Timestamp> => scalar,
        /// Free words, at most 20.
        #[serde(default)]
        tags: Vec<String> => scalar,
        /// The columns of its board, from left to right.
        #[serde(default = "BoardColumn::standard")]
        board_columns: Vec<BoardColumn> => embedded as "columns",
        /// What it may cost; null when nothing was set.
        #[serde(default)]
        budget: Option<Budget> => embedded by Budget,
        /// Whether it is put away: left out of lists unless asked for.
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
        /// Its picture.
        #[serde(default)]
        cover: Option<Id> => hidden,
        /// Explicit roles; whoever has one is the creator, the client or among the team members.
        #[serde(default)]
        project_roles: Vec<ProjectRoleEntry> => hidden,
        /// The terms it is found by; kept by `refresh`.
        #[serde(default)]
        search_terms: Vec<String> => left_out,
    }
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
    const TERMS: &'static [(Field, Field)] = &[("organization", "status")];

    identity!(organization);

    fn owners(&self) -> Vec<(Field, Id)> {
        let team = self.team_members.iter().copied();
        let members = team.chain([self.created_by]).chain(self.client);
        let mut owners = vec![("organization", self.organization)];
        owners.extend(members.map(|user| ("member", user)));
        owners
    }

    fn values(&self, field: Field) -> Vec<Value> {
        match field {
            "status" => vec![Value::stored(&self.status)],
            _ => unreachable!("{field} has terms, so its values have a line here"),
        }
    }
}
