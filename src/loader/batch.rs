//! getBatchData: the entities of one batch, from the cache as far as it knows them, the rest from the store, once each.
//! The order of steps is what keeps it fresh: versions first, the store after, fills under the versions taken before.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;

use crate::cache::{Cache, Entry, Put, Version, entity_key, version_key};
use crate::metrics::Metrics;
use crate::model::{AnyEntity, EntityRef, Id, Kind, Tag};
use crate::store::Store;

use super::LoadError;

/// How long it is remembered that there is no such entity.
const ABSENT_TTL: Duration = Duration::from_secs(30);

/// What a batch found under each entity: it, nothing, or why nobody can say.
pub(super) type Found = HashMap<EntityRef, Result<Option<AnyEntity>, LoadError>>;

/// The entities of these references, `None` for those that are absent: one cache multi-get for values and versions,
/// one store call a kind for what is missing, one pipelined write-back.
pub async fn get_batch_data(
    cache: &Cache,
    store: &Store,
    metrics: &Metrics,
    entities: &[EntityRef],
) -> Result<HashMap<EntityRef, Option<AnyEntity>>, LoadError> {
    let found = find(cache, store, metrics, entities).await;
    let found = found.into_iter().map(|(entity, found)| Ok((entity, found?)));
    found.collect()
}

/// The same, with an error only for what it concerns.
pub(super) async fn find(cache: &Cache, store: &Store, metrics: &Metrics, entities: &[EntityRef]) -> Found {
    let mut asked = entities.to_vec();
    asked.sort_unstable();
    asked.dedup();
    metrics.batch("entities", asked.len());
    let looked = look_up(cache, metrics, &asked).await;
    let versions = with_absent_versions(cache, looked.missing).await;
    let fetched = fetch(store, versions.keys()).await;
    fill(cache, &versions, &fetched).await;
    let mut found = looked.found;
    found.extend(fetched);
    found
}

/// An entity as the loader hands it out and the cache keeps it: without what only services may see.
pub(super) fn disclosed(mut entity: AnyEntity) -> AnyEntity {
    if let AnyEntity::User(user) = &mut entity
        && !user.password_hash.is_empty()
    {
        Arc::make_mut(user).password_hash = String::new();
    }
    entity
}

/// The version that an entity missing from the cache may be filled under.
#[derive(Clone, Copy)]
enum Under {
    /// This one.
    Version(Version),
    /// There is none yet.
    Absent,
    /// None: the cache can't be asked, or holds something foreign in its place.
    Nothing,
}

struct Looked {
    found: Found,
    missing: BTreeMap<EntityRef, Under>,
}

async fn look_up(cache: &Cache, metrics: &Metrics, asked: &[EntityRef]) -> Looked {
    let keys: Vec<String> = asked.iter().map(entity_key).chain(asked.iter().map(tag_key)).collect();
    let mut looked = Looked {
        found: HashMap::with_capacity(asked.len()),
        missing: BTreeMap::new(),
    };
    let Ok(values) = cache.get_many(&keys).await else {
        looked.missing = asked.iter().map(|entity| (*entity, Under::Nothing)).collect();
        return looked;
    };
    let (values, versions) = values.split_at(asked.len());
    for ((entity, value), version) in asked.iter().zip(values).zip(versions) {
        let under = under(version.as_ref());
        let (outcome, entry) = judge(entity, value.as_ref(), under);
        metrics.cache_entry(entity.kind.name(), outcome);
        match entry {
            Some(entry) => drop(looked.found.insert(*entity, Ok(entry.entity))),
            None => drop(looked.missing.insert(*entity, under)),
        }
    }
    looked
}

fn tag_key(entity: &EntityRef) -> String {
    version_key(&Tag::entity(entity.kind, entity.id))
}

fn under(version: Option<&Bytes>) -> Under {
    let Some(bytes) = version else {
        return Under::Absent;
    };
    Version::parse(bytes).map_or(Under::Nothing, Under::Version)
}

/// Whether cached bytes count: only under the current version, and only if they are this entity.
fn judge(asked: &EntityRef, value: Option<&Bytes>, under: Under) -> (&'static str, Option<Entry>) {
    let Some(bytes) = value else {
        return ("miss", None);
    };
    match (Entry::peek(bytes), under) {
        (None, _) => ("unreadable", None),
        (Some(then), Under::Version(now)) if then == now => match Entry::decode(asked.kind, bytes) {
            Some(entry) if is_of(&entry, asked) => ("hit", Some(entry)),
            _ => ("unreadable", None),
        },
        _ => ("stale", None),
    }
}

fn is_of(entry: &Entry, asked: &EntityRef) -> bool {
    entry.entity.as_ref().is_none_or(|entity| entity.reference() == *asked)
}

/// Creates the versions that are absent, before the store is asked.
async fn with_absent_versions(cache: &Cache, mut missing: BTreeMap<EntityRef, Under>) -> BTreeMap<EntityRef, Under> {
    let absent = missing.iter_mut().filter(|(_, under)| matches!(under, Under::Absent));
    let absent: Vec<(&EntityRef, &mut Under)> = absent.collect();
    if absent.is_empty() {
        return missing;
    }
    let put = |entity| -> Put { (tag_key(entity), Version::fresh().bytes(), Version::TTL) };
    let puts = absent.iter().map(|(entity, _)| put(entity)).collect();
    let there = cache.put_absent(puts).await.unwrap_or_default();
    for ((_, slot), bytes) in absent.into_iter().zip(there) {
        *slot = under(Some(&bytes));
    }
    missing
}

/// One store call for each kind, side by side.
async fn fetch(store: &Store, missing: impl Iterator<Item = &EntityRef>) -> Found {
    let mut kinds: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    for entity in missing {
        kinds.entry(entity.kind).or_default().push(entity.id);
    }
    let fetches = kinds.into_iter().map(|(kind, ids)| fetch_kind(store, kind, ids));
    join_all(fetches).await.into_iter().flatten().collect()
}

async fn fetch_kind(store: &Store, kind: Kind, ids: Vec<Id>) -> Found {
    let all = ids.iter().map(|id| EntityRef::new(kind, *id));
    match store.get_many(kind, &ids).await {
        Err(error) => all.map(|entity| (entity, Err(error.clone().into()))).collect(),
        Ok(there) => {
            let mut found: Found = all.map(|entity| (entity, Ok(None))).collect();
            let there = there.into_iter().map(disclosed);
            found.extend(there.map(|entity| (entity.reference(), Ok(Some(entity)))));
            found
        }
    }
}

/// Writes back what was fetched, each under the version that was taken before.
async fn fill(cache: &Cache, versions: &BTreeMap<EntityRef, Under>, fetched: &Found) {
    let put = |(asked, under): (&EntityRef, &Under)| -> Option<Put> {
        let (Under::Version(version), Ok(entity)) = (*under, fetched.get(asked)?) else {
            return None;
        };
        let ttl = jittered(entity.as_ref().map_or(ABSENT_TTL, |_| asked.kind.ttl()));
        let entity = entity.clone();
        Some((entity_key(asked), Entry { version, entity }.encode(), ttl))
    };
    let puts: Vec<Put> = versions.iter().filter_map(put).collect();
    if !puts.is_empty() {
        // Without the fill the next reader asks the store again; nothing else depends on it.
        let _ = cache.put_many(puts).await;
    }
}

/// Up to a tenth more or less, so that what was filled together doesn't run out together.
fn jittered(ttl: Duration) -> Duration {
    ttl.mul_f64(rand::random_range(0.9..=1.1))
}
