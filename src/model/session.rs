//! A signed-in device. The token itself is never stored, only its hash.

use serde::{Deserialize, Serialize};

use super::entity::Direction::Ascending;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

/// A session of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id; the token names it.
    #[serde(rename = "_id")]
    pub id: Id,
    /// The user's organisation.
    pub organization: Id,
    /// How often it has been written.
    #[serde(default)]
    pub version: i64,
    /// Who is signed in.
    pub user_id: Id,
    /// SHA-256 of the token's secret part, in hex.
    pub token_hash: String,
    /// What the device calls itself; at most 300 characters.
    pub user_agent: String,
    /// When it was last used, to within five minutes.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Entity for Session {
    const KIND: Kind = Kind::Session;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("tokenHash", Ascending)]),
        Index::on(&[("userId", Ascending)]),
        Index::expiring(&[("expiresAt", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &[];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.organization
    }

    fn owners(&self) -> Vec<(Field, Id)> {
        Vec::new()
    }

    fn version(&self) -> i64 {
        self.version
    }

    /// An end that comes sooner is not quiet: somebody takes the session away.
    fn hushed(&self, after: &Session) -> Session {
        Session {
            last_seen_at: after.last_seen_at,
            expires_at: self.expires_at.max(after.expires_at),
            ..self.clone()
        }
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
