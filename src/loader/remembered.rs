//! What batches came to lately, all of it out of the cache: the same batch again is one look, however much is on its pages. What is
//! remembered is assumed like what the process holds: it counts only if the claim on its versions holds before anything is answered.
//! Threads remember apart, in copies of their own: to count the owners of the same rows in turns costs them more than all the rest.

use std::hash::BuildHasher;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use foldhash::fast::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::Cache as Table;

use crate::cache::Version;
use crate::model::{Row, Tag, Timestamp};

use super::key::{BatchKey, Loaded, Outcome};
use super::look::Counted;

/// The batches that were asked for last.
pub(super) struct Remembered {
    /// Of each thread its own, where there are no more threads than `MOST_APART`.
    apart: Box<[Table<u64, Arc<Memory>, Weight>]>,
    hasher: RandomState,
}

/// A batch, and what it came to.
pub(super) struct Memory {
    keys: Box<[BatchKey]>,
    /// Under each of the keys, in their order.
    pub found: Vec<Outcome>,
    pub basis: Basis,
}

/// What a batch rests on that the cache alone answered.
pub(super) struct Basis {
    /// The tags of all that was found, each with the version that it was filled under.
    pub pairs: Vec<(Tag, Version)>,
    /// Until when none of it is to be loaded anew for its age.
    pub until: Timestamp,
    /// How many of what kind were found.
    pub counted: Vec<Counted>,
}

/// What a memory weighs, in bytes.
#[derive(Clone)]
struct Weight;

/// In bytes, as `Weight` counts them, of all threads.
const CAPACITY: u64 = 16 << 20;
/// More than that would hold too little each.
const MOST_APART: usize = 8;
/// How many are prepared for.
const USUAL: usize = 1_024;
/// What a thing weighs beside its row: its handle, its place, tag and version.
const OVERHEAD: usize = 128;
/// Fewer entities are found as fast one by one.
const FEWEST: usize = 4;

impl Default for Remembered {
    fn default() -> Remembered {
        Remembered::apart(available_parallelism().map_or(1, NonZero::get).min(MOST_APART))
    }
}

impl Remembered {
    fn apart(count: usize) -> Remembered {
        let table = |_| Table::with_weighter(USUAL / count, CAPACITY / count as u64, Weight);
        Remembered {
            apart: (0..count).map(table).collect(),
            hasher: RandomState::default(),
        }
    }

    /// What these keys came to.
    pub fn get(&self, keys: &[BatchKey], now: Timestamp) -> Option<Arc<Memory>> {
        if !is_worth(keys) {
            return None;
        }
        let memory = self.own().get(&self.hasher.hash_one(keys))?;
        (*memory.keys == *keys && now < memory.basis.until).then_some(memory)
    }

    /// Remembers what they came to.
    pub fn insert(&self, keys: &[BatchKey], found: &[Outcome], basis: Basis) {
        if is_worth(keys) {
            let memory = Memory {
                keys: keys.into(),
                found: match self.apart.len() {
                    1 => found.to_vec(),
                    _ => found.iter().map(copied).collect(),
                },
                basis,
            };
            self.own().insert(self.hasher.hash_one(keys), Arc::new(memory));
        }
    }

    /// Forgets it: somebody has read anew what they ask for.
    pub fn remove(&self, keys: &[BatchKey]) {
        if is_worth(keys) {
            let hash = self.hasher.hash_one(keys);
            self.apart.iter().for_each(|batches| drop(batches.remove(&hash)));
        }
    }

    /// Those of this thread.
    fn own(&self) -> &Table<u64, Arc<Memory>, Weight> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        &self.apart[NUMBER.with(|number| number % self.apart.len())]
    }
}

/// The same in bytes of its own.
fn copied(found: &Outcome) -> Outcome {
    Ok(match found.as_ref().map_err(Clone::clone)? {
        Loaded::Entity(row) => Loaded::Entity(row.as_ref().map(Row::copied)),
        Loaded::Page(rows) => Loaded::Page(rows.iter().map(Row::copied).collect()),
        other => other.clone(),
    })
}

