//! A real engine that keeps the plan of every page it is asked for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::model::{Field, Filter, Id, Kind, Moment, Query, Timestamp, Value};
use kanvaro::store::{Document, Format, StoreBackend, StoreError, Write};
use parking_lot::Mutex;

/// Passes everything on, and notes how the engine would execute each page.
pub struct Explaining {
    inner: Arc<dyn StoreBackend>,
    plans: Mutex<Vec<String>>,
}

impl Explaining {
    pub fn over(inner: Arc<dyn StoreBackend>) -> Arc<Explaining> {
        let plans = Mutex::default();
        Arc::new(Explaining { inner, plans })
    }

    /// The plans since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.plans.lock())
    }
}

#[async_trait]
impl StoreBackend for Explaining {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn format(&self) -> Format {
        self.inner.format()
    }

    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        self.inner.get_many(kind, ids).await
    }

    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        for query in queries {
            let plan = self.inner.explain(kind, query).await?;
            self.plans.lock().push(plan);
        }
        self.inner.pages(kind, queries).await
    }

    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.inner.ids(kind, filter, limit).await
    }

    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.inner.count(kind, filters).await
    }

    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        self.inner.count_by(kind, filter, fields).await
    }

    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        self.inner.write(writes, limit).await
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.inner.epoch().await
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
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
