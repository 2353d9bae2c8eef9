//! The version of a tag: a random token. What was cached under one version is served only while it is current.

use std::time::Duration;

use crate::model::Moment;

/// An opaque random token; two are the same version or have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(u64);

impl Version {
    /// How long a version lives: longer than any entry filled under it.
    pub const TTL: Duration = Duration::from_secs(24 * 3600);

    /// A version that has never been before.
    pub fn fresh() -> Version {
        Version(rand::random())
    }

    /// The version with this token.
    pub const fn from_token(token: u64) -> Version {
        Version(token)
    }

    /// Its token.
    pub const fn token(self) -> u64 {
        self.0
    }

    /// The version as it counts under some rule: the reign of a server, the epoch of the cache. The same token under
    /// another rule is another version, so that what comes back from a snapshot revives nothing.
    #[must_use]
    pub const fn mixed(self, rule: u64) -> Version {
        Version(self.0 ^ scattered(rule))
    }
}

/// Every bit of the number spread over all bits, and 0 left as it is; the finalizer of SplitMix64
/// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
const fn scattered(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What the cache says of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagState {
    /// It has no version: nothing that bears it is served before it gets one.
    Absent,
    /// Writes are under way: readers ask the store and fill nothing. The last write that is known to be done happened at this
    /// moment: what the store answers must not be older.
    Marked(Moment),
    /// What was filled under this version is served; the last write of the tag happened at this moment.
    Current(Version, Moment),
    /// Something that none of ours has written stands in its place: as if it were marked, until it is settled.
    Foreign,
}

/// A write under way. Its marks run out by themselves, should the writer never take them off.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Which write; no two have the same.
    pub id: u64,
    /// How long the marks stand at most.
    pub life: Duration,
}

impl Mark {
    /// The mark of a new write.
    pub fn new(life: Duration) -> Mark {
        Mark {
            id: rand::random(),
            life,
        }
    }

    /// The version of what this write alone has changed.
    pub(super) const fn version(self) -> Version {
        Version::from_token(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_under_another_rule_is_another_and_comes_back_under_its_own() {
        let version = Version::fresh();
        assert_eq!(version.mixed(0), version);
        assert_ne!(version.mixed(1), version.mixed(2));
        assert_eq!(version.mixed(7).mixed(7), version);
    }
}
