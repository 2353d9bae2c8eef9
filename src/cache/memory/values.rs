//! Values in the process, bounded in bytes, each with a life of its own.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::Expiry;
use moka::sync::Cache;

/// Values under text keys, on moka.
pub(in crate::cache) struct Values {
    values: Cache<String, Value>,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    ttl: Duration,
}

/// What an entry takes beyond its key and value: moka's node, queue places and timer.
const OVERHEAD: usize = 200;

impl Values {
    /// At most `capacity` bytes of them, keys and bookkeeping included.
    pub fn new(capacity: u64) -> Values {
        let weigh =
            |key: &String, value: &Value| u32::try_from(key.len() + value.bytes.len() + OVERHEAD).unwrap_or(u32::MAX);
        let values = Cache::builder()
            .max_capacity(capacity)
            .weigher(weigh)
            .expire_after(OwnTtl);
        Values { values: values.build() }
    }

    /// What is under a key.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        self.values.get(key).map(|value| value.bytes)
    }

    /// Puts this over what was there.
    pub fn put(&self, key: String, bytes: Bytes, ttl: Duration) {
        self.values.insert(key, Value { bytes, ttl });
    }

    /// Takes these away.
    pub fn purge(&self, keys: &[String]) {
        keys.iter().for_each(|key| self.values.invalidate(key));
    }
}

/// Each value lives as long as it was put for, from the moment it was put.
struct OwnTtl;

impl Expiry<String, Value> for OwnTtl {
    fn expire_after_create(&self, _key: &String, value: &Value, _at: Instant) -> Option<Duration> {
        Some(value.ttl)
    }

    fn expire_after_update(
        &self,
        _key: &String,
        value: &Value,
        _at: Instant,
        _rest: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_never_grow_over_their_capacity() {
        let values = Values::new(100_000);
        for number in 0..1_000 {
            values.put(
                format!("k{number}"),
                Bytes::from(vec![0; 1_000]),
                Duration::from_secs(60),
            );
        }
        values.values.run_pending_tasks();
        assert!(values.values.weighted_size() <= 100_000);
        assert!(values.values.entry_count() > 50);
    }
}
