//! The handle on the cache that everybody holds: one timeout, one measurement and one trust lease for all engines.
//! A caller takes a failed read for a miss, and fills nothing after it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout;

use crate::metrics::Metrics;
use crate::model::{Moment, Pace, Tag, Timestamp};

use super::backend::{Got, Put};
use super::tries::LocalTries;
use super::{CacheBackend, CacheError, Key, Lease, Mark, TagState, TriesKey, Version};

/// What all states of tags rest on: while it is the same, a state that was current still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    epoch: u64,
    changes: u64,
}

/// A cheap handle on the cache; clones share everything.
#[derive(Clone)]
pub struct Cache {
    backend: Arc<dyn CacheBackend>,
    lease: Lease,
    limit: Duration,
    metrics: Metrics,
    tries: LocalTries,
}

impl Cache {
    /// A cache on this engine, used while the lease holds; a call that takes longer than `limit` has failed.
    pub fn new(backend: Arc<dyn CacheBackend>, lease: Lease, limit: Duration, metrics: Metrics) -> Cache {
        Cache {
            backend,
            lease,
            limit,
            metrics,
            tries: LocalTries::default(),
        }
    }

    /// The right to use it.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// The name of the engine.
    pub fn engine(&self) -> &'static str {
        self.backend.name()
    }

    /// Whether values are held in this process.
    pub fn is_near(&self) -> bool {
        self.backend.is_near()
    }

    /// The values under these keys and the states of these tags, in their order. An error is not a miss: who gets one
    /// must not fill either.
    pub async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        let mut got = self.observed("get_many", self.backend.get_many(keys, tags)).await?;
        got.tags = self.trusted(got.tags)?;
        Ok(got)
    }

    /// What the states rest on at present; `None`: they have to be asked for, or the cache may not be used now. Who wants to
    /// hold on to states takes it before asking for them.
    pub fn generation(&self) -> Option<Generation> {
        let (changes, epoch) = (self.backend.changes()?, self.lease.epoch()?);
        Some(Generation { epoch, changes })
    }

    /// What this process holds in front of a shared cache, no round trip; nothing where there is but one level.
    pub fn get_near(&self, keys: &[Key]) -> Vec<Option<Bytes>> {
        self.backend.get_near(keys)
    }

    /// The values under these keys from behind the level that was looked into first (`Got::near`).
    pub async fn get_again(&self, keys: &[Key]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.observed("get_again", self.backend.get_again(keys)).await
    }

    /// Which of these keys hold a value, in their order, without its bytes. Whether it counts, its tags say.
    pub async fn exists(&self, keys: &[Key]) -> Result<Vec<bool>, CacheError> {
        self.observed("exists", self.backend.exists(keys)).await
    }

    /// Puts all of these, each over what was there.
    pub async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.observed("put_many", self.backend.put_many(puts)).await
    }

    /// Takes these keys away.
    pub async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.observed("purge", self.backend.purge(keys)).await
    }

    /// Gives each of these tags a version that has none; returns the states afterwards.
    pub async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        let states = self.observed("versions", self.backend.versions(tags)).await?;
        self.trusted(states)
    }

    /// Marks all of these tags; returns once every mark is known to stand. Tells under which version each stands once it is
    /// settled, if this was the only write of it; nothing where the process may not use the cache: then it must not fill.
    pub async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        let versions = self.observed("mark", self.backend.mark(tags, mark)).await?;
        let epoch = self.lease.epoch();
        let counted = epoch.map(|epoch| versions.into_iter().map(|version| version.mixed(epoch)).collect());
        Ok(counted.unwrap_or_default())
    }

    /// Takes a mark off these tags; where no other stands then, the tag has a new version of this moment.
    pub async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        self.observed("settle", self.backend.settle(tags, mark, moment)).await
    }

    /// One try more of this, or how long to wait for it. Counted for all processes where they share a cache that
    /// answers; by this process alone otherwise, which counts all of its own, so that it goes on from there.
    pub async fn take(&self, of: TriesKey, pace: &Pace, now: Timestamp) -> Result<(), Duration> {
        let alone = self.tries.take(of, pace, now);
        let shared = self.observed("take", self.backend.take(of, pace, now)).await;
        shared.unwrap_or(alone)
    }

    /// As if the last try of this had not been.
    pub async fn give_back(&self, of: TriesKey) {
        self.tries.give_back(of);
        // Where it fails it is forgotten in time.
        let _ = self.observed("give_back", self.backend.give_back(of)).await;
    }

    /// As if this had never been tried.
    pub async fn forget(&self, of: TriesKey) {
        self.tries.forget(of);
        let _ = self.observed("forget", self.backend.forget(of)).await;
    }

    /// Answers if the engine can be used.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.observed("ping", self.backend.ping()).await
    }

    /// The states as they count in the epoch that is known now, after the engine has answered: a process that was held
    /// up in between trusts nothing that it was told before.
    fn trusted(&self, states: Vec<TagState>) -> Result<Vec<TagState>, CacheError> {
        let epoch = self.lease.epoch().ok_or(CacheError::Untrusted)?;
        let counts = |state| match state {
            TagState::Current(version, moment) => TagState::Current(version.mixed(epoch), moment),
            other => other,
        };
        Ok(states.into_iter().map(counts).collect())
    }

    async fn observed<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let start = Instant::now();
        let late = |_| Err(CacheError::Unavailable(format!("no answer within {:?}", self.limit)));
        let done = timeout(self.limit, call).await.unwrap_or_else(late);
        if matches!(done, Err(CacheError::Off)) {
            return done;
        }
        self.metrics.cache_call(verb, done.is_ok(), start.elapsed());
        if let Err(error) = &done {
            // The engine itself warns once when it goes away; a line a call would drown the log.
            tracing::debug!(cache = self.backend.name(), verb, %error, "the cache failed");
        }
        done
    }
}