impl Basis {
    /// What rests on nothing.
    pub fn nothing() -> Basis {
        Basis {
            pairs: Vec::new(),
            until: Timestamp::from_millis(i64::MAX),
            counted: Vec::new(),
        }
    }

    /// What both rest on.
    pub fn and(mut self, other: Basis) -> Basis {
        self.pairs.extend(other.pairs);
        self.counted.extend(other.counted);
        let until = self.until.min(other.until);
        Basis { until, ..self }
    }
}

fn is_worth(keys: &[BatchKey]) -> bool {
    keys.len() >= FEWEST || keys.iter().any(|key| !matches!(key, BatchKey::Entity(_)))
}

impl Weighter<u64, Arc<Memory>> for Weight {
    fn weight(&self, _: &u64, memory: &Arc<Memory>) -> u64 {
        let rows = memory.found.iter().map(|found| match found {
            Ok(Loaded::Entity(row)) => row.as_ref().map_or(0, |row| row.bytes().len()),
            Ok(Loaded::Page(rows)) => rows.iter().map(|row| row.bytes().len()).sum(),
            Ok(Loaded::TaskCounts(counts)) => counts.len() * OVERHEAD,
            Ok(Loaded::Memberships(projects)) => projects.len() * OVERHEAD / 4,
            _ => OVERHEAD,
        });
        let things = memory.keys.len() + memory.basis.pairs.len();
        (rows.sum::<usize>() + things * OVERHEAD) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::model::{EntityRef, Filter, Id, Kind};

    const NOW: Timestamp = Timestamp::from_millis(1_767_268_800_123);

    fn entities(count: u8) -> Vec<BatchKey> {
        let key = |number| BatchKey::Entity(EntityRef::new(Kind::Task, Id::from_bytes([number; 12])));
        (0..count).map(key).collect()
    }

    fn remembering(keys: &[BatchKey]) -> Remembered {
        let remembered = Remembered::apart(2);
        let found: Vec<Outcome> = keys.iter().map(|_| Ok(Loaded::Entity(None))).collect();
        let until = Timestamp::from_millis(NOW.millis() + 1);
        let basis = Basis {
            until,
            ..Basis::nothing()
        };
        remembered.insert(keys, &found, basis);
        remembered
    }

    #[test]
    fn the_same_batch_is_remembered_until_something_of_it_is_due_or_it_is_read_anew() {
        let keys = entities(4);
        let remembered = remembering(&keys);
        assert_eq!(remembered.get(&keys, NOW).unwrap().found.len(), 4);
        assert!(
            remembered
                .get(&keys, Timestamp::from_millis(NOW.millis() + 1))
                .is_none()
        );
        remembered.remove(&keys);
        assert!(remembered.get(&keys, NOW).is_none());
    }

    #[test]
    fn threads_remember_apart_and_forget_together() {
        let keys = entities(4);
        let remembered = remembering(&keys);
        let known = || remembered.get(&keys, NOW).is_some();
        let elsewhere = [(); 64].map(|()| thread::scope(|scope| scope.spawn(known).join().unwrap()));
        assert!(known() && elsewhere.contains(&true) && elsewhere.contains(&false));
        thread::scope(|scope| scope.spawn(|| remembered.remove(&keys)).join().unwrap());
        assert!(!known());
    }

    #[test]
    fn another_batch_is_another() {
        let mut keys = entities(5);
        let remembered = remembering(&keys);
        assert!(remembered.get(&keys[..4], NOW).is_none());
        keys.swap(0, 1);
        assert!(remembered.get(&keys, NOW).is_none());
    }

    #[test]
    fn a_few_entities_are_looked_for_and_a_count_is_remembered() {
        let keys = entities(3);
        assert!(remembering(&keys).get(&keys, NOW).is_none());
        let keys = [BatchKey::count(Kind::Task, Filter::everything())];
        assert!(remembering(&keys).get(&keys, NOW).is_some());
    }
}
