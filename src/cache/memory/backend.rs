//! The cache inside the process, bounded in bytes. What it holds ends with the process and is seen by nobody else.

use async_trait::async_trait;

use super::Values;
use super::tags::Tags;
use crate::cache::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, Version};
use crate::model::{Moment, Tag};

/// An in-process cache.
pub struct MemoryBackend {
    values: Values,
    tags: Tags,
}

impl MemoryBackend {
    /// A cache of at most `capacity` bytes, keys and bookkeeping included.
    pub fn new(capacity: u64) -> MemoryBackend {
        MemoryBackend {
            values: Values::new(capacity),
            tags: Tags::new(),
        }
    }
}

#[async_trait]
impl CacheBackend for MemoryBackend {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn is_near(&self) -> bool {
        true
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        Ok(Got {
            values: self.values.get_many(keys),
            tags: tags.iter().map(|tag| self.tags.get(tag)).collect(),
            ..Got::default()
        })
    }

    fn changes(&self) -> Option<u64> {
        Some(self.tags.changes())
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        for (key, bytes, ttl) in puts {
            self.values.put(key, bytes, ttl);
        }
        Ok(())
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.values.purge(keys);
        Ok(())
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        Ok(tags.iter().map(|tag| self.tags.get_or_create(tag)).collect())
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        tags.iter().for_each(|tag| self.tags.mark(tag, mark));
        Ok(vec![mark.version(); tags.len()])
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        tags.iter().for_each(|tag| self.tags.settle(tag, mark, moment));
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        Ok(())
    }
}
