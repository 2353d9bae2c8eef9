//! What the loaders will record by themselves; goes with that change. Until then no answer may be kept.

use crate::cache::Version;
use crate::model::Tag;

use super::Loaders;

/// The versions that all pieces of a request were read under.
pub struct Provenance {
    /// The union of all pairs.
    pub pairs: Vec<(Tag, Version)>,
    /// Why an answer made of them must not be kept.
    pub spoiled: Option<Reason>,
}

/// Why an answer must not be kept.
pub enum Reason {
    /// Nobody knows what it was read under.
    Unknown,
}

impl Reason {
    /// As metrics name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Reason::Unknown => "unknown",
        }
    }
}

impl Loaders {
    /// What this request was served under.
    pub fn provenance(&self) -> Provenance {
        let (pairs, spoiled) = (Vec::new(), Some(Reason::Unknown));
        Provenance { pairs, spoiled }
    }
}
