//! getBatchData: all that one batch asks for, from the cache as far as it knows, the rest from the store, once each.
//! The order of steps is what keeps it fresh: versions first, the store after, fills under the versions taken before.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use crate::cache::{Cache, Entry, TagState, Version};
use crate::metrics::Metrics;
use crate::model::{AnyEntity, EntityRef, Id, Kind, Moment, Tag};
use crate::store::Store;

use super::LoadError;
use super::fetch::fetch;
use super::fill::{Held, fill, read};
use super::key::{BatchKey, Loaded, Place};

/// What a batch found under each key: it, or why nobody can say.
pub(super) type Found = HashMap<BatchKey, Result<Loaded, LoadError>>;

/// The entities of these references, `None` for those that are absent: one cache multi-get for values and versions,
/// one store call a kind for what is missing, one pipelined write-back.
pub async fn get_batch_data(
    cache: &Cache,
    store: &Store,
    metrics: &Metrics,
    entities: &[EntityRef],
) -> Result<HashMap<EntityRef, Option<AnyEntity>>, LoadError> {
    let keys: Vec<BatchKey> = entities.iter().copied().map(BatchKey::Entity).collect();
    let mut found = load(cache, store, metrics, &keys).await;
    let mut answer = HashMap::with_capacity(entities.len());
    for entity in entities {
        if let Some(found) = found.remove(&BatchKey::Entity(*entity)) {
            answer.insert(*entity, found?.entity());
        }
    }
    Ok(answer)
}

/// All that these keys ask for, with an error only for what it concerns, and the entities of every page beside it.
/// A page that the cache holds is a list of ids: its entities are a batch of their own.
pub(super) async fn load(cache: &Cache, store: &Store, metrics: &Metrics, keys: &[BatchKey]) -> Found {
    let (mut found, pages) = load_once(cache, store, metrics, keys).await;
    if !pages.is_empty() {
        open(cache, store, metrics, pages, &mut found).await;
    }
    found
}

/// A page that the cache holds: its key, what is on it, which of them.
type CachedPage = (BatchKey, Kind, Vec<Id>);

async fn load_once(cache: &Cache, store: &Store, metrics: &Metrics, keys: &[BatchKey]) -> (Found, Vec<CachedPage>) {
    let looked = look_up(cache, store, metrics, keys).await;
    let missing = with_absent_versions(cache, store, looked.missing).await;
    let fetched = fetch(store, metrics, missing.iter().map(|missing| &missing.key)).await;
    fill(cache, &missing, &fetched).await;
    let mut found = looked.found;
    for (key, loaded) in fetched {
        // What was asked for by id stands as it was found.
        found.entry(key).or_insert(loaded);
    }
    (found, looked.pages)
}

/// Puts the entities of cached pages in their places; one that has gone meanwhile leaves none.
async fn open(cache: &Cache, store: &Store, metrics: &Metrics, pages: Vec<CachedPage>, found: &mut Found) {
    let rows = pages
        .iter()
        .flat_map(|(_, kind, ids)| ids.iter().map(|id| entity(*kind, *id)));
    let wanted: HashSet<BatchKey> = rows.filter(|key| !found.contains_key(key)).collect();
    let wanted: Vec<BatchKey> = wanted.into_iter().collect();
    if !wanted.is_empty() {
        found.extend(load_once(cache, store, metrics, &wanted).await.0);
    }
    for (key, kind, ids) in pages {
        let rows = ids
            .into_iter()
            .map(|id| found[&entity(kind, id)].clone().map(Loaded::entity));
        let page = rows.filter_map(Result::transpose).collect::<Result<_, LoadError>>();
        found.insert(key, page.map(Loaded::Page));
    }
}

fn entity(kind: Kind, id: Id) -> BatchKey {
    BatchKey::Entity(EntityRef::new(kind, id))
}

/// The version that something missing from the cache may be filled under.
#[derive(Clone, Copy)]
pub(super) enum Under {
    /// This one.
    Version(Version),
    /// There is none yet.
    Absent,
    /// None: the cache can't be asked, or a write is under way, or this is never kept.
    Nothing,
}

/// What the cache does not have.
pub(super) struct Missing {
    pub key: BatchKey,
    pub place: Option<Place>,
    pub under: Under,
}

#[derive(Default)]
struct Looked {
    found: Found,
    pages: Vec<CachedPage>,
    missing: Vec<Missing>,
}

