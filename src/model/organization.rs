//! A customer of the product. Never holds mail or database secrets.

use serde::{Deserialize, Serialize};

use super::{Entity, Field, Id, Index, Kind, Timestamp};

/// An organisation and its defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id,
    /// How often it has been written.
    #[serde(default)]
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// Its internet domain.
    #[serde(default)]
    pub domain: Option<String>,
    /// IANA name of its time zone.
    pub timezone: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// BCP 47 tag of its language.
    pub language: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Entity for Organization {
    const KIND: Kind = Kind::Organization;
    const INDEXES: &'static [Index] = &[];
    const LINKS: &'static [&'static str] = &[];
    const OWNERS: &'static [Field] = &[];

    fn id(&self) -> Id {
        self.id
    }

    fn organization(&self) -> Id {
        self.id
    }

    fn owners(&self) -> Vec<(Field, Id)> {
        Vec::new()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn stamp(&mut self, version: i64, at: Timestamp) {
        (self.version, self.updated_at) = (version, at);
    }
}
