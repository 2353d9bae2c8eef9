//! A customer of the product. Never holds mail or database secrets.

use super::declare::declare;
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Timestamp};

declare! {
    /// A customer of the product: every person, project and task belongs to one, and none sees another's.
    #[serde(rename_all = "camelCase")]
    pub struct Organization {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What it is called.
        name: String => scalar,
        /// Its internet domain, like `example.com`.
        #[serde(default)]
        domain: Option<String> => scalar,
        /// The IANA name of its time zone, like `Europe/Berlin`.
        timezone: String => scalar,
        /// The ISO 4217 code of its currency, like `EUR`.
        currency: String => scalar,
        /// The BCP 47 tag of its language, like `en`.
        language: String => scalar,
        /// How often it has been written; grows by one with each change.
        #[serde(default)]
        version: i64 => scalar,
        /// When it was made.
        created_at: Timestamp => scalar,
        /// When it was last changed.
        updated_at: Timestamp => scalar,
        /// Its picture.
        #[serde(default)]
        logo: Option<Id> => hidden,
    }
}

impl Entity for Organization {
    const KIND: Kind = Kind::Organization;
    const INDEXES: &'static [Index] = &[];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &[];

    identity!(id);
}
