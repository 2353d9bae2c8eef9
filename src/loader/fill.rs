//! Between the cache's bytes and what the loader hands out: reading entries, and filling what was fetched.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::cache::{CachedList, Entry, ListEntry, Put, Stamp, Version};
use crate::model::{Id, Kind, Row};

use super::Source;
use super::key::{BatchKey, Fetched, Loaded};
use super::look::{Missing, Under};

/// How long it is remembered that there is no such entity.
const ABSENT_TTL: Duration = Duration::from_secs(30);

/// What the cache holds under a key.
pub(super) enum Held {
    /// All that was asked for.
    Answer(Loaded),
    /// The ids of a page; its entities are still to be had.
    Page(Kind, Vec<Id>),
}

/// Reads an entry of the current version; `None` when it is torn, foreign, or something else than was asked for.
pub(super) fn read(asked: &BatchKey, bytes: Bytes) -> Option<Held> {
    if let BatchKey::Entity(asked) = asked {
        let row = Entry::into_row(bytes)?;
        let fits = row.as_ref().is_none_or(|row| row.reference() == Some(*asked));
        return fits.then_some(Held::Answer(Loaded::Entity(row)));
    }
    let held = match (asked, ListEntry::decode(&bytes)?.list) {
        (BatchKey::Page(kind, _), CachedList::Ids(ids)) => {
            return Some(Held::Page(*kind, ids.into_iter().map(Id::from_bytes).collect()));
        }
        (BatchKey::Count(..), CachedList::Count(count)) => Loaded::Count(count),
        (BatchKey::StatusCounts(_), CachedList::Counts(counts)) => Loaded::StatusCounts(Arc::new(counts)),
        (BatchKey::TaskCounts(_), CachedList::CountsOf(counts)) => {
            let counts = counts.into_iter();
            let counts = counts.map(|(project, status, count)| ((Id::from_bytes(project), status), count));
            Loaded::TaskCounts(Arc::new(counts.collect()))
        }
        (BatchKey::Memberships(_), CachedList::Ids(ids)) => {
            Loaded::Memberships(Arc::new(ids.into_iter().map(Id::from_bytes).collect()))
        }
        _ => return None,
    };
    Some(Held::Answer(held))
}

/// Writes back what was fetched, each under the version that was taken before: one call. Tells how much that was.
pub(super) async fn fill(source: &Source, missing: &[&Missing], fetched: &Fetched, cost: Duration) -> usize {
    let filled_at = source.store.clock().now();
    let put = |missing: &&Missing| -> Option<Put> {
        let (Under::Version(version), Some(Ok(loaded))) = (missing.under, fetched.get(&missing.key)) else {
            return None;
        };
        let place = missing.place.as_ref()?;
        let ttl = Stamp::jittered(ttl(source, &missing.key, loaded));
        let stamp = Stamp { filled_at, ttl, cost };
        Some((place.key, entry(version, stamp, loaded), ttl))
    };
    let puts: Vec<Put> = missing.iter().filter_map(put).collect();
    let count = puts.len();
    if count > 0 {
        // Without the fill the next reader asks the store again; nothing else depends on it.
        let _ = source.cache.put_many(puts).await;
    }
    count
}

fn ttl(source: &Source, key: &BatchKey, loaded: &Loaded) -> Duration {
    let ttl = source.lifetimes.of(key);
    match loaded {
        Loaded::Entity(None) => ttl.min(ABSENT_TTL),
        _ => ttl,
    }
}

fn entry(version: Version, stamp: Stamp, loaded: &Loaded) -> Bytes {
    let list = |list| ListEntry { version, stamp, list }.encode();
    match loaded {
        Loaded::Entity(row) => {
            let row = row.clone();
            Entry { version, stamp, row }.encode()
        }
        Loaded::Page(rows) => list(CachedList::Ids(ids_of(rows))),
        Loaded::Count(count) => list(CachedList::Count(*count)),
        Loaded::StatusCounts(counts) => list(CachedList::Counts(BTreeMap::clone(counts))),
        Loaded::TaskCounts(counts) => {
            let counts = counts.iter();
            let counts = counts.map(|((project, status), count)| (*project.bytes(), status.clone(), *count));
            list(CachedList::CountsOf(counts.collect()))
        }
        Loaded::Memberships(ids) => list(CachedList::Ids(bytes_of(ids))),
    }
}

fn ids_of(rows: &[Row]) -> Vec<[u8; 12]> {
    let references = rows.iter().filter_map(Row::reference);
    references.map(|entity| *entity.id.bytes()).collect()
}

fn bytes_of(ids: &HashSet<Id>) -> Vec<[u8; 12]> {
    ids.iter().map(|id| *id.bytes()).collect()
}
