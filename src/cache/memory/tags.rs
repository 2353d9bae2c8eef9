//! The states of tags inside the process. A tag that is forgotten gets a new version when it is next asked for.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::RandomState;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::cache::{Mark, TagState, Version};
use crate::model::{Moment, Tag};

/// Tags and their states, in shards that are locked one at a time.
pub(super) struct Tags {
    shards: Vec<Mutex<HashMap<Tag, Held, RandomState>>>,
    hasher: RandomState,
    changes: AtomicU64,
}

enum Held {
    Version(Version, Moment),
    /// Writes are under way.
    Marks(Marks),
}

/// The writes of a tag that are under way.
struct Marks {
    /// Each, until its mark runs out.
    of: Vec<(u64, Instant)>,
    /// When the last happened that is done.
    done: Moment,
    /// Whether there were others beside them, under way or done, since the first of them.
    shared: bool,
}

const SHARDS: u64 = 64;
/// Most tags of a shard; some 30 MB in all.
const MOST: usize = 4_096;

impl Tags {
    pub fn new() -> Tags {
        Tags {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::default(),
            changes: AtomicU64::default(),
        }
    }

    /// How often a state has become another; a tag that had none and gets its version doesn't count.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    fn shard(&self, tag: &Tag) -> &Mutex<HashMap<Tag, Held, RandomState>> {
        let place = self.hasher.hash_one(tag) % SHARDS;
        &self.shards[place as usize]
    }

    /// What is known of a tag.
    pub fn get(&self, tag: &Tag) -> TagState {
        state(self.shard(tag).lock().get(tag))
    }

    /// The same, with a new version where there is none.
    pub fn get_or_create(&self, tag: &Tag) -> TagState {
        let mut shard = self.shard(tag).lock();
        if state(shard.get(tag)) == TagState::Absent {
            self.put(&mut shard, tag, Held::Version(Version::fresh(), Moment::NONE));
        }
        state(shard.get(tag))
    }

    /// Marks it, or prolongs the own mark.
    pub fn mark(&self, tag: &Tag, mark: Mark) {
        let mut shard = self.shard(tag).lock();
        let held = shard.get(tag);
        let mut of = others(held, mark.id);
        let (done, shared) = (done(held), !of.is_empty() || shared(held));
        of.push((mark.id, Instant::now() + mark.life));
        self.put(&mut shard, tag, Held::Marks(Marks { of, done, shared }));
        self.changed();
    }

    /// Takes a mark off; without another there is a new version: that of the mark, where it was the only one.
    pub fn settle(&self, tag: &Tag, mark: u64, moment: Moment) {
        let mut shard = self.shard(tag).lock();
        let held = shard.get(tag);
        let (of, done) = (others(held, mark), done(held).max(moment));
        let held = if of.is_empty() {
            let version = match own(held, mark) && !shared(held) {
                true => Version::from_token(mark),
                false => Version::fresh(),
            };
            Held::Version(version, done)
        } else {
            let shared = true;
            Held::Marks(Marks { of, done, shared })
        };
        self.put(&mut shard, tag, held);
        self.changed();
    }

    /// A full shard forgets an eighth of its versions, whichever come first, but no mark.
    fn put(&self, shard: &mut HashMap<Tag, Held, RandomState>, tag: &Tag, held: Held) {
        if shard.len() >= MOST && !shard.contains_key(tag) {
            let mut left = MOST / 8;
            shard.retain(|_, held| {
                let goes = left > 0 && !matches!(held, Held::Marks(marks) if marks.of.iter().any(stands));
                left -= usize::from(goes);
                !goes
            });
            self.changed();
        }
        match shard.get_mut(tag) {
            Some(there) => *there = held,
            None => drop(shard.insert(*tag, held)),
        }
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }
}

fn state(held: Option<&Held>) -> TagState {
    match held {
        Some(Held::Version(version, moment)) => TagState::Current(*version, *moment),
        Some(Held::Marks(marks)) if marks.of.iter().any(stands) => TagState::Marked(marks.done),
        _ => TagState::Absent,
    }
}

/// When the last write happened that is known to be done.
fn done(held: Option<&Held>) -> Moment {
    held.map_or(Moment::NONE, |held| match held {
        Held::Version(_, moment) => *moment,
        Held::Marks(marks) => marks.done,
    })
}

/// Whether there were others beside the marks that stand.
fn shared(held: Option<&Held>) -> bool {
    matches!(held, Some(Held::Marks(marks)) if marks.shared && marks.of.iter().any(stands))
}

/// Whether this mark stands.
fn own(held: Option<&Held>, mark: u64) -> bool {
    matches!(held, Some(Held::Marks(marks)) if marks.of.iter().any(|known| known.0 == mark && stands(known)))
}

/// The marks of other writes that still stand.
fn others(held: Option<&Held>, own: u64) -> Vec<(u64, Instant)> {
    match held {
        Some(Held::Marks(marks)) => marks
            .of
            .iter()
            .filter(|mark| mark.0 != own && stands(mark))
            .copied()
            .collect(),
        _ => Vec::new(),
    }
}

fn stands((_, until): &(u64, Instant)) -> bool {
    *until > Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Kind};

    #[test]
    fn their_number_is_bounded() {
        let tags = Tags::new();
        for number in 0..MOST as u64 * SHARDS * 2 {
            let mut id = [0; 12];
            id[..8].copy_from_slice(&number.to_be_bytes());
            tags.get_or_create(&Tag::entity(Kind::Task, Id::from_bytes(id)));
        }
        assert!(tags.shards.iter().all(|shard| shard.lock().len() <= MOST));
    }

    #[test]
    fn while_nothing_changes_every_version_stays() {
        let (tags, tag) = (Tags::new(), Tag::entity(Kind::Task, Id::from_bytes([1; 12])));
        let (version, before) = (tags.get_or_create(&tag), tags.changes());
        assert_eq!((tags.get_or_create(&tag), tags.changes()), (version, before));
        tags.settle(&tag, 0, Moment::NONE);
        assert_ne!(tags.get(&tag), version);
        assert_ne!(tags.changes(), before);
    }
}
