//! Values in the process, bounded in bytes, each with a life of its own.

use std::time::{Duration, Instant};

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::cache::Key;

/// Values under keys, on `quick_cache`: a look at a value there is a hash and a shared lock.
pub(in crate::cache) struct Values {
    values: Cache<Key, Value, Weight>,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    until: Instant,
}

/// What an entry weighs, in bytes.
#[derive(Clone)]
struct Weight;

/// What an entry takes beyond its bytes: key, value, the cache's slot and place in the queue.
const OVERHEAD: u64 = 150;
/// How many bytes of capacity there are for each entry that is prepared for.
const USUAL: u64 = 1_024;

impl Values {
    /// At most `capacity` bytes of them, keys and bookkeeping included.
    pub fn new(capacity: u64) -> Values {
        let entries = usize::try_from(capacity / USUAL).unwrap_or(usize::MAX);
        Values {
            values: Cache::with_weighter(entries, capacity, Weight),
        }
    }

    /// What is under these keys, but for what has lived its life.
    pub fn get_many(&self, keys: &[Key]) -> Vec<Option<Bytes>> {
        let now = Instant::now();
        keys.iter().map(|key| self.get(key, now)).collect()
    }

    fn get(&self, key: &Key, now: Instant) -> Option<Bytes> {
        let value = self.values.get(key)?;
        if value.until > now {
            return Some(value.bytes);
        }
        // Unless somebody has put another meanwhile.
        self.values.remove_if(key, |there| there.until == value.until);
        None
    }

    /// Puts this over what was there.
    pub fn put(&self, key: Key, bytes: Bytes, ttl: Duration) {
        let until = Instant::now() + ttl;
        self.values.insert(key, Value { bytes, until });
    }

    /// Takes these away.
    pub fn purge(&self, keys: &[Key]) {
        for key in keys {
            self.values.remove(key);
        }
    }
}

impl Weighter<Key, Value> for Weight {
    fn weight(&self, _: &Key, value: &Value) -> u64 {
        value.bytes.len() as u64 + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn they_never_grow_over_their_capacity() {
        let values = Values::new(1 << 20);
        for number in 0..10_000_u128 {
            let key = Key::Answer(number.to_be_bytes());
            values.put(key, Bytes::from(vec![0; 1_000]), LONG);
        }
        assert!(values.values.weight() <= 1 << 20);
        assert!(values.values.len() > 500, "{}", values.values.len());
    }

    #[test]
    fn what_has_lived_its_life_is_gone_and_makes_room() {
        let (values, key) = (Values::new(1 << 20), Key::Answer([7; 16]));
        values.put(key, Bytes::from_static(b"old"), Duration::ZERO);
        assert_eq!(values.get_many(&[key]), [None]);
        assert_eq!(values.values.len(), 0);
        values.put(key, Bytes::from_static(b"new"), LONG);
        assert_eq!(values.get_many(&[key]), [Some(Bytes::from_static(b"new"))]);
    }
}
