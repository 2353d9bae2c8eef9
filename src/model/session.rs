//! A signed-in device. The token itself is never stored, only its hash.

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

declare! {
    /// A device that a person has signed in on. Seen by that person alone.
    #[serde(rename_all = "camelCase")]
    pub struct Session {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What the device calls itself; at most 300 characters.
        user_agent: String => scalar,
        /// When it signed in.
        created_at: Timestamp => scalar,
        /// When it was last used, to within half an hour.
        last_seen_at: Timestamp => scalar,
        /// When it is signed out by itself, unless it is used until then.
        expires_at: Timestamp => scalar,
        /// The user's organisation.
        organization: Id => hidden,
        /// How often it has been written.
        #[serde(default)]
        version: i64 => hidden,
        /// Who is signed in.
        user_id: Id => hidden,
        /// SHA-256 of the token's secret part, in hex.
        token_hash: String => hidden,
        /// When it was last written.
        updated_at: Timestamp => hidden,
    }
}

impl Entity for Session {
    const KIND: Kind = Kind::Session;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("tokenHash", Ascending)]),
        Index::on(&[("userId", Ascending), ("createdAt", Descending), ("_id", Descending)]),
        Index::expiring(&[("expiresAt", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &["userId"];

    identity!(organization);

    fn owners(&self) -> Vec<(Field, Id)> {
        vec![("userId", self.user_id)]
    }

    /// An end that comes sooner is not quiet: somebody takes the session away.
    fn hushed(&self, after: &Session) -> Session {
        Session {
            last_seen_at: after.last_seen_at,
            expires_at: self.expires_at.max(after.expires_at),
            ..self.clone()
        }
    }
}
