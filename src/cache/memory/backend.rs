//! The cache inside the process, bounded in bytes. What it holds ends with the process and is seen by nobody else.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use moka::Expiry;
use moka::sync::Cache;

use super::tags::Tags;
use crate::cache::{CacheBackend, CacheError, Got, Mark, Put, TagState};
use crate::model::Moment;

/// An in-process cache on moka.
pub struct MemoryBackend {
    values: Cache<String, Value>,
    tags: Tags,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    ttl: Duration,
}

/// What an entry takes beyond its key and value: moka's node, queue places and timer.
const OVERHEAD: usize = 200;

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
            tags: Tags::new(),
        }
    }
}

#[async_trait]
impl CacheBackend for MemoryBackend {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn get_many(&self, keys: &[String], tags: &[String]) -> Result<Got, CacheError> {
        let value = |key| self.values.get(key).map(|value| value.bytes);
        Ok(Got {
            values: keys.iter().map(value).collect(),
            tags: tags.iter().map(|tag| self.tags.get(tag)).collect(),
        })
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        for (key, bytes, ttl) in puts {
            self.values.insert(key, Value { bytes, ttl });
        }
        Ok(())
    }

    async fn purge(&self, keys: &[String]) -> Result<(), CacheError> {
        keys.iter().for_each(|key| self.values.invalidate(key));
        Ok(())
    }

    async fn versions(&self, tags: &[String]) -> Result<Vec<TagState>, CacheError> {
        Ok(tags.iter().map(|tag| self.tags.get_or_create(tag)).collect())
    }

    async fn mark(&self, tags: &[String], mark: Mark) -> Result<(), CacheError> {
        tags.iter().for_each(|tag| self.tags.mark(tag, mark));
        Ok(())
    }

    async fn settle(&self, tags: &[String], mark: u64, moment: Moment) -> Result<(), CacheError> {
        tags.iter().for_each(|tag| self.tags.settle(tag, mark, moment));
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
