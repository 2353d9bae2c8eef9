//! An uploaded file: a picture with what was made of it, or a file that hangs on a task. It is seen only by who sees what
//! it belongs to.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::declare::declare;
use super::entity::Direction::Ascending;
use super::entity::identity;
use super::{Entity, Field, Id, Index, Kind, Picture, Timestamp};

/// What an asset is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// The picture of a person.
    Avatar,
    /// The picture of a project.
    Cover,
    /// The picture of an organisation.
    Logo,
    /// A file that hangs on a task.
    Attachment,
}

impl AssetKind {
    /// What it belongs to.
    pub const fn owner(self) -> Kind {
        match self {
            AssetKind::Avatar => Kind::User,
            AssetKind::Cover => Kind::Project,
            AssetKind::Logo => Kind::Organization,
            AssetKind::Attachment => Kind::Task,
        }
    }
}

declare! {
    /// An uploaded file. Seen by everybody who sees what it belongs to.
    #[serde(rename_all = "camelCase")]
    pub struct Asset {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What it is for.
        kind: AssetKind => scalar,
        /// What it was called when it was uploaded, made safe to save under.
        name: String => scalar,
        /// Its media type, as its content tells it.
        content_type: String => scalar,
        /// How many bytes were uploaded.
        bytes: i64 => scalar,
        /// Who uploaded it; null when they are gone.
        uploaded_by: Id => one(User),
        /// How often it has been written; grows by one with each change.
        #[serde(default)]
        version: i64 => scalar,
        /// When it was uploaded.
        created_at: Timestamp => scalar,
        /// When it was last changed.
        updated_at: Timestamp => scalar,
        /// Whose it is.
        organization: Id => hidden,
        /// What it belongs to: of the kind that goes with its own.
        owner: Id => hidden,
        /// What was made of a picture.
        #[serde(default)]
        picture: Option<Picture> => embedded,
        /// Where a file lies that is handed out as it came.
        #[serde(default)]
        file: Option<String> => hidden,
        /// The project that it goes with.
        #[serde(default)]
        project: Option<Id> => left_out,
        /// The SHA-256 of what was uploaded, in hexadecimal digits.
        #[serde(default)]
        sha256: String => left_out,
        /// Where all of it lies, so that what nobody needs any more can be told; kept by `refresh`.
        #[serde(default)]
        keys: Vec<String> => left_out,
    }
}

impl Asset {
    /// Brings what is derived from other fields up to date; every writer calls it last.
    pub fn refresh(&mut self) {
        let variants = self.picture.iter().flat_map(|picture| &picture.variants);
        self.keys = variants
            .map(|variant| variant.key.clone())
            .chain(self.file.clone())
            .collect();
        self.keys.sort_unstable();
        self.keys.dedup();
    }
}

impl Entity for Asset {
    const KIND: Kind = Kind::Asset;
    const INDEXES: &'static [Index] = &[
        Index::on(&[("owner", Ascending)]),
        Index::on(&[("project", Ascending)]),
        Index::on(&[("keys", Ascending)]),
    ];
    const LINKS: &'static [&'static str] = &["keys"];
    /// They are found through what they belong to; there are no lists of them.
    const OWNERS: &'static [Field] = &[];

    identity!(organization);
}
