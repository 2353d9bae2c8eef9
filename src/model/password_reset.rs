//! The right to choose a new password without the old one, for whoever has the mail. Of the tokens that were sent only
//! hashes are stored.

use super::declare::declare;
use super::entity::Direction::Ascending;
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

declare! {
    /// A request for a new password. Clients see none of it.
    #[serde(rename_all = "camelCase")]
    pub struct PasswordReset {
        /// Its id; the tokens name it.
        #[serde(rename = "_id")]
        id: Id => hidden,
        /// Whose it is; that of an address that nobody has is a made-up one.
        organization: Id => hidden,
        /// How often it has been written.
        #[serde(default)]
        version: i64 => hidden,
        /// Whose password; nobody's where the address is nobody's, so that it takes the same work.
        #[serde(default)]
        user_id: Option<Id> => hidden,
        /// Until when it may be used.
        expires_at: Timestamp => hidden,
        /// When it was asked for.
        created_at: Timestamp => hidden,
        /// When it was last written.
        updated_at: Timestamp => hidden,
        /// SHA-256 of the secret parts of the tokens that were sent, in hex.
        #[serde(default)]
        token_hashes: Vec<String> => left_out,
    }
}

impl Entity for PasswordReset {
    const KIND: Kind = Kind::PasswordReset;
    const INDEXES: &'static [Index] = &[
        Index::on(&[("userId", Ascending)]),
        Index::expiring(&[("expiresAt", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &[];

    identity!(organization);
}
