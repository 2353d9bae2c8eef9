//! One look into the cache for a batch: what it has that is current, and under which versions the rest may be filled.

use bytes::Bytes;

use crate::cache::{Entry, Got, Key, TagState, Version};
use crate::model::{Id, Kind, Moment, Tag, Timestamp};
use crate::store::Store;

use super::Source;
use super::asked::Asked;
use super::explanation::{Explanation, Floor, Level, Read, trip};
use super::fill::{Held, read};
use super::key::{BatchKey, Outcome, Place};
use super::remembered::Basis;

/// What the cache knows of a batch.
pub(super) struct Look {
    /// What was found under each of the keys, in their order; a page is among `pages`.
    pub found: Vec<Option<Outcome>>,
    pub pages: Vec<CachedPage>,
    pub missing: Vec<Missing>,
    /// The tags of what was found, with its versions.
    pub served: Vec<(Tag, Version)>,
    /// How each key was found, for a request that is explained.
    pub reads: Vec<Read>,
    /// Until when none of what was found is to be loaded anew for its age.
    until: Timestamp,
    counted: Vec<Counted>,
}

/// Of what kind so many were found, and how.
pub(super) type Counted = (&'static str, &'static str, u64);

/// A page that the cache holds.
pub(super) struct CachedPage {
    /// Which of the keys.
    pub at: usize,
    /// What is on it.
    pub kind: Kind,
    /// Which of them.
    pub ids: Vec<Id>,
}

/// What the cache does not have.
pub(super) struct Missing {
    /// Which of the keys.
    pub at: usize,
    pub key: BatchKey,
    pub place: Option<Place>,
    pub under: Under,
}

/// The version that something missing from the cache may be filled under.
#[derive(Clone, Copy)]
pub(super) enum Under {
    /// This one.
    Version(Version),
    /// There is none yet.
    Absent,
    /// None: a write is under way.
    Marked,
    /// None: the cache can't be asked, or this is never kept.
    Unknown,
}

impl Look {
    /// One multi-get for values and the states of their tags.
    pub async fn up(source: &Source, keys: &[BatchKey], asked: &Asked, told: Option<&Explanation>) -> Look {
        let mut got = if asked.keys.is_empty() {
            None
        } else {
            trip(told, Floor::Cache, "get_many", asked.keys.len() + asked.tags.len());
            source.cache.get_many(&asked.keys, &asked.tags).await.ok()
        };
        if let Some(got) = &mut got {
            advance(&source.store, &got.tags);
            let again = look_behind(source, asked, got).await;
            trip(told, Floor::Cache, "get_again", again);
        }
        Look::sorted(source, keys, asked, got.unwrap_or_default(), told).counted(source)
    }

    /// What the process itself holds of all of these, as if the versions that it was filled under were current; `None`
    /// where it lacks something, or holds something that would not count then. No round trip.
    pub fn near(source: &Source, keys: &[BatchKey], asked: &Asked) -> Option<Look> {
        if asked.keys.len() < keys.len() {
            return None;
        }
        let values = source.cache.get_near(&asked.keys);
        if values.len() < keys.len() {
            return None;
        }
        let mut tags = vec![TagState::Absent; asked.tags.len()];
        for (value, tag) in values.iter().zip(&asked.tag_of) {
            let version = Entry::version(value.as_ref()?)?;
            // Of two that bear a tag and were filled under different versions one is old: `sorted` finds it.
            tags[*tag] = TagState::Current(version, Moment::NONE);
        }
        let near = vec![true; keys.len()];
        let look = Look::sorted(source, keys, asked, Got { values, tags, near }, None);
        look.missing.is_empty().then(|| look.counted(source))
    }

    fn counted(self, source: &Source) -> Look {
        count(source, &self.counted);
        self
    }

    /// What all of it rests on; `None` where the cache lacks something.
    pub fn into_basis(self) -> Option<Basis> {
        self.missing.is_empty().then_some(Basis {
            pairs: self.served,
            until: self.until,
            counted: self.counted,
        })
    }

