//! A cache that is told of writes and never read: readers go to the store, while other processes know of every write.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, TriesKey, Version};
use crate::model::{Clock, Finding, Moment, Pace, Tag, Timestamp};

/// A cache that this process doesn't use, but others may.
pub struct UnreadBackend {
    told: Arc<dyn CacheBackend>,
}

impl UnreadBackend {
    /// Tells this cache of writes.
    pub fn new(told: Arc<dyn CacheBackend>) -> UnreadBackend {
        UnreadBackend { told }
    }
}

#[async_trait]
impl CacheBackend for UnreadBackend {
    fn name(&self) -> &'static str {
        "off"
    }

    /// No values, and no states beside them; states alone are asked for by who renews them.
    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        if keys.is_empty() {
            return self.told.get_many(keys, tags).await;
        }
        Err(CacheError::Off)
    }

    async fn put_many(&self, _puts: Vec<Put>) -> Result<(), CacheError> {
        Err(CacheError::Off)
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.told.purge(keys).await
    }

    async fn versions(&self, _tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        Err(CacheError::Off)
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        self.told.mark(tags, mark).await
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        self.told.settle(tags, mark, moment).await
    }

    async fn take(&self, of: TriesKey, pace: &Pace, now: Timestamp) -> Result<Result<(), Duration>, CacheError> {
        self.told.take(of, pace, now).await
    }

    async fn give_back(&self, of: TriesKey) -> Result<(), CacheError> {
        self.told.give_back(of).await
    }

    async fn forget(&self, of: TriesKey) -> Result<(), CacheError> {
        self.told.forget(of).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.told.ping().await
    }

    async fn examine(&self, clock: &Clock) -> Vec<Finding> {
        self.told.examine(clock).await
    }
}
