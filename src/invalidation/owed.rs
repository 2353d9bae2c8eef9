//! The tags whose versions could not be renewed when a write ended, until they are.

use std::collections::BTreeSet;

use parking_lot::Mutex;

use crate::model::Tag;

/// A bounded set of tags, and whether somebody works on it.
#[derive(Default)]
pub(super) struct Owed {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    tags: BTreeSet<Tag>,
    worked: bool,
}

/// Most tags that wait; some ten megabytes.
const MOST: usize = 100_000;
/// Most tags renewed in one call.
const CHUNK: usize = 1_000;

impl Owed {
    /// Whether there are tags waiting or being renewed: then the cache is known to be away.
    pub fn is_some(&self) -> bool {
        let inner = self.inner.lock();
        inner.worked || !inner.tags.is_empty()
    }

    /// Adds tags as far as there is room; returns how many found none.
    pub fn add(&self, tags: impl IntoIterator<Item = Tag>) -> usize {
        let mut inner = self.inner.lock();
        let mut refused = 0;
        for tag in tags {
            if inner.tags.len() < MOST || inner.tags.contains(&tag) {
                inner.tags.insert(tag);
            } else {
                refused += 1;
            }
        }
        refused
    }

    /// True for the one caller that shall work on the tags from now on.
    pub fn claim(&self) -> bool {
        let mut inner = self.inner.lock();
        !std::mem::replace(&mut inner.worked, true)
    }

    /// Takes some tags out. With none left the claim ends: `None`.
    ///
    /// They are out while they are being renewed, so that a tag that is added meanwhile is renewed once more.
    pub fn take(&self) -> Option<Vec<Tag>> {
        let mut inner = self.inner.lock();
        let some: Vec<Tag> = inner.tags.iter().take(CHUNK).copied().collect();
        for tag in &some {
            inner.tags.remove(tag);
        }
        inner.worked = !some.is_empty();
        inner.worked.then_some(some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Kind};

    fn tag(number: usize) -> Tag {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Tag::entity(Kind::Task, Id::from_bytes(bytes))
    }

    #[test]
    fn it_holds_each_tag_once_and_no_more_than_its_bound() {
        let owed = Owed::default();
        assert_eq!(owed.add((0..MOST).chain(0..10).map(tag)), 0);
        assert_eq!(owed.add((0..MOST + 3).map(tag)), 3);
        assert_eq!(owed.inner.lock().tags.len(), MOST);
    }

    #[test]
    fn a_tag_added_while_it_is_being_renewed_is_taken_again() {
        let owed = Owed::default();
        owed.add([tag(1)]);
        assert!(owed.claim());
        assert!(!owed.claim());
        assert_eq!(owed.take(), Some(vec![tag(1)]));
        owed.add([tag(1)]);
        assert_eq!(owed.take(), Some(vec![tag(1)]));
        assert_eq!(owed.take(), None);
        assert!(owed.claim());
    }
}