    /// What counts of what was got, and what does not; nothing was got where the cache could not be asked.
    fn sorted(source: &Source, keys: &[BatchKey], asked: &Asked, got: Got, told: Option<&Explanation>) -> Look {
        let mut look = Look {
            found: Vec::with_capacity(keys.len()),
            pages: Vec::new(),
            missing: Vec::new(),
            served: Vec::with_capacity(keys.len()),
            reads: Vec::new(),
            until: Timestamp::from_millis(i64::MAX),
            counted: Vec::new(),
        };
        let at = Reading::now(source);
        let mut values = got.values.into_iter();
        for (nth, (key, place)) in keys.iter().zip(&asked.places).enumerate() {
            let state = place.and_then(|at| got.tags.get(asked.tag_of[at]).copied());
            let value = place.and_then(|_| values.next().flatten());
            let lies = place.map(|at| asked.place(at));
            let read = told.map(|_| Read::of(key, lies.as_ref(), value.as_ref(), at.now));
            let outcome = look.sort_in(at, (nth, key), lies, value.zip(state), state);
            if let Some(read) = read {
                let near = place.and_then(|at| got.near.get(at).copied());
                let level = Level::of(source.cache.engine(), near.unwrap_or_default());
                look.reads.push(read.found(outcome, level));
            }
        }
        look
    }

    /// Counted here first: there are few kinds and outcomes, and many keys.
    fn count(&mut self, kind: &'static str, outcome: &'static str) {
        let mut counted = self.counted.iter_mut();
        match counted.find(|(of, how, _)| *of == kind && *how == outcome) {
            Some((_, _, count)) => *count += 1,
            None => self.counted.push((kind, outcome, 1)),
        }
    }

    fn sort_in(
        &mut self,
        at: Reading,
        (nth, key): (usize, &BatchKey),
        place: Option<Place>,
        held: Option<(Bytes, TagState)>,
        state: Option<TagState>,
    ) -> &'static str {
        let (outcome, held) = match (held, state) {
            (Some((bytes, TagState::Current(version, _))), _) => self.judge(key, bytes, version, at),
            (_, Some(TagState::Marked(_))) => ("marked", None),
            (_, Some(TagState::Foreign)) => ("foreign", None),
            (_, Some(TagState::Absent | TagState::Current(..))) => ("absent", None),
            (_, None) if place.is_none() => ("untagged", None),
            (_, None) => ("unknown", None),
        };
        self.count(key.label(), outcome);
        if let (Some(_), Some(place), Some(TagState::Current(version, _))) = (&held, &place, state) {
            self.served.push((place.tag, version));
        }
        let mut found = None;
        match held {
            Some(Held::Answer(loaded)) => found = Some(Ok(loaded)),
            Some(Held::Page(kind, ids)) => self.pages.push(CachedPage { at: nth, kind, ids }),
            None => self.missing.push(Missing {
                at: nth,
                key: key.clone(),
                place,
                under: state.map_or(Under::Unknown, Under::of),
            }),
        }
        self.found.push(found);
        outcome
    }

    /// Whether cached bytes count: only under the current version, and only if they are what was asked for.
    fn judge(&mut self, asked: &BatchKey, bytes: Bytes, now: Version, at: Reading) -> (&'static str, Option<Held>) {
        match Entry::peek(&bytes) {
            None => ("unreadable", None),
            Some((then, _)) if then != now => ("stale", None),
            Some((_, stamp)) if stamp.is_due(at.now, at.lot) => ("due", None),
            Some((_, stamp)) => match read(asked, bytes) {
                Some(held) => {
                    self.until = self.until.min(stamp.undue_until());
                    ("hit", Some(held))
                }
                None => ("unreadable", None),
            },
        }
    }

    /// Creates the versions that are absent, before the store is asked.
    pub async fn give_versions(&mut self, source: &Source, told: Option<&Explanation>) {
        let absent = self
            .missing
            .iter()
            .filter(|missing| matches!(missing.under, Under::Absent));
        let mut tags: Vec<Tag> = absent.filter_map(|missing| Some(missing.place?.tag)).collect();
        tags.sort_unstable();
        tags.dedup();
        if tags.is_empty() {
            return;
        }
        trip(told, Floor::Cache, "versions", tags.len());
        let there = source.cache.versions(&tags).await.ok();
        let there = there.map(|states| States::of(&source.store, &tags, states));
        if let Some(there) = &there {
            trip(told, Floor::Cache, "settle", there.repair(source).await);
        }
        let lacking = self.missing.iter_mut();
        for missing in lacking.filter(|missing| matches!(missing.under, Under::Absent)) {
            let tag = missing.place.map(|place| place.tag);
            missing.under = match tag.zip(there.as_ref()).map(|(tag, there)| there.get(tag)) {
                Some(TagState::Current(version, _)) => Under::Version(version),
                Some(TagState::Marked(_)) => Under::Marked,
                _ => Under::Unknown,
            };
        }
    }
}

