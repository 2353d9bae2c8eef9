//! All that is needed to take a picture or file in and to hand it out.

use std::time::Duration;

use crate::model::AssetKind;

use super::blob::Blobs;
use super::{Incoming, Links, Pipeline};

/// Handles on all of it; clones share everything.
#[derive(Clone)]
pub struct Assets {
    /// Where files lie.
    pub blobs: Blobs,
    /// Makes pictures ready.
    pub pictures: Pipeline,
    /// Where they are fetched from.
    pub links: Links,
    /// Where uploads are while they come in.
    pub incoming: Incoming,
    /// How much is taken.
    pub limits: UploadLimits,
    /// How long a link to a private file is good.
    pub link_life: Duration,
    /// How long an address is good to which a file is put.
    pub upload_life: Duration,
}

/// Most bytes of an uploaded file, by what it is for, and most files at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimits {
    /// The picture of a person.
    pub avatar: u64,
    /// The picture of an organisation.
    pub logo: u64,
    /// The picture of a project.
    pub cover: u64,
    /// What hangs on a task.
    pub attachment: u64,
    /// Files of one request.
    pub files: usize,
    /// Files of one person that were put by themselves and wait to be completed.
    pub waiting: u32,
}

impl UploadLimits {
    /// The most bytes of what is uploaded for this.
    pub fn of(&self, kind: AssetKind) -> u64 {
        match kind {
            AssetKind::Avatar => self.avatar,
            AssetKind::Cover => self.cover,
            AssetKind::Logo => self.logo,
            AssetKind::Attachment => self.attachment,
        }
    }

    /// The most bytes of any file.
    pub fn largest(&self) -> u64 {
        [self.avatar, self.logo, self.cover, self.attachment]
            .into_iter()
            .max()
            .unwrap_or_default()
    }
}
