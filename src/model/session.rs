//! A signed-in device. The token itself is never stored, only its hash.

use super::declare::declare;
use super::entity::Direction::Ascending;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

declare! {
    /// A session of a user. Clients see none of it.
    #[serde(rename_all = "camelCase")]
    pub struct Session {
        /// Its id; the token names it.
        #[serde(rename = "_id")]
        id: Id => hidden,
        /// The user's organisation.
        organization: Id => hidden,
        /// How often it has been written.
        #[serde(default)]
        version: i64 => hidden,
        /// Who is signed in.
        user_id: Id => hidden,
        /// SHA-256 of the token's secret part, in hex.
        token_hash: String => hidden,
        /// What the device calls itself; at most 300 characters.
        user_agent: String => hidden,
        /// When it was last used, to within five minutes.
        last_seen_at: Timestamp => hidden,
        /// When it ends unless it is used.
        expires_at: Timestamp => hidden,
        /// When it began.
        created_at: Timestamp => hidden,
        /// When it was last written.
        updated_at: Timestamp => hidden,
    }
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
