//! A person who can sign in, and the roles there are.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Id, Index, Kind, Money, Preferences, Timestamp, search};

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

declare! {
    /// A member of an organisation.
    #[serde(rename_all = "camelCase")]
    pub struct User {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// The given name.
        first_name: String => scalar,
        /// The family name.
        last_name: String => scalar,
        /// The address that they sign in with, in lower case.
        email: String => scalar by Address,
        /// What they are in the organisation; decides what they may.
        role: Role => scalar,
        /// What they may besides, as a role that the organisation has made itself; null when they bear none.
        #[serde(default)]
        custom_role: Option<Id> => one(CustomRole),
        /// Whether they may sign in.
        is_active: bool => scalar,
        /// The IANA name of their time zone, like `Europe/Berlin`.
        timezone: String => scalar,
        /// The BCP 47 tag of their language, like `en`.
        language: String => scalar,
        /// The ISO 4217 code of the currency they prefer, like `EUR`.
        currency: String => scalar,
        /// What an hour of theirs costs the organisation; null when nothing was set.
        #[serde(default)]
        hourly_rate: Option<Money> => embedded by OwnRate,
        /// What clients are billed for an hour of theirs; null when nothing was set.
        #[serde(default)]
        billing_rate: Option<Money> => embedded by Rate,
        /// When they last signed in; null if they never have.
        #[serde(default)]
        last_login_at: Option<Timestamp> => scalar,
        /// The organisation they are a member of.
        organization: Id => one(Organization),
        /// How often the record has been written; grows by one with each change.
        #[serde(default)]
        version: i64 => scalar,
        /// When they joined.
        created_at: Timestamp => scalar,
        /// When the record was last changed.
        updated_at: Timestamp => scalar,
        /// Their picture.
        #[serde(default)]
        avatar: Option<Id> => hidden,
        /// How they want things shown; only they see it.
        #[serde(default)]
        preferences: Preferences => hidden,
        /// argon2id in PHC form; never leaves the service floor.
        password_hash: String => left_out,
        /// The terms they are found by; kept by `refresh`.
        #[serde(default)]
        search_terms: Vec<String> => left_out,
    }
}

impl User {
    /// The most minor units that an hour may be worth: enough for currencies of small units, and so little that ten years
    /// of it are an amount still.
    pub const MOST_RATE: i64 = 100_000_000_000;

    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        let (first, last, email) = (self.first_name.as_str(), self.last_name.as_str(), self.email.as_str());
        self.search_terms = match self.role {
            Role::Client => search::kept_terms([first, last], [email]),
            _ => search::terms([first, last, email]),
        };
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
        Index::on(&[
            ("organization", Ascending),
            ("customRole", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("searchTerms", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["searchTerms"];

    identity!(organization);

    fn hushed(&self, after: &User) -> User {
        User {
            last_login_at: after.last_login_at,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_from_before_rates_and_preferences_has_none_and_those_of_everybody() {
        let time = "2026-01-01T12:00:00.000Z";
        let stored = json!({
            "_id": "65f0c0ffee65f0c0ffee65f0", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@acme.test",
            "role": "admin", "isActive": true, "timezone": "UTC", "language": "en", "currency": "USD",
            "organization": "65f0c0ffee65f0c0ffee65f1", "passwordHash": "", "createdAt": time, "updatedAt": time,
        });
        let read: User = serde_json::from_value(stored).unwrap();
        assert_eq!((&read.hourly_rate, &read.billing_rate), (&None, &None));
        assert_eq!(read.preferences, Preferences::default());
    }
}
