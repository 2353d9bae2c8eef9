//! The cache inside the process, bounded in bytes. What it holds ends with the process and is seen by nobody else.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use moka::Expiry;
use moka::sync::Cache;
use parking_lot::Mutex;

use super::{CacheBackend, CacheError, Put};

/// An in-process cache on moka.
pub struct MemoryBackend {
    values: Cache<String, Value>,
    /// moka's own "insert unless present" looks and inserts in two steps, so writers of one key take turns here.
    turns: Vec<Mutex<()>>,
    hasher: RandomState,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    ttl: Duration,
}

/// What an entry takes beyond its key and value: moka's node, queue places and timer.
const OVERHEAD: usize = 200;
const TURNS: u64 = 64;

impl MemoryBackend {
    /// A cache of at most `capacity` bytes, keys and bookkeeping included.
    pub fn new(capacity: u64) -> MemoryBackend {
        let weigh =
            |key: &String, value: &Value| u32::try_from(key.len() + value.bytes.len() + OVERHEAD).unwrap_or(u32::MAX);
        let values = Cache::builder()
            .max_capacity(capacity)
            .weigher(weigh)
            .expire_after(OwnTtl);
        MemoryBackend {
            values: values.build(),
            turns: (0..TURNS).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }

    fn turn(&self, key: &str) -> &Mutex<()> {
        let place = self.hasher.hash_one(key) % TURNS;
        &self.turns[place as usize]
    }

    fn put(&self, (key, bytes, ttl): Put) {
        let _turn = self.turn(&key).lock();
        self.values.insert(key, Value { bytes, ttl });
    }

    fn put_one_absent(&self, (key, bytes, ttl): Put) -> Bytes {
        let _turn = self.turn(&key).lock();
        match self.values.get(&key) {
            Some(there) => there.bytes,
            None => {
                self.values.insert(
                    key,
                    Value {
                        bytes: bytes.clone(),
                        ttl,
                    },
                );
                bytes
            }
        }
    }
}

#[async_trait]
impl CacheBackend for MemoryBackend {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let values = keys.iter().map(|key| self.values.get(key).map(|value| value.bytes));
        Ok(values.collect())
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        puts.into_iter().for_each(|put| self.put(put));
        Ok(())
    }

    async fn put_absent(&self, puts: Vec<Put>) -> Result<Vec<Bytes>, CacheError> {
        Ok(puts.into_iter().map(|put| self.put_one_absent(put)).collect())
    }

    async fn purge(&self, keys: &[String]) -> Result<(), CacheError> {
        keys.iter().for_each(|key| self.values.invalidate(key));
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        Ok(())
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

    #[tokio::test]
    async fn it_never_grows_over_its_capacity() {
        let cache = MemoryBackend::new(100_000);
        for number in 0..1_000 {
            let put = (
                format!("k{number}"),
                Bytes::from(vec![0; 1_000]),
                Duration::from_secs(60),
            );
            cache.put_many(vec![put]).await.unwrap();
        }
        cache.values.run_pending_tasks();
        assert!(cache.values.weighted_size() <= 100_000);
        assert!(cache.values.entry_count() > 50);
    }
}
