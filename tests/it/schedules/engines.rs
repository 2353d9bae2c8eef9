//! The engines of a schedule: each call waits for its turn before it takes effect, and again before it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use kanvaro::cache::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, Version};
use kanvaro::model::{EntityRef, Field, Filter, Id, Kind, Moment, Query, Tag, Timestamp, Value};
use kanvaro::store::{Document, Format, StoreBackend, StoreError, Write};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::scheduler::Scheduler;

/// Tasks in memory, and every version that each has had.
#[derive(Default)]
pub struct Tasks {
    documents: Mutex<BTreeMap<Id, (i64, Document)>>,
    pub history: Mutex<BTreeMap<Id, Vec<String>>>,
    epoch: AtomicU64,
}

/// What one process sees of the store.
pub struct ScheduledStore {
    pub tasks: Arc<Tasks>,
    pub scheduler: Scheduler,
    pub process: usize,
    /// Whether some writes are not answered for, though they may happen.
    pub loses_answers: bool,
}

fn status(document: &[u8]) -> String {
    json(document)["status"].as_str().unwrap().to_owned()
}

fn json(document: &[u8]) -> serde_json::Value {
    serde_json::from_slice(document).unwrap()
}

impl Tasks {
    /// Puts these there before anything begins.
    pub fn seed(&self, writes: &[Write]) {
        self.apply(writes).unwrap();
    }

    fn apply(&self, writes: &[Write]) -> Result<Moment, StoreError> {
        let mut documents = self.documents.lock();
        for write in writes {
            match write {
                Write::Insert { entity, document } => self.put(&mut documents, *entity, 1, document),
                Write::Replace {
                    entity,
                    version,
                    document,
                } => {
                    let there = documents.get(&entity.id).map(|(version, _)| *version);
                    if there != Some(*version) {
                        return Err(StoreError::Conflict(*entity));
                    }
                    self.put(&mut documents, *entity, version + 1, document);
                }
                Write::RaiseEpoch => drop(self.epoch.fetch_add(1, Ordering::SeqCst)),
                _ => unreachable!("no schedule removes"),
            }
        }
        Ok(Moment::NONE)
    }

    fn put(&self, documents: &mut BTreeMap<Id, (i64, Document)>, entity: EntityRef, version: i64, document: &[u8]) {
        documents.insert(entity.id, (version, document.to_vec()));
        self.history.lock().entry(entity.id).or_default().push(status(document));
    }

    /// The documents that match, by id.
    fn matching(&self, filter: &Filter) -> Vec<Document> {
        let documents = self.documents.lock();
        let found = documents
            .values()
            .filter(|(_, document)| matches(&json(document), filter));
        found.map(|(_, document)| document.clone()).collect()
    }
}

fn matches(document: &serde_json::Value, filter: &Filter) -> bool {
    match filter {
        Filter::All(all) => all.iter().all(|one| matches(document, one)),
        Filter::Eq(field, Value::Id(id)) => document[field] == id.to_string(),
        Filter::Eq(field, Value::Text(text)) => document[field] == *text,
        other => unreachable!("no schedule asks for {other:?}"),
    }
}