/// One multi-get for values and the states of their tags, each tag once.
async fn look_up(cache: &Cache, store: &Store, metrics: &Metrics, keys: &[BatchKey]) -> Looked {
    let places: Vec<Option<Place>> = keys.iter().map(BatchKey::place).collect();
    let asked: Vec<String> = places.iter().flatten().map(|place| place.key.clone()).collect();
    let mut tags: Vec<Tag> = places.iter().flatten().map(|place| place.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let got = if asked.is_empty() {
        None
    } else {
        cache.get_many(&asked, &tags).await.ok()
    };
    let states = got.as_ref().map(|got| States::of(store, &tags, &got.tags));
    let mut values = got.into_iter().flat_map(|got| got.values);
    let mut looked = Looked::default();
    for (key, place) in keys.iter().zip(places) {
        let mut under = Under::Nothing;
        if let (Some(place), Some(states)) = (&place, &states) {
            let (value, state) = (values.next().flatten(), states.get(place.tag));
            let (outcome, held) = judge(key, value.as_ref(), state);
            metrics.cache_entry(key.label(), outcome);
            match held {
                Some(Held::Answer(loaded)) => {
                    looked.found.insert(key.clone(), Ok(loaded));
                    continue;
                }
                Some(Held::Page(kind, ids)) => {
                    looked.pages.push((key.clone(), kind, ids));
                    continue;
                }
                None => under = Under::of(state),
            }
        }
        let key = key.clone();
        looked.missing.push(Missing { key, place, under });
    }
    looked
}

/// The states of a batch's tags.
struct States<'t> {
    tags: &'t [Tag],
    states: Vec<TagState>,
}

impl<'t> States<'t> {
    /// Takes them, and sees to it that the store answers with nothing older than they tell of.
    fn of(store: &Store, tags: &'t [Tag], states: &[TagState]) -> States<'t> {
        let moments = states.iter().filter_map(|state| match state {
            TagState::Current(_, moment) => Some(*moment),
            _ => None,
        });
        store.advance(moments.max().unwrap_or_default());
        let states = states.to_vec();
        States { tags, states }
    }

    /// Gives versions to tags in whose place something foreign stands: for the readers to come.
    async fn repair(&self, cache: &Cache) {
        let states = self.tags.iter().zip(&self.states);
        let foreign: Vec<Tag> = states
            .filter(|(_, state)| **state == TagState::Foreign)
            .map(|(tag, _)| *tag)
            .collect();
        if !foreign.is_empty() {
            // Where it fails they stay as they are: readers ask the store.
            let _ = cache.settle(&foreign, rand::random(), Moment::NONE).await;
        }
    }

    fn get(&self, tag: Tag) -> TagState {
        let place = self.tags.binary_search(&tag).ok();
        place.map_or(TagState::Marked, |place| self.states[place])
    }
}

impl Under {
    fn of(state: TagState) -> Under {
        match state {
            TagState::Current(version, _) => Under::Version(version),
            TagState::Absent | TagState::Foreign => Under::Absent,
            TagState::Marked => Under::Nothing,
        }
    }
}

/// Whether cached bytes count: only under the current version, and only if they are what was asked for.
fn judge(asked: &BatchKey, value: Option<&Bytes>, state: TagState) -> (&'static str, Option<Held>) {
    let (TagState::Current(now, _), Some(bytes)) = (state, value) else {
        let outcome = match state {
            TagState::Marked => "marked",
            TagState::Foreign => "foreign",
            TagState::Absent | TagState::Current(..) => "miss",
        };
        return (outcome, None);
    };
    match Entry::peek(bytes) {
        None => ("unreadable", None),
        Some(then) if then == now => match read(asked, bytes) {
            Some(held) => ("hit", Some(held)),
            None => ("unreadable", None),
        },
        _ => ("stale", None),
    }
}

/// Creates the versions that are absent, before the store is asked.
async fn with_absent_versions(cache: &Cache, store: &Store, mut missing: Vec<Missing>) -> Vec<Missing> {
    let absent = missing.iter().filter(|missing| matches!(missing.under, Under::Absent));
    let mut tags: Vec<Tag> = absent.filter_map(|missing| Some(missing.place.as_ref()?.tag)).collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.is_empty() {
        return missing;
    }
    let there = cache.versions(&tags).await.ok();
    let there = there.map(|states| States::of(store, &tags, &states));
    if let Some(there) = &there {
        there.repair(cache).await;
    }
    for missing in missing
        .iter_mut()
        .filter(|missing| matches!(missing.under, Under::Absent))
    {
        let tag = missing.place.as_ref().map(|place| place.tag);
        let state = tag.zip(there.as_ref()).map(|(tag, there)| there.get(tag));
        missing.under = match state {
            Some(TagState::Current(version, _)) => Under::Version(version),
            _ => Under::Nothing,
        };
    }
    missing
}
