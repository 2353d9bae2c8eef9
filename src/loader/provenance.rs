//! What an answer rests on: the tags of all that was read for it, each with the version it was served or loaded under.

use std::collections::BTreeMap;

use crate::cache::Version;
use crate::model::Tag;

/// The union over everything that one request has read so far.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    pairs: BTreeMap<Tag, Version>,
    spoiled: Option<Spoiled>,
}

/// Why an answer made of what was read must not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoiled {
    /// A write was under way on something that was read.
    Marked,
    /// The cache could not be asked, or was not trusted.
    Unknown,
    /// Something was read that bears no tag: no write could know that it changes it.
    Untagged,
    /// The same tag was read under two versions: a write came in between.
    TwoVersions,
    /// More tags than are worth comparing.
    TooManyTags,
    /// The store failed.
    Failed,
}

/// Most tags of one answer.
const MOST_TAGS: usize = 512;

impl Provenance {
    /// Notes what something was served or loaded under.
    pub(super) fn add(&mut self, tag: Tag, version: Version) {
        if self.pairs.len() >= MOST_TAGS && !self.pairs.contains_key(&tag) {
            self.spoil(Spoiled::TooManyTags);
        } else if self.pairs.insert(tag, version).is_some_and(|before| before != version) {
            self.spoil(Spoiled::TwoVersions);
        }
    }

    /// Notes that an answer must not be kept; the first reason stays.
    pub(super) fn spoil(&mut self, reason: Spoiled) {
        self.spoiled.get_or_insert(reason);
    }

    /// The tags and their versions, or why there is no keeping it.
    pub fn pairs(&self) -> Result<&BTreeMap<Tag, Version>, Spoiled> {
        self.spoiled.map_or(Ok(&self.pairs), Err)
    }
}

impl Spoiled {
    /// As metrics name it.
    pub const fn name(self) -> &'static str {
        match self {
            Spoiled::Marked => "marked",
            Spoiled::Unknown => "cache_unknown",
            Spoiled::Untagged => "untagged",
            Spoiled::TwoVersions => "two_versions",
            Spoiled::TooManyTags => "too_many_tags",
            Spoiled::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Kind};

    fn tag(number: u64) -> Tag {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Tag::entity(Kind::Task, Id::from_bytes(bytes))
    }

    #[test]
    fn the_same_pair_twice_is_one_and_another_version_spoils() {
        let (version, mut provenance) = (Version::fresh(), Provenance::default());
        provenance.add(tag(1), version);
        provenance.add(tag(1), version);
        assert_eq!(provenance.pairs().map(BTreeMap::len), Ok(1));
        provenance.add(tag(1), Version::fresh());
        assert_eq!(provenance.pairs(), Err(Spoiled::TwoVersions));
    }

    #[test]
    fn more_tags_than_the_bound_spoil() {
        let mut provenance = Provenance::default();
        (0..MOST_TAGS as u64).for_each(|number| provenance.add(tag(number), Version::fresh()));
        assert!(provenance.pairs().is_ok());
        provenance.add(tag(MOST_TAGS as u64), Version::fresh());
        assert_eq!(provenance.pairs(), Err(Spoiled::TooManyTags));
    }
}
