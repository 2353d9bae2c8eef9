//! Counts tries in the cache.

use std::time::Duration;

use async_trait::async_trait;

use crate::cache::{Cache, TriesKey};
use crate::model::{Pace, Timestamp};
use crate::service::Tally;

/// Tries as the cache counts them.
pub(super) struct CachedTally(pub(super) Cache);

#[async_trait]
impl Tally for CachedTally {
    async fn take(&self, name: &str, pace: &Pace, now: Timestamp) -> Result<(), Duration> {
        self.0.take(TriesKey::of(name), pace, now).await
    }

    async fn give_back(&self, name: &str) {
        self.0.give_back(TriesKey::of(name)).await;
    }

    async fn forget(&self, name: &str) {
        self.0.forget(TriesKey::of(name)).await;
    }
}
