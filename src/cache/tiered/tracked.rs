//! The states of tags as the shared cache said them last, while somebody tells of every change there in time.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use foldhash::quality::RandomState;
use parking_lot::{Mutex, RwLock};

use crate::cache::TagState;
use crate::cache::key::{VERSIONS, read_version_key};
use crate::model::Tag;

/// Tags and their states.
///
/// Who tells of the changes first has the shared cache tell, then says so with `begin`; from then on calls `forget` for
/// each change and `trust` for each proof that all changes until some time have been told; and `end`s when that can't
/// be proven any more.
///
/// A state comes on another way than the change that ends it, so the change may come first. Therefore who asks the
/// shared cache draws a ticket before: the number of changes told so far of the tags that share a shard. The state is
/// kept only if that is still the number. Nobody has to give a ticket back.
pub struct Tracked {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    /// Until when the states count; `None`: nobody tells of changes.
    until: RwLock<Option<Instant>>,
    /// How many changes have been told, of any tag.
    changes: AtomicU64,
}

#[derive(Default)]
struct Shard {
    changes: u64,
    states: HashMap<Tag, TagState, RandomState>,
}

/// How many changes had been told when it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

const SHARDS: u64 = 256;
/// Most tags of a shard; some 30 MB in all.
const MOST: usize = 1_024;

impl Default for Tracked {
    fn default() -> Tracked {
        Tracked {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::default(),
            until: RwLock::new(None),
            changes: AtomicU64::default(),
        }
    }
}

impl Tracked {
    /// What the keys begin with whose changes must be told.
    pub const PREFIX: &str = VERSIONS;

    /// From now on every change is told. What was asked before this is not kept.
    pub fn begin(&self, until: Instant) {
        self.forget_all();
        *self.until.write() = Some(until);
    }

    /// Every change until shortly before now has been told: the states count until then.
    pub fn trust(&self, until: Instant) {
        if let Some(before) = &mut *self.until.write() {
            *before = until.max(*before);
        }
    }

    /// Changes are no longer told.
    pub fn end(&self) {
        *self.until.write() = None;
        self.forget_all();
    }

