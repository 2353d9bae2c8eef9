//! What the loaders will record by themselves; goes with that change. Until then no answer may be kept.

use std::collections::BTreeMap;

use crate::cache::Version;
use crate::model::Tag;

use super::Loaders;

/// The versions that all pieces of a request were read under.
#[derive(Clone, Debug, Default)]
pub struct Provenance {}

/// Why an answer must not be kept.
#[derive(Clone, Copy, Debug)]
pub enum Spoiled {
    /// Nobody knows what it was read under.
    Unknown,
}

impl Spoiled {
    /// As metrics name it.
    pub const fn name(self) -> &'static str {
        match self {
            Spoiled::Unknown => "cache_unknown",
        }
    }
}

impl Provenance {
    /// The tags and their versions, or why there is no keeping it.
    pub fn pairs(&self) -> Result<&BTreeMap<Tag, Version>, Spoiled> {
        Err(Spoiled::Unknown)
    }
}

impl Loaders {
    /// What this request was served under.
    pub fn provenance(&self) -> Provenance {
        Provenance::default()
    }
}