#[async_trait]
impl StoreBackend for ScheduledStore {
    fn name(&self) -> &'static str {
        "schedule"
    }

    fn format(&self) -> Format {
        Format::Json
    }

    async fn get_many(&self, _kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
        self.scheduler.turn(self.process, "store read").await;
        let found = {
            let documents = self.tasks.documents.lock();
            ids.iter()
                .filter_map(|id| documents.get(id).map(|(_, document)| document.clone()))
                .collect()
        };
        self.scheduler.turn(self.process, "store read answered").await;
        Ok(found)
    }

    async fn pages(&self, _kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
        self.scheduler.turn(self.process, "store page").await;
        let pages = queries.iter().map(|query| self.tasks.matching(&query.filter)).collect();
        self.scheduler.turn(self.process, "store page answered").await;
        Ok(pages)
    }

    async fn ids(&self, _: Kind, _: &Filter, _: u32) -> Result<Vec<Id>, StoreError> {
        unreachable!("no schedule asks for ids")
    }

    async fn count(&self, _kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.scheduler.turn(self.process, "store count").await;
        let counts = filters
            .iter()
            .map(|filter| self.tasks.matching(filter).len() as u64)
            .collect();
        self.scheduler.turn(self.process, "store count answered").await;
        Ok(counts)
    }

    async fn count_by(&self, _: Kind, _: &Filter, _: &[Field]) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        unreachable!("no schedule groups")
    }

    /// Bounded as a server bounds it that is told the time that is left. Now and then nobody answers: the write then
    /// happens later within its time, or never.
    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        let until = Instant::now() + limit;
        let lost = || StoreError::Unavailable("no answer".into());
        if self.loses_answers && self.scheduler.roll(3) == 0 {
            let (tasks, scheduler, process) = (self.tasks.clone(), self.scheduler.clone(), self.process);
            tokio::spawn(async move {
                for _ in 0..scheduler.roll(20) {
                    scheduler.turn(process, "store write on its way").await;
                }
                scheduler.turn(process, "late store write").await;
                if Instant::now() < until {
                    let _ = tasks.apply(&writes);
                }
            });
            self.scheduler.turn(self.process, "store write not answered").await;
            return Err(lost());
        }
        self.scheduler.turn(self.process, "store write").await;
        if Instant::now() >= until {
            return Err(lost());
        }
        let done = self.tasks.apply(&writes);
        self.scheduler.turn(self.process, "store write answered").await;
        done
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.scheduler.turn(self.process, "store epoch").await;
        let epoch = self.tasks.epoch.load(Ordering::SeqCst);
        self.scheduler.turn(self.process, "store epoch answered").await;
        Ok(epoch)
    }

    /// Answered once no write can still be under way: time has passed their limits.
    async fn barrier(&self) -> Result<Moment, StoreError> {
        self.scheduler.turn(self.process, "store barrier").await;
        Ok(Moment::NONE)
    }

    fn advance(&self, _: Moment) {}

    async fn reserve(&self, _: &str, _: u32) -> Result<i64, StoreError> {
        unreachable!("no schedule counts on")
    }

    async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        Ok(0)
    }

    async fn explain(&self, _: Kind, _: &Query) -> Result<String, StoreError> {
        unreachable!("no schedule explains")
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn sweep(&self, _: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn close(&self) {}
}

/// What one process sees of the cache that all share. No call of several keys or tags is one step: the parts of a
/// cluster answer each at its own time.
pub struct ScheduledCache {
    pub inner: Arc<Mutex<Arc<dyn CacheBackend>>>,
    pub scheduler: Scheduler,
    pub process: usize,
    /// Whether this process can't reach it.
    pub cut_off: Arc<AtomicBool>,
}

impl ScheduledCache {
    /// Waits for a turn; the engine as it is then, if it can be reached.
    async fn reach(&self, what: &'static str) -> Result<Arc<dyn CacheBackend>, CacheError> {
        self.scheduler.turn(self.process, what).await;
        if self.cut_off.load(Ordering::SeqCst) {
            return Err(CacheError::Unavailable("cut off".into()));
        }
        Ok(Arc::clone(&self.inner.lock()))
    }
}

#[async_trait]
impl CacheBackend for ScheduledCache {
    fn name(&self) -> &'static str {
        "schedule"
    }

    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        let tags_first = self.scheduler.roll(2) == 0;
        let mut got = Got::default();
        for tags_now in [tags_first, !tags_first] {
            let engine = self.reach(if tags_now { "cache tags" } else { "cache values" }).await?;
            if tags_now {
                let (some, others) = tags.split_at(self.scheduler.roll(tags.len() as u32 + 1) as usize);
                got.tags = engine.get_many(&[], some).await?.tags;
                let engine = self.reach("cache tags").await?;
                got.tags.extend(engine.get_many(&[], others).await?.tags);
            } else {
                got.values = engine.get_many(keys, &[]).await?.values;
            }
        }
        self.reach("cache answered").await?;
        Ok(got)
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        for put in puts {
            self.reach("cache put").await?.put_many(vec![put]).await?;
        }
        Ok(())
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.reach("cache purge").await?.purge(keys).await
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        let mut states = Vec::new();
        for tag in tags {
            let engine = self.reach("cache version").await?;
            states.extend(engine.versions(std::slice::from_ref(tag)).await?);
        }
        self.reach("cache versions answered").await?;
        Ok(states)
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        let mut versions = Vec::new();
        for tag in tags {
            let engine = self.reach("cache mark").await?;
            versions.extend(engine.mark(std::slice::from_ref(tag), mark).await?);
        }
        self.reach("cache marks answered").await?;
        Ok(versions)
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        for tag in tags {
            let engine = self.reach("cache settle").await?;
            engine.settle(std::slice::from_ref(tag), mark, moment).await?;
        }
        self.reach("cache settled").await.map(drop)
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.reach("cache ping").await?.ping().await
    }
}
