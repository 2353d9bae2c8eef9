//! How a request came by what it read, for who asked to be told: key by key, and each round trip. It tells keys, tags
//! and times, never what was read.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::cache::{Entry, Key};
use crate::model::{Id, Tag, Timestamp};

use super::key::{BatchKey, Loaded, Outcome, Place};
use super::look::Missing;
use super::{Reached, Step};

/// What is told of one request; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    told: Arc<Mutex<Told>>,
}

#[derive(Debug, Default)]
struct Told {
    batch: usize,
    reads: Vec<Read>,
    trips: Vec<Trip>,
    /// Which fields asked for what.
    asked: HashMap<BatchKey, BTreeSet<Arc<str>>>,
    /// The places of the answer.
    reached: Vec<Reached>,
}

/// One thing that was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// In which batch of the request, from 1.
    pub batch: usize,
    /// The kind of entity, or what else it is: page, count, `status_counts`, memberships.
    pub of: &'static str,
    /// Where it stands in the cache, and under which tag; `None`: it is never kept, since no write could know of it.
    pub place: Option<(Key, Tag)>,
    /// Where it came from.
    pub level: Level,
    /// `hit`, or why the cache did not have it.
    pub outcome: &'static str,
    /// How old what the cache had is, and how long it would still be served.
    pub times: Option<(Duration, Duration)>,
    /// Whose it is, where it is an entity that is there.
    pub organization: Option<Id>,
    /// Whether it is an entity; all else is asked for within one organisation.
    pub is_entity: bool,
    /// The fields it was read for, like `Task.assignees`; none where it was read to find out who asks.
    pub fields: Vec<Arc<str>>,
    key: BatchKey,
}

/// Where something came from, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The cache in the process.
    Process,
    /// Redis.
    Redis,
    /// What another request was loading from the store just then.
    Joined,
    /// The store.
    Store,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floor {
    /// The cache.
    Cache,
    /// The store.
    Store,
}

/// One round trip.
#[derive(Clone, Copy, Debug)]
pub struct Trip {
    /// In which batch of the request, from 1.
    pub batch: usize,
    /// To what.
    pub to: Floor,
    /// What for.
    pub verb: &'static str,
    /// For how many keys.
    pub keys: usize,
}

impl Explanation {
    /// Of no more places of an answer is told what they rest on.
    pub const MOST_REACHED: usize = 500;

    /// All that was read so far.
    pub fn reads(&self) -> Vec<Read> {
        let told = self.told.lock();
        let named = |read: &Read| {
            let fields = told.asked.get(&read.key).into_iter().flatten().cloned();
            Read {
                fields: fields.collect(),
                ..read.clone()
            }
        };
        told.reads.iter().map(named).collect()
    }

    /// All round trips so far.
    pub fn trips(&self) -> Vec<Trip> {
        self.told.lock().trips.clone()
    }

    /// A field of a type asks for this.
    pub fn asked(&self, field: &Arc<str>, key: &BatchKey) {
        let mut told = self.told.lock();
        told.asked.entry(key.clone()).or_default().insert(Arc::clone(field));
    }

    /// Which of the reads each thing was, the last where it was read again.
    pub fn places(&self) -> HashMap<BatchKey, usize> {
        let told = self.told.lock();
        let reads = told.reads.iter().enumerate();
        reads.map(|(place, read)| (read.key.clone(), place)).collect()
    }

    /// Places of the answer, below this one.
    pub fn reach(&self, above: &[Step], reached: Vec<Reached>) {
        let below = |one: Reached| Reached {
            path: above.iter().cloned().chain(one.path).collect(),
            ..one
        };
        self.told.lock().reached.extend(reached.into_iter().map(below));
    }

    /// The places of the answer: where there are more than are told of, one more than that.
    pub fn reached(&self) -> Vec<Reached> {
        let told = self.told.lock();
        told.reached
            .iter()
            .take(Explanation::MOST_REACHED + 1)
            .cloned()
            .collect()
    }

    pub(super) fn begin(&self) {
        self.told.lock().batch += 1;
    }

    pub(super) fn read(&self, reads: Vec<Read>) {
        let told = &mut *self.told.lock();
        let batch = told.batch;
        told.reads.extend(reads.into_iter().map(|read| Read { batch, ..read }));
    }

    /// Notes whose the entities are that were loaded.
    pub(super) fn loaded(&self, keys: &[BatchKey], found: &[Option<Outcome>]) {
        let told = &mut *self.told.lock();
        for (key, found) in keys.iter().zip(found) {
            let (Some(Ok(Loaded::Entity(Some(row)))), Some(place)) = (found, key.place()) else {
                continue;
            };
            let reads = told.reads.iter_mut();
            for read in reads.filter(|read| read.place.as_ref().is_some_and(|(key, _)| *key == place.key)) {
                read.organization = Some(row.organization());
            }
        }
    }

    /// Another request was loading it.
    pub(super) fn joined(&self, missing: &Missing) {
        let told = &mut *self.told.lock();
        let key = missing.place.as_ref().map(|place| &place.key);
        let is_it = |read: &&mut Read| read.place.as_ref().map(|(key, _)| key) == key;
        if let Some(read) = told.reads.iter_mut().rev().find(is_it) {
            read.level = Level::Joined;
        }
    }
}

/// Tells of a round trip, unless there was none.
pub(super) fn trip(told: Option<&Explanation>, to: Floor, verb: &'static str, keys: usize) {
    if let Some(told) = told.filter(|_| keys > 0) {
        let told = &mut *told.told.lock();
        let batch = told.batch;
        told.trips.push(Trip { batch, to, verb, keys });
    }
}

impl Read {
    /// What is known of it before it is judged.
    pub(super) fn of(key: &BatchKey, place: Option<&Place>, value: Option<&Bytes>, now: Timestamp) -> Read {
        let stamp = value.and_then(|bytes| Entry::peek(bytes)).map(|(_, stamp)| stamp);
        let row = match key {
            BatchKey::Entity(asked) => value
                .and_then(|bytes| Entry::decode(bytes)?.row)
                .filter(|row| row.reference() == Some(*asked)),
            _ => None,
        };
        Read {
            organization: row.map(|row| row.organization()),
            is_entity: matches!(key, BatchKey::Entity(_)),
            fields: Vec::new(),
            key: key.clone(),
            batch: 0,
            of: key.label(),
            place: place.map(|place| (place.key, place.tag)),
            level: Level::Store,
            outcome: "unknown",
            times: stamp.map(|stamp| (stamp.age(now), stamp.ttl.saturating_sub(stamp.age(now)))),
        }
    }

    /// The same once it is judged; `level` is where the cache had it.
    pub(super) fn found(self, outcome: &'static str, level: Level) -> Read {
        let level = if outcome == "hit" { level } else { Level::Store };
        Read { level, outcome, ..self }
    }
}

impl Level {
    /// The level of what this engine holds; `near`: in front of what is shared.
    pub fn of(engine: &str, near: bool) -> Level {
        if near || engine == "memory" {
            Level::Process
        } else {
            Level::Redis
        }
    }

    /// As clients are told.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Process => "process",
            Level::Redis => "redis",
            Level::Store => "store",
            Level::Joined => "joined",
        }
    }
}

impl Floor {
    /// As clients are told.
    pub const fn name(self) -> &'static str {
        match self {
            Floor::Cache => "cache",
            Floor::Store => "store",
        }
    }
}
