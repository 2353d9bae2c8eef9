//! A mail that waits to be sent: written in one step with what it is about, gone once a mail server has taken it. It holds
//! neither text nor token: both are made when it is sent.

use serde::{Deserialize, Serialize};

use super::declare::declare;
use super::entity::Direction::Ascending;
use super::entity::identity;
use super::{Entity, EntityRef, Field, Id, Index, Kind, Timestamp};

declare! {
    /// A mail that waits. Clients see none of it.
    #[serde(rename_all = "camelCase")]
    pub struct Mail {
        /// Its id.
        #[serde(rename = "_id")]
        id: Id => hidden,
        /// The organisation of what it is about.
        organization: Id => hidden,
        /// How often it has been written.
        #[serde(default)]
        version: i64 => hidden,
        /// What it is about.
        topic: Topic => hidden,
        /// Which of these.
        subject: Id => hidden,
        /// How often it has been tried.
        #[serde(default)]
        attempts: u32 => hidden,
        /// When it is to be tried next.
        due_at: Timestamp => hidden,
        /// When it is too late.
        expires_at: Timestamp => hidden,
        /// Since when it waits.
        created_at: Timestamp => hidden,
        /// When it was last written.
        updated_at: Timestamp => hidden,
    }
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Somebody wants a new password.
    PasswordReset,
    /// Somebody is asked to join.
    Invitation,
}

impl Mail {
    /// What it is about.
    pub fn about(&self) -> EntityRef {
        let kind = match self.topic {
            Topic::PasswordReset => Kind::PasswordReset,
            Topic::Invitation => Kind::Invitation,
        };
        EntityRef::new(kind, self.subject)
    }
}

impl Entity for Mail {
    const KIND: Kind = Kind::Mail;
    const INDEXES: &'static [Index] = &[
        Index::on(&[("dueAt", Ascending)]),
        Index::expiring(&[("expiresAt", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &[];

    identity!(organization);
}
