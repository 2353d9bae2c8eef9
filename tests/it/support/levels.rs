//! The cache of a process at each level over Redis, with a count of what reaches Redis.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use kanvaro::cache::{
    CacheBackend, CacheError, Got, Key, Mark, Put, TagState, TieredBackend, Tracked, TriesKey, UnreadBackend, Version,
};
use kanvaro::model::{Clock, Moment, Pace, Tag, Timestamp};
use parking_lot::Mutex;
use tokio::time::sleep;

use super::redis::{LIMIT, backend, try_backend};

const CAPACITY: u64 = 64 << 20;

/// One process's cache.
pub struct Leveled {
    /// What the process uses.
    pub engine: Arc<dyn CacheBackend>,
    /// What reaches Redis.
    pub far: Arc<Counted>,
    /// Who knows whether versions in the process count.
    pub tracked: Arc<Tracked>,
}

impl Leveled {
    /// Redis alone.
    pub fn redis(url: &str) -> Leveled {
        Leveled::of(backend(url, LIMIT), Arc::default(), |far, _| far)
    }

    /// Told of writes, never read.
    pub fn off(url: &str) -> Leveled {
        Leveled::of(backend(url, LIMIT), Arc::default(), |far, _| {
            Arc::new(UnreadBackend::new(far))
        })
    }

    /// Values in the process too.
    pub fn validated(url: &str) -> Leveled {
        Leveled::of(backend(url, LIMIT), Arc::default(), |far, _| {
            Arc::new(TieredBackend::validated(far, CAPACITY, Clock::system()))
        })
    }

    /// Versions too, but nobody tells of changes, whatever is begun.
    pub fn untold(url: &str) -> Leveled {
        Leveled::of(backend(url, LIMIT), Arc::default(), |far, tracked| {
            Arc::new(TieredBackend::tracked(far, CAPACITY, Clock::system(), tracked))
        })
    }

    /// Versions too; returns once Redis tells of changes.
    pub async fn tracked(url: &str) -> Leveled {
        let (redis, tracked) = (try_backend(url, LIMIT, None).unwrap(), Arc::default());
        redis.track(&tracked).unwrap();
        let leveled = Leveled::of(Arc::new(redis), tracked, |far, tracked| {
            Arc::new(TieredBackend::tracked(far, CAPACITY, Clock::system(), tracked))
        });
        leveled.engine.ping().await.unwrap();
        leveled.is_told().await;
        leveled
    }

    fn of(
        redis: Arc<dyn CacheBackend>,
        tracked: Arc<Tracked>,
        level: impl FnOnce(Arc<dyn CacheBackend>, Arc<Tracked>) -> Arc<dyn CacheBackend>,
    ) -> Leveled {
        let far = Arc::new(Counted {
            inner: redis,
            asked: Mutex::default(),
        });
        Leveled {
            engine: level(far.clone(), Arc::clone(&tracked)),
            far,
            tracked,
        }
    }

    /// Returns once Redis tells of changes.
    pub async fn is_told(&self) {
        self.wait_for(true).await;
    }

    /// Returns once versions in the process don't count any more.
    pub async fn is_not_told(&self) {
        self.wait_for(false).await;
    }

    async fn wait_for(&self, is_trusted: bool) {
        let start = Instant::now();
        while self.tracked.is_trusted() != is_trusted {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "it never becomes {is_trusted}"
            );
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A cache, and how many keys and tags each look into it was for.
pub struct Counted {
    inner: Arc<dyn CacheBackend>,
    asked: Mutex<Vec<(usize, usize)>>,
}

impl Counted {
    /// The looks since this was last called.
    pub fn looks(&self) -> Vec<(usize, usize)> {
        std::mem::take(&mut self.asked.lock())
    }
}

#[async_trait]
impl CacheBackend for Counted {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn is_near(&self) -> bool {
        self.inner.is_near()
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        self.asked.lock().push((keys.len(), tags.len()));
        self.inner.get_many(keys, tags).await
    }

    async fn get_again(&self, keys: &[Key]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.inner.get_again(keys).await
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.inner.put_many(puts).await
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.inner.purge(keys).await
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        self.inner.versions(tags).await
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        self.inner.mark(tags, mark).await
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        self.inner.settle(tags, mark, moment).await
    }

    async fn take(&self, of: TriesKey, pace: &Pace, now: Timestamp) -> Result<Result<(), Duration>, CacheError> {
        self.inner.take(of, pace, now).await
    }

    async fn give_back(&self, of: TriesKey) -> Result<(), CacheError> {
        self.inner.give_back(of).await
    }

    async fn forget(&self, of: TriesKey) -> Result<(), CacheError> {
        self.inner.forget(of).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.inner.ping().await
    }
}