    /// This tag has changed.
    pub fn forget(&self, tag: &Tag) {
        {
            let mut shard = self.shard(tag).lock();
            shard.changes += 1;
            shard.states.remove(tag);
        }
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// What stands under this text has changed; what is no version of ours is nobody's business here.
    pub fn forget_text(&self, text: &str) {
        if let Some(tag) = read_version_key(text) {
            self.forget(&tag);
        }
    }

    /// Any tag may have changed.
    pub fn forget_all(&self) {
        for shard in &self.shards {
            let mut shard = shard.lock();
            shard.changes += 1;
            shard.states.clear();
        }
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// How many changes have been told; `None`: states don't count now.
    pub fn changes(&self) -> Option<u64> {
        let changes = self.changes.load(Ordering::SeqCst);
        self.is_trusted().then_some(changes)
    }

    /// Whether states count now.
    pub fn is_trusted(&self) -> bool {
        self.until.read().is_some_and(|until| Instant::now() < until)
    }

    /// The states that are known, for each other tag the ticket under which it may be kept.
    pub(super) fn get_many(&self, tags: &[Tag]) -> Vec<Result<TagState, Ticket>> {
        let is_trusted = self.is_trusted();
        let get = |tag: &Tag| {
            let shard = self.shard(tag).lock();
            let known = shard.states.get(tag).filter(|_| is_trusted).copied();
            known.ok_or(Ticket(shard.changes))
        };
        tags.iter().map(get).collect()
    }

    /// Keeps a state that was asked for after the ticket was drawn. Only a version is worth it: marks end by themselves.
    pub(super) fn keep(&self, tag: &Tag, ticket: Ticket, state: TagState) {
        if !self.is_trusted() || !matches!(state, TagState::Current(..)) {
            return;
        }
        let mut shard = self.shard(tag).lock();
        if shard.changes == ticket.0 {
            shard.make_room(tag);
            shard.states.insert(*tag, state);
        }
    }

    fn shard(&self, tag: &Tag) -> &Mutex<Shard> {
        let place = self.hasher.hash_one(tag) % SHARDS;
        &self.shards[place as usize]
    }
}

impl Shard {
    /// A full shard forgets an eighth of its tags, whichever come first.
    fn make_room(&mut self, tag: &Tag) {
        if self.states.len() >= MOST && !self.states.contains_key(tag) {
            let mut left = MOST / 8;
            self.states.retain(|_, _| {
                left = left.saturating_sub(1);
                left == 0
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cache::{Version, version_key};
    use crate::model::{Id, Kind, Moment};

    const LONG: Duration = Duration::from_secs(60);

    fn current() -> TagState {
        TagState::Current(Version::fresh(), Moment::NONE)
    }

    fn trusted() -> Tracked {
        let tracked = Tracked::default();
        tracked.begin(Instant::now() + LONG);
        tracked
    }

    fn tag(number: usize) -> Tag {
        let mut id = [0; 12];
        id[..8].copy_from_slice(&number.to_be_bytes());
        Tag::entity(Kind::Task, Id::from_bytes(id))
    }

    fn ask(tracked: &Tracked, tag: &Tag) -> Result<TagState, Ticket> {
        tracked.get_many(&[*tag])[0]
    }

    fn kept(tracked: &Tracked, state: TagState) -> bool {
        let ticket = ask(tracked, &tag(0)).unwrap_err();
        tracked.keep(&tag(0), ticket, state);
        ask(tracked, &tag(0)) == Ok(state)
    }

    #[test]
    fn a_version_is_kept_until_it_changes() {
        let tracked = trusted();
        assert!(kept(&tracked, current()));
        tracked.forget(&tag(0));
        assert!(ask(&tracked, &tag(0)).is_err());
    }

    #[test]
    fn a_state_whose_change_was_told_before_it_came_is_not_kept() {
        let tracked = trusted();
        for change in [Tracked::forget_all as fn(&Tracked), |tracked| {
            tracked.forget(&tag(0));
        }] {
            let ticket = ask(&tracked, &tag(0)).unwrap_err();
            change(&tracked);
            tracked.keep(&tag(0), ticket, current());
            assert!(ask(&tracked, &tag(0)).is_err());
        }
    }

    #[test]
    fn a_change_told_by_text_is_that_of_the_tag() {
        let tracked = trusted();
        assert!(kept(&tracked, current()));
        tracked.forget_text("version:of something else");
        assert!(ask(&tracked, &tag(0)).is_ok());
        tracked.forget_text(&version_key(&tag(0)));
        assert!(ask(&tracked, &tag(0)).is_err());
    }

    #[test]
    fn only_versions_are_kept() {
        let tracked = trusted();
        for state in [TagState::Marked, TagState::Absent, TagState::Foreign] {
            assert!(!kept(&tracked, state), "{state:?}");
        }
    }

    #[test]
    fn nothing_counts_before_it_begins_or_after_it_ends_or_without_a_proof_in_time() {
        let tracked = Tracked::default();
        assert!(!kept(&tracked, current()));
        let before = ask(&tracked, &tag(0)).unwrap_err();
        tracked.begin(Instant::now() + LONG);
        tracked.keep(&tag(0), before, current());
        assert!(ask(&tracked, &tag(0)).is_err(), "asked before it began");
        assert!(kept(&tracked, current()));
        tracked.end();
        tracked.trust(Instant::now() + LONG);
        assert!(ask(&tracked, &tag(0)).is_err(), "it has ended");
        tracked.begin(Instant::now());
        assert!(!kept(&tracked, current()), "its time is over");
    }

    #[test]
    fn their_number_is_bounded() {
        let tracked = trusted();
        for number in 0..MOST * 300 {
            let ticket = ask(&tracked, &tag(number)).unwrap_err();
            tracked.keep(&tag(number), ticket, current());
        }
        assert!(tracked.shards.iter().all(|shard| shard.lock().states.len() <= MOST));
        assert!(tracked.shards.iter().any(|shard| shard.lock().states.len() > MOST / 2));
    }

    #[test]
    fn every_change_counts_while_changes_are_told() {
        let tracked = Tracked::default();
        assert_eq!(tracked.changes(), None);
        tracked.begin(Instant::now() + LONG);
        let mut before = tracked.changes();
        for change in [Tracked::forget_all as fn(&Tracked), |tracked| {
            tracked.forget(&tag(0));
        }] {
            change(&tracked);
            let now = tracked.changes();
            assert!(now > before, "{now:?} after {before:?}");
            before = now;
        }
        tracked.end();
        assert_eq!(tracked.changes(), None);
    }
}
