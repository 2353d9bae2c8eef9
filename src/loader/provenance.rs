//! What an answer rests on: the tags of all that was read for it, each with the version it was served or loaded under.

use std::collections::BTreeMap;

use crate::cache::Version;
use crate::model::Tag;

/// Everything that one request has read so far, in that order. Noting is all that most requests do with it, so the
/// union is worked out only where it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    notes: Vec<(Tag, Version)>,
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
/// Most notes: a tag is noted once each time that something is read which bears it.
const MOST_NOTES: usize = 8 * MOST_TAGS;

impl Provenance {
    /// Notes what something was served or loaded under.
    pub(super) fn add(&mut self, tag: Tag, version: Version) {
        self.add_all(&[(tag, version)]);
    }

    /// The same of many things.
    pub(super) fn add_all(&mut self, notes: &[(Tag, Version)]) {
        if self.notes.len() + notes.len() > MOST_NOTES {
            self.spoil(Spoiled::TooManyTags);
        } else {
            self.notes.extend_from_slice(notes);
        }
    }

    /// Notes that an answer must not be kept; the first reason stays.
    pub(super) fn spoil(&mut self, reason: Spoiled) {
        self.spoiled.get_or_insert(reason);
    }

    /// The tags and their versions, or why there is no keeping it.
    pub fn pairs(&self) -> Result<BTreeMap<Tag, Version>, Spoiled> {
        if let Some(spoiled) = self.spoiled {
            return Err(spoiled);
        }
        let mut pairs = BTreeMap::new();
        for (tag, version) in &self.notes {
            if pairs.insert(*tag, *version).is_some_and(|before| before != *version) {
                return Err(Spoiled::TwoVersions);
            }
        }
        if pairs.len() > MOST_TAGS {
            return Err(Spoiled::TooManyTags);
        }
        Ok(pairs)
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
        assert_eq!(provenance.pairs().map(|pairs| pairs.len()), Ok(1));
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
