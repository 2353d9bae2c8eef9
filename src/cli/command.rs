//! What a person asks of the data, as it is sent to whoever holds the data.

use serde::{Deserialize, Serialize};

use super::demo::DemoPlan;
use super::progress::Step;
use crate::model::Role;
use crate::service::Password;

/// Something to do with the data. Has no `Debug`: it may hold a password.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Adds an account.
    AddUser(Account),
    /// Gives an account a new password.
    SetPassword {
        /// Whose.
        email: String,
        /// Which.
        #[serde(with = "in_clear")]
        password: Password,
    },
    /// Creates the indexes that are missing.
    EnsureIndexes,
    /// Makes demo data.
    MakeDemo(DemoPlan),
    /// Tells what the cache of this process has done.
    CacheStats,
    /// Tells what stands in the cache under a key or tag.
    CacheInspect {
        /// Which.
        key: String,
    },
    /// Purges the cache.
    CachePurge {
        /// Of what bears this tag.
        tag: Option<String>,
        /// Of what was made of this type.
        kind: Option<String>,
        /// Of everything.
        all: bool,
    },
    /// Has the CDN forget something.
    CdnPurge {
        /// These paths.
        paths: Vec<String>,
        /// What bears these tags.
        tags: Vec<String>,
        /// Everything.
        all: bool,
    },
    /// Tells what there is to know of the store, as JSON.
    ExamineStore,
    /// Takes files away that nobody refers to.
    SweepAssets {
        /// Only tells what it would take away.
        dry_run: bool,
    },
}

/// An account to add.
#[derive(Serialize, Deserialize)]
pub struct Account {
    /// Whether its organisation is made when there is none of that name.
    pub founds: bool,
    /// The name of its organisation; `None`: the only one there is.
    pub organization: Option<String>,
    /// The address to sign in with.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What it is in the organisation.
    pub role: Role,
    /// What to sign in with.
    #[serde(with = "in_clear")]
    pub password: Password,
}

/// What comes back: steps, then one end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is on its way.
    Step(Step),
    /// It is done.
    Done {
        /// What was done, for the person.
        text: String,
    },
    /// It could not be done.
    Failed {
        /// Why, for the person.
        text: String,
    },
}

/// A password on its way through the socket, which only the owner of the data can open.
mod in_clear {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Password;

    pub fn serialize<S: Serializer>(password: &Password, encoder: S) -> Result<S::Ok, S::Error> {
        encoder.serialize_str(password.reveal())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(decoder: D) -> Result<Password, D::Error> {
        String::deserialize(decoder).map(Password::new)
    }
}
