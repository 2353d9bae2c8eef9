//! A person who can sign in, and the roles there are.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::entity::Direction::{Ascending, Descending};
use super::{Entity, Id, Index, Kind, Timestamp, search};

/// What a person is in the organisation; decides the permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything.
    Admin,
    /// Looks after people, teams and their time.
    HumanResource,
    /// Runs projects.
    ProjectManager,
    /// Works in the projects they belong to.
    #[default]
    TeamMember,
    /// A customer who follows their projects.
    Client,
    /// Reads the projects they belong to.
    Viewer,
    /// Tests and files what is found.
    QaEngineer,
    /// Tests and files what is found.
    Tester,
    /// Looks after customers and their invoices.
    AccountManager,
}

/// A member of an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their id.
    #[serde(rename = "_id")]
    pub id: Id,
    /// Whose member they are.
    pub organization: Id,
    /// How often the document has been written.
    #[serde(default)]
    pub version: i64,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address, lower-cased; unique in the whole store.
    pub email: String,
    /// argon2id in PHC form; never leaves the service floor.
    pub password_hash: String,
    /// What they are in the organisation.
    pub role: Role,
    /// Whether they may sign in.
    pub is_active: bool,
    /// IANA name of their time zone.
    pub timezone: String,
    /// BCP 47 tag of their language.
    pub language: String,
    /// ISO 4217 code of the currency they see.
    pub currency: String,
    /// When they last signed in.
    #[serde(default)]
    pub last_login_at: Option<Timestamp>,
    /// The terms they are found by; kept by `refresh`.
    #[serde(default)]
    pub search_terms: Vec<String>,
    /// When they joined.
    pub created_at: Timestamp,
    /// When they were last written.
    pub updated_at: Timestamp,
}

impl User {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        self.search_terms = search::terms([self.first_name.as_str(), &self.last_name, &self.email]);
    }
}

impl Entity for User {
    const KIND: Kind = Kind::User;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("email", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("organization", Ascending),
            ("role", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[
            ("organization", Ascending),
            ("isActive", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("searchTerms", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["searchTerms"];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.organization
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn hushed(&self, after: &User) -> User {
        User {
            last_login_at: after.last_login_at,
            ..self.clone()
        }
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
