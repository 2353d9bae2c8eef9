//! Who is asked to join an organisation, and as what. Of the tokens that were sent only hashes are stored.

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Id, Index, Kind, Role, Timestamp};

declare! {
    /// Somebody who was asked to join the organisation and hasn't yet. Seen by who may invite.
    #[serde(rename_all = "camelCase")]
    pub struct Invitation {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// The address that was written to, in lower case.
        email: String => scalar,
        /// What they will be in the organisation.
        role: Role => scalar,
        /// Who asked them.
        invited_by: Id => one(User),
        /// Until when they may accept.
        expires_at: Timestamp => scalar,
        /// When they were asked.
        created_at: Timestamp => scalar,
        /// Whose it is.
        organization: Id => hidden,
        /// How often it has been written.
        #[serde(default)]
        version: i64 => hidden,
        /// When it was last written.
        updated_at: Timestamp => hidden,
        /// SHA-256 of the secret parts of the tokens that were sent, in hex.
        #[serde(default)]
        token_hashes: Vec<String> => left_out,
    }
}

impl Entity for Invitation {
    const KIND: Kind = Kind::Invitation;
    const INDEXES: &'static [Index] = &[
        Index::on(&[
            ("organization", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
        Index::on(&[("organization", Ascending), ("email", Ascending)]),
        Index::expiring(&[("expiresAt", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &[];

    identity!(organization);
}
