//! getBatchData: all that one batch asks for, from the cache as far as it knows, the rest from the store, once each.
//! The order of steps is what keeps it fresh: versions first, the store after, fills under the versions taken before.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;

use crate::cache::{Cache, Entry, Put, Version, version_key};
use crate::metrics::Metrics;
use crate::model::{AnyEntity, EntityRef, Id, Kind, Tag};
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
    let looked = look_up(cache, metrics, keys).await;
    let missing = with_absent_versions(cache, looked.missing).await;
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
    /// None: the cache can't be asked, or holds something foreign in its place, or never holds this.
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

/// One multi-get for values and the versions of their tags, each version once.
async fn look_up(cache: &Cache, metrics: &Metrics, keys: &[BatchKey]) -> Looked {
    let places: Vec<Option<Place>> = keys.iter().map(BatchKey::place).collect();
    let mut asked: Vec<String> = places.iter().flatten().map(|place| place.key.clone()).collect();
    let values = asked.len();
    let mut tags: BTreeMap<Tag, usize> = BTreeMap::new();
    for place in places.iter().flatten() {
        tags.entry(place.tag).or_insert_with(|| {
            asked.push(version_key(&place.tag));
            asked.len() - 1
        });
    }
    let got = if asked.is_empty() {
        Ok(Vec::new())
    } else {
        cache.get_many(&asked).await
    };
    let got = got.ok();
    let (mut looked, mut at) = (Looked::default(), 0..values);
    for (key, place) in keys.iter().zip(places) {
        let value = place.as_ref().and_then(|_| at.next());
        let seen = got.as_ref().zip(place.as_ref()).zip(value);
        let (value, under) = match seen {
            Some(((got, place), value)) => (got[value].as_ref(), under(got[tags[&place.tag]].as_ref())),
            None => (None, Under::Nothing),
        };
        let (outcome, held) = judge(key, value, under);
        if place.is_some() && got.is_some() {
            metrics.cache_entry(key.label(), outcome);
        }
        match held {
            Some(Held::Answer(loaded)) => drop(looked.found.insert(key.clone(), Ok(loaded))),
            Some(Held::Page(kind, ids)) => looked.pages.push((key.clone(), kind, ids)),
            None => looked.missing.push(Missing {
                key: key.clone(),
                place,
                under,
            }),
        }
    }
    looked
}

fn under(version: Option<&Bytes>) -> Under {
    let Some(bytes) = version else {
        return Under::Absent;
    };
    Version::parse(bytes).map_or(Under::Nothing, Under::Version)
}

/// Whether cached bytes count: only under the current version, and only if they are what was asked for.
fn judge(asked: &BatchKey, value: Option<&Bytes>, under: Under) -> (&'static str, Option<Held>) {
    let Some(bytes) = value else {
        return ("miss", None);
    };
    match (Entry::peek(bytes), under) {
        (None, _) => ("unreadable", None),
        (Some(then), Under::Version(now)) if then == now => match read(asked, bytes) {
            Some(held) => ("hit", Some(held)),
            None => ("unreadable", None),
        },
        _ => ("stale", None),
    }
}

/// Creates the versions that are absent, before the store is asked.
async fn with_absent_versions(cache: &Cache, mut missing: Vec<Missing>) -> Vec<Missing> {
    let absent = missing.iter().filter(|missing| matches!(missing.under, Under::Absent));
    let mut tags: Vec<Tag> = absent.filter_map(|missing| Some(missing.place.as_ref()?.tag)).collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.is_empty() {
        return missing;
    }
    let put = |tag: &Tag| -> Put { (version_key(tag), Version::fresh().bytes(), Version::TTL) };
    let there = cache
        .put_absent(tags.iter().map(put).collect())
        .await
        .unwrap_or_default();
    let there: BTreeMap<Tag, Bytes> = tags.into_iter().zip(there).collect();
    for missing in missing
        .iter_mut()
        .filter(|missing| matches!(missing.under, Under::Absent))
    {
        let tag = missing.place.as_ref().map(|place| place.tag);
        missing.under = tag
            .and_then(|tag| there.get(&tag))
            .map_or(Under::Nothing, |bytes| under(Some(bytes)));
    }
    missing
}
