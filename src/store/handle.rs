//! The handle on the store that everybody holds: typed reads, the only writers, measurements, once for all engines.

use std::sync::Arc;
use std::time::Instant;

use tracing::Instrument;

use crate::metrics::Metrics;
use crate::model::{
    AnyEntity, Change, Clock, Entity, Field, Filter, Finding, Id, Kind, Moment, Query, Tag, Timestamp, Value,
};

use super::{Document, Outcome, Settle, StoreBackend, StoreError, Write};

/// A cheap handle on the store; clones share everything.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Arc<dyn StoreBackend>,
    settle: Arc<dyn Settle>,
    clock: Clock,
    metrics: Metrics,
}

impl Store {
    /// A store on this engine, whose writes pass through `settle`.
    pub fn new(backend: Arc<dyn StoreBackend>, settle: Arc<dyn Settle>, clock: Clock, metrics: Metrics) -> Store {
        Store {
            shared: Arc::new(Shared {
                backend,
                settle,
                clock,
                metrics,
            }),
        }
    }

    /// The clock that stamps the writes.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The entity with this id, as it is now.
    pub async fn get<E: Entity>(&self, id: Id) -> Result<Option<Arc<E>>, StoreError>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        Ok(self
            .get_many(E::KIND, &[id])
            .await?
            .pop()
            .and_then(|any| any.try_into().ok()))
    }

    /// The entities of one kind with these ids, in any order, without those that are absent: one round trip.
    pub async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<AnyEntity>, StoreError> {
        let documents = self
            .observed("get_many", kind, self.shared.backend.get_many(kind, ids))
            .await?;
        self.decode(kind, &documents)
    }

    /// The one page of a query.
    pub async fn page(&self, kind: Kind, query: Query) -> Result<Vec<AnyEntity>, StoreError> {
        Ok(self.pages(kind, &[query]).await?.pop().unwrap_or_default())
    }

    /// A page for each query, in their order: one round trip.
    pub async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<AnyEntity>>, StoreError> {
        let pages = self
            .observed("pages", kind, self.shared.backend.pages(kind, queries))
            .await?;
        pages
            .into_iter()
            .map(|documents| self.decode(kind, &documents))
            .collect()
    }

    /// Any one entity that matches.
    pub async fn find<E: Entity>(&self, filter: Filter) -> Result<Option<Arc<E>>, StoreError>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        let ids = self.ids(E::KIND, &filter, 1).await?;
        match ids.first() {
            Some(id) => self.get(*id).await,
            None => Ok(None),
        }
    }

    /// The ids of what matches, at most `limit`, in no order.
    pub async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.observed("ids", kind, self.shared.backend.ids(kind, filter, limit))
            .await
    }

    /// How many match each filter.
    pub async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
        self.observed("count", kind, self.shared.backend.count(kind, filters))
            .await
    }

    /// How many match for each combination of the fields' values.
    pub async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
        self.observed("count_by", kind, self.shared.backend.count_by(kind, filter, fields))
            .await
    }

    /// The next `count` numbers of a counter; returns the first.
    pub async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError> {
        let backend = &self.shared.backend;
        self.observed_as("reserve", "counters", backend.reserve(counter, count))
            .await
    }

    /// Writes a new entity; returns it as it was written.
    pub async fn insert<E: Entity>(&self, entity: E) -> Result<Arc<E>, StoreError> {
        let (change, entity) = self.inserting(entity);
        self.write(vec![change]).await?;
        Ok(entity)
    }

    /// The change that `insert` makes, for a unit of work of several, and the entity as it will be written.
    pub fn inserting<E: Entity>(&self, mut entity: E) -> (Change, Arc<E>) {
        entity.stamp(1, self.shared.clock.now());
        (Change::Insert(entity.clone().into()), Arc::new(entity))
    }

    /// Writes `after` over `before`, unless somebody else has written since it was read; returns it as it was written.
    pub async fn update<E: Entity>(&self, before: &Arc<E>, after: E) -> Result<Arc<E>, StoreError> {
        let (change, after) = self.updating(before, after);
        self.write(vec![change]).await?;
        Ok(after)
    }

    /// The change that `update` makes, for a unit of work of several, and the entity as it will be written.
    pub fn updating<E: Entity>(&self, before: &Arc<E>, mut after: E) -> (Change, Arc<E>) {
        after.stamp(before.version() + 1, self.shared.clock.now());
        let change = Change::Update {
            before: E::clone(before).into(),
            after: after.clone().into(),
        };
        (change, Arc::new(after))
    }

    /// Writes quiet fields, unless somebody else has written since the entity was read; no tag is renewed.
    pub async fn touch<E: Entity>(&self, before: &Arc<E>, after: E) -> Result<(), StoreError> {
        let before = E::clone(before).into();
        let after = after.into();
        self.write(vec![Change::Touch { before, after }]).await
    }

    /// Takes an entity away, unless somebody else has written it since it was read.
    pub async fn remove<E: Entity>(&self, before: &Arc<E>) -> Result<(), StoreError> {
        self.write(vec![Change::Remove(E::clone(before).into())]).await
    }

    /// Does all of these changes or none. It runs to its end in a task of its own: a caller that goes away
    /// leaves it done or not done, settled either way.
    pub async fn write(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let store = self.clone();
        let written = tokio::spawn(async move { store.write_settled(changes).await }.in_current_span());
        written
            .await
            .unwrap_or_else(|broken| Err(StoreError::Unavailable(format!("the write broke off: {broken}"))))
    }

    async fn write_settled(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let Shared { backend, settle, .. } = &*self.shared;
        let mut writes = changes
            .iter()
            .map(|change| self.encode(change))
            .collect::<Result<Vec<Write>, _>>()?;
        let ticket = settle.before(&changes).await;
        if ticket.raises_epoch {
            writes.push(Write::RaiseEpoch);
        }
        writes.extend(ticket.purges.iter().cloned().map(Write::Purge));
        let done = self
            .observed_as("write", "all", backend.write(writes, ticket.limit))
            .await;
        let outcome = match &done {
            Ok(moment) => Outcome::Written(*moment),
            Err(StoreError::Unavailable(_)) => Outcome::Unknown,
            Err(_) => Outcome::Refused,
        };
        settle.after(ticket, outcome).await;
        done.map(drop)
    }

    /// From its return on, nobody is served anything older than what this store had answered when it was called: before
    /// one replies with what was read here, and not written.
    pub async fn agree(&self) -> Result<(), StoreError> {
        self.shared.settle.agree().await
    }

    /// From its return on, nobody is served what was cached of the data under these tags before.
    pub async fn renew(&self, tags: &[Tag]) -> Result<(), StoreError> {
        self.shared.settle.renew(Some(tags)).await
    }

    /// From its return on, nobody is served what was cached of the data before.
    pub async fn renew_all(&self) -> Result<(), StoreError> {
        self.shared.settle.renew(None).await
    }

    /// From its return on no read answers from before what anybody had been told was written when this was called.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.shared.backend.catch_up().await
    }

    /// From now on no read answers from before this moment.
    pub fn advance(&self, moment: Moment) {
        self.shared.backend.advance(moment);
    }

    /// Creates the indexes that are missing; returns how many.
    pub async fn ensure_indexes(&self) -> Result<u32, StoreError> {
        self.shared.backend.ensure_indexes().await
    }

    /// How the engine would execute a query.
    pub async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError> {
        self.shared.backend.explain(kind, query).await
    }

    /// Answers if the engine can be used.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.shared.backend.ping().await
    }

    /// What whoever looks after the engine should know of it.
    pub async fn examine(&self) -> Vec<Finding> {
        self.shared.backend.examine(&self.shared.clock).await
    }

    /// Takes away what has expired, where the engine doesn't by itself; returns how much.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.shared.backend.sweep(now).await
    }

    /// Finishes what runs and lets go of the engine.
    pub async fn close(&self) {
        self.shared.backend.close().await;
    }

    fn decode(&self, kind: Kind, documents: &[Document]) -> Result<Vec<AnyEntity>, StoreError> {
        let format = self.shared.backend.format();
        documents.iter().map(|document| format.decode(kind, document)).collect()
    }

    fn encode(&self, change: &Change) -> Result<Write, StoreError> {
        let format = self.shared.backend.format();
        Ok(match change {
            Change::Insert(new) => Write::Insert {
                entity: new.reference(),
                document: format.encode(new)?,
            },
            Change::Update { before, after } | Change::Touch { before, after } => Write::Replace {
                entity: before.reference(),
                version: before.version(),
                document: format.encode(after)?,
            },
            Change::Remove(before) => Write::Remove {
                entity: before.reference(),
                version: before.version(),
            },
            Change::RemoveBelow { kind, filter, .. } => Write::RemoveWhere {
                kind: *kind,
                filter: filter.clone(),
            },
        })
    }

    async fn observed<T>(
        &self,
        verb: &'static str,
        kind: Kind,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.observed_as(verb, kind.collection(), call).await
    }

    async fn observed_as<T>(
        &self,
        verb: &'static str,
        of: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let start = Instant::now();
        let done = call.await;
        self.shared.metrics.store_call(verb, of, done.is_ok(), start.elapsed());
        done
    }
}
