//! Engines that a test can break, hold and release while a server runs on them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::cache::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, Version};
use kanvaro::model::{Field, Filter, Id, Kind, Moment, Query, Tag, Timestamp, Value};
use kanvaro::store::{Document, Format, StoreBackend, StoreError, Write};
use tokio::sync::watch;

/// How an engine behaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Works,
    Fails,
    Panics,
    /// Writes wait until another mode is set.
    HoldsWrites,
}

/// Sets the mode, and knows how many calls wait.
#[derive(Clone)]
pub struct Switch {
    mode: Arc<watch::Sender<Mode>>,
    waiting: Arc<watch::Sender<usize>>,
}

impl Default for Switch {
    fn default() -> Switch {
        Switch {
            mode: Arc::new(watch::channel(Mode::Works).0),
            waiting: Arc::default(),
        }
    }
}

impl Switch {
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Returns when a write waits.
    pub async fn held(&self) {
        self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await.unwrap();
    }

    /// Whether the call may go on.
    fn pass(&self) -> bool {
        match *self.mode.borrow() {
            Mode::Works | Mode::HoldsWrites => true,
            Mode::Fails => false,
            Mode::Panics => panic!("the test told the engine to panic"),
        }
    }

    async fn pass_write(&self) -> bool {
        if *self.mode.borrow() == Mode::HoldsWrites {
            self.waiting.send_modify(|waiting| *waiting += 1);
            self.mode
                .subscribe()
                .wait_for(|mode| *mode != Mode::HoldsWrites)
                .await
                .unwrap();
            self.waiting.send_modify(|waiting| *waiting -= 1);
        }
        self.pass()
    }
}

/// A store engine behind a switch.
pub struct SwitchedStore<B> {
    pub backend: B,
    pub switch: Switch,
}

impl<B> SwitchedStore<B> {
    fn pass(&self) -> Result<(), StoreError> {
        let away = || StoreError::Unavailable("the test took it away".into());
        self.switch.pass().then_some(()).ok_or_else(away)
    }
}

#[async_trait]
impl<B: StoreBackend> StoreBackend for SwitchedStore<B> {
    fn name(&self) -> &'static str {
        self.backend.name()
    }

    fn format(&self) -> Format {
        self.backend.format()
    }

    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        self.pass()?;
        self.backend.get_many(kind, ids).await
    }

    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        self.pass()?;
        self.backend.pages(kind, queries).await
    }

    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.pass()?;
        self.backend.ids(kind, filter, limit).await
    }

    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.pass()?;
        self.backend.count(kind, filters).await
    }

    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        self.pass()?;
        self.backend.count_by(kind, filter, fields).await
    }

    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        if !self.switch.pass_write().await {
            return Err(StoreError::Unavailable("the test took it away".into()));
        }
        self.backend.write(writes, limit).await
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.pass()?;
        self.backend.epoch().await
    }

    async fn barrier(&self) -> Result<Moment, StoreError> {
        self.pass()?;
        self.backend.barrier().await
    }

    fn advance(&self, moment: Moment) {
        self.backend.advance(moment);
    }

    async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError> {
        self.pass()?;
        self.backend.reserve(counter, count).await
    }

    async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        self.backend.ensure_indexes().await
    }

    async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError> {
        self.backend.explain(kind, query).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.pass()?;
        self.backend.ping().await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.backend.sweep(now).await
    }

    async fn close(&self) {
        self.backend.close().await;
    }
}

/// A cache engine behind a switch.
pub struct SwitchedCache<B> {
    pub backend: B,
    pub switch: Switch,
}

impl<B> SwitchedCache<B> {
    fn pass(&self) -> Result<(), CacheError> {
        let away = || CacheError::Unavailable("the test took it away".into());
        self.switch.pass().then_some(()).ok_or_else(away)
    }
}

#[async_trait]
impl<B: CacheBackend> CacheBackend for SwitchedCache<B> {
    fn name(&self) -> &'static str {
        self.backend.name()
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        self.pass()?;
        self.backend.get_many(keys, tags).await
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        self.pass()?;
        self.backend.put_many(puts).await
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        self.pass()?;
        self.backend.versions(tags).await
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        self.pass()?;
        self.backend.mark(tags, mark).await
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        self.pass()?;
        self.backend.settle(tags, mark, moment).await
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.pass()?;
        self.backend.purge(keys).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.pass()?;
        self.backend.ping().await
    }
}