/// Counts what was found, and how.
pub(super) fn count(source: &Source, counted: &[Counted]) {
    for (kind, outcome, count) in counted {
        source.metrics.cache_entries(kind, outcome, *count);
    }
}

/// Looks again for what the level in front holds under versions of before: another process may have filled the level
/// behind it since, and then nobody has to ask the store. Tells how many it has looked for again.
async fn look_behind(source: &Source, asked: &Asked, got: &mut Got) -> usize {
    let is_old = |at: &usize| match (&got.values[*at], got.tags[asked.tag_of[*at]]) {
        (Some(bytes), TagState::Current(now, _)) => Entry::version(bytes) != Some(now),
        _ => false,
    };
    let near = (0..got.near.len()).filter(|at| got.near[*at]);
    let old: Vec<usize> = near.filter(is_old).collect();
    let count = old.len();
    if count == 0 {
        return count;
    }
    let keys: Vec<Key> = old.iter().map(|at| asked.keys[*at]).collect();
    if let Ok(values) = source.cache.get_again(&keys).await {
        for (at, value) in old.into_iter().zip(values) {
            (got.values[at], got.near[at]) = (value, false);
        }
    }
    count
}

/// Sees to it that the store answers with nothing older than these states tell of.
fn advance(store: &Store, states: &[TagState]) {
    let moments = states.iter().filter_map(|state| match state {
        TagState::Current(_, moment) | TagState::Marked(moment) => Some(*moment),
        TagState::Absent | TagState::Foreign => None,
    });
    store.advance(moments.max().unwrap_or_default());
}

/// When a look takes place, and its lot: one for all that it finds, so that what is made together is made anew together.
#[derive(Clone, Copy)]
struct Reading {
    now: Timestamp,
    lot: f64,
}

impl Reading {
    fn now(source: &Source) -> Reading {
        Reading {
            now: source.store.clock().now(),
            lot: 1.0 - rand::random::<f64>(),
        }
    }
}

/// The states of tags that lacked versions.
struct States<'t> {
    tags: &'t [Tag],
    states: Vec<TagState>,
}

impl<'t> States<'t> {
    fn of(store: &Store, tags: &'t [Tag], states: Vec<TagState>) -> States<'t> {
        advance(store, &states);
        States { tags, states }
    }

    /// Gives versions to tags in whose place something foreign stands: for the readers to come; how many these are.
    async fn repair(&self, source: &Source) -> usize {
        let states = self.tags.iter().zip(&self.states);
        let foreign = states.filter(|(_, state)| **state == TagState::Foreign);
        let foreign: Vec<Tag> = foreign.map(|(tag, _)| *tag).collect();
        if !foreign.is_empty() {
            // Where it fails they stay as they are: readers ask the store.
            let _ = source.cache.settle(&foreign, rand::random(), Moment::NONE).await;
        }
        foreign.len()
    }

    fn get(&self, tag: Tag) -> TagState {
        let place = self.tags.binary_search(&tag).ok();
        place.map_or(TagState::Marked(Moment::NONE), |place| self.states[place])
    }
}

impl Under {
    fn of(state: TagState) -> Under {
        match state {
            TagState::Current(version, _) => Under::Version(version),
            TagState::Absent | TagState::Foreign => Under::Absent,
            TagState::Marked(_) => Under::Marked,
        }
    }
}
