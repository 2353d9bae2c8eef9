//! Real engines that a test can make slow, or refuse.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::cache::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, Version};
use kanvaro::model::{Field, Filter, Id, Kind, Moment, Query, Tag, Timestamp, Value};
use kanvaro::store::{Document, Format, StoreBackend, StoreError, Write};
use parking_lot::Mutex;
use tokio::sync::watch;

/// A cache engine that can be switched off.
pub struct FaultyCache {
    inner: Arc<dyn CacheBackend>,
    off: AtomicBool,
}

impl FaultyCache {
    pub fn over(inner: Arc<dyn CacheBackend>) -> Arc<FaultyCache> {
        let off = AtomicBool::new(false);
        Arc::new(FaultyCache { inner, off })
    }

    /// The same engine, as a process sees it that reaches it all the time.
    pub fn reached_by_another(&self) -> Arc<dyn CacheBackend> {
        Arc::clone(&self.inner)
    }

    pub fn turn(&self, on: bool) {
        self.off.store(!on, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), CacheError> {
        let off = self.off.load(Ordering::SeqCst);
        (!off)
            .then_some(())
            .ok_or(CacheError::Unavailable("switched off".into()))
    }
}

#[async_trait]
impl CacheBackend for FaultyCache {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn is_near(&self) -> bool {
        self.inner.is_near()
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        self.check()?;
        self.inner.get_many(keys, tags).await
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.check()?;
        self.inner.put_many(puts).await
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        self.check()?;
        self.inner.versions(tags).await
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        self.check()?;
        self.inner.mark(tags, mark).await
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        self.check()?;
        self.inner.settle(tags, mark, moment).await
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.check()?;
        self.inner.purge(keys).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.check()?;
        self.inner.ping().await
    }
}

/// A store engine whose reads can be made slow, held, or fail for one kind.
pub struct FaultyStore {
    inner: Arc<dyn StoreBackend>,
    millis: AtomicU64,
    failing: Mutex<Option<Kind>>,
    holds: watch::Sender<bool>,
    caught_up: AtomicU64,
    is_alone: AtomicBool,
}

impl FaultyStore {
    pub fn over(inner: Arc<dyn StoreBackend>) -> Arc<FaultyStore> {
        Arc::new(FaultyStore {
            inner,
            millis: AtomicU64::new(0),
            failing: Mutex::new(None),
            holds: watch::Sender::new(false),
            caught_up: AtomicU64::new(0),
            is_alone: AtomicBool::new(false),
        })
    }

    /// How often somebody wanted to catch up.
    pub fn caught_up(&self) -> u64 {
        self.caught_up.load(Ordering::SeqCst)
    }

    /// From now on nobody can catch up.
    pub fn lose_primary(&self) {
        self.is_alone.store(true, Ordering::SeqCst);
    }

    /// From now on each read takes this much longer.
    pub fn slow(&self, delay: Duration) {
        self.millis.store(delay.as_millis() as u64, Ordering::SeqCst);
    }

    /// From now on reads of this kind fail.
    pub fn fail(&self, kind: Kind) {
        *self.failing.lock() = Some(kind);
    }

    /// From now on reads wait, or no longer do.
    pub fn hold(&self, holds: bool) {
        self.holds.send_replace(holds);
    }

    async fn read(&self, kind: Kind) -> Result<(), StoreError> {
        if *self.failing.lock() == Some(kind) {
            return Err(StoreError::Unavailable("made to fail".into()));
        }
        self.holds.subscribe().wait_for(|holds| !holds).await.unwrap();
        tokio::time::sleep(Duration::from_millis(self.millis.load(Ordering::SeqCst))).await;
        Ok(())
    }
}

#[async_trait]
impl StoreBackend for FaultyStore {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn format(&self) -> Format {
        self.inner.format()
    }

    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        self.read(kind).await?;
        self.inner.get_many(kind, ids).await
    }

    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        self.read(kind).await?;
        self.inner.pages(kind, queries).await
    }

    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.read(kind).await?;
        self.inner.ids(kind, filter, limit).await
    }

    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.read(kind).await?;
        self.inner.count(kind, filters).await
    }

    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        self.read(kind).await?;
        self.inner.count_by(kind, filter, fields).await
    }

    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        self.inner.write(writes, limit).await
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.inner.epoch().await
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        self.caught_up.fetch_add(1, Ordering::SeqCst);
        if self.is_alone.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("made to have no primary".into()));
        }
        self.inner.catch_up().await
    }

    async fn barrier(&self) -> Result<Moment, StoreError> {
        self.inner.barrier().await
    }

    fn advance(&self, moment: Moment) {
        self.inner.advance(moment);
    }

    async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError> {
        self.inner.reserve(counter, count).await
    }

    async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        self.inner.ensure_indexes().await
    }

    async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError> {
        self.inner.explain(kind, query).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.inner.sweep(now).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
