//! What an engine must do to hold the data: it speaks documents and filters, never entities.
//! Every promise written here is a case of `tests/it/contract/store.rs`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::{Clock, EntityRef, Field, Filter, Finding, Id, Kind, Moment, PurgeEntry, Query, Timestamp, Value};

use super::feed::Feed;
use super::ledger::Ledger;
use super::purges::PurgeQueue;
use super::{Format, StoreError};

/// An encoded document, in the backend's `Format`.
pub type Document = Vec<u8>;

/// One write of a unit of work, encoded.
#[derive(Clone, Debug)]
pub enum Write {
    /// A new document. `Duplicate` when its id or a unique field is taken.
    Insert {
        /// Which.
        entity: EntityRef,
        /// What.
        document: Document,
    },
    /// A document in place of the one with this version. `Conflict` when there is none.
    Replace {
        /// Which.
        entity: EntityRef,
        /// The version that was read; a document without one counts as 0.
        version: i64,
        /// What.
        document: Document,
    },
    /// Takes away the document with this version. `Conflict` when there is none.
    Remove {
        /// Which.
        entity: EntityRef,
        /// The version that was read.
        version: i64,
    },
    /// Takes away whatever matches, even nothing.
    RemoveWhere {
        /// What.
        kind: Kind,
        /// Which of them.
        filter: Filter,
    },
    /// The cache epoch + 1.
    RaiseEpoch,
    /// One entry more in the queue of purges.
    Purge(PurgeEntry),
}

/// An engine that holds documents.
#[async_trait]
pub trait StoreBackend: Send + Sync + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// The encoding of its documents.
    fn format(&self) -> Format;

    /// The documents with these ids, in any order, without those that are absent.
    async fn get_many(&self, kind: Kind, ids: &[Id]) -> Result<Vec<Document>, StoreError>;

    /// One page for each query, in the order of the queries, in one round trip.
    async fn pages(&self, kind: Kind, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError>;

    /// The ids of what matches, at most `limit`, in no order.
    async fn ids(&self, kind: Kind, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError>;

    /// How many match each filter, in the order of the filters.
    async fn count(&self, kind: Kind, filters: &[Filter]) -> Result<Vec<u64>, StoreError>;

    /// How many match for each combination of these fields' values. The fields are top-level and no arrays;
    /// each result has one value a field, in the order of the fields.
    async fn count_by(
        &self,
        kind: Kind,
        filter: &Filter,
        fields: &[Field],
    ) -> Result<Vec<(Vec<Value>, u64)>, StoreError>;

    /// Does all of it or none of it, durably, before it returns the moment of it. It can't happen later than `limit`
    /// after the call begins. `Unavailable` leaves open whether it has happened or, until then, will; every other error
    /// says that it never will.
    async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError>;

    /// The cache epoch, 0 where it was never raised; no primary that has been deposed can answer.
    async fn epoch(&self) -> Result<u64, StoreError>;

    /// Returns once every write that was sent before, and whose limit has passed, has happened durably or never will.
    async fn barrier(&self) -> Result<Moment, StoreError>;

    /// From its return on no read answers from before what anybody had been told was written when this was called: for
    /// who knows of no moment. Nothing to do where all that reads and writes is one.
    async fn catch_up(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// From now on no read answers from before this moment, nor from before any that was given earlier.
    fn advance(&self, moment: Moment);

    /// What others write to the same data; `None` where nobody else can, or the engine can't tell.
    async fn feed(&self) -> Result<Option<Arc<dyn Feed>>, StoreError> {
        Ok(None)
    }

    /// What waits to be purged at a CDN, as `Write::Purge` has left it; `None` where the engine keeps no queue.
    fn purges(&self) -> Option<Arc<dyn PurgeQueue>> {
        None
    }

    /// Its counters, for who moves a whole store; `None` where the engine doesn't show them.
    fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        None
    }

    /// Takes the next `count` numbers of a counter, never handed out before; returns the first. Counters begin at 1.
    async fn reserve(&self, counter: &str, count: u32) -> Result<i64, StoreError>;

    /// Creates the collections and indexes of the register that are missing; returns how many there were to create.
    async fn ensure_indexes(&self) -> Result<u32, StoreError>;

    /// How the engine would execute this query, as text; says `SCAN` or `COLLSCAN` where no index serves.
    async fn explain(&self, kind: Kind, query: &Query) -> Result<String, StoreError>;

    /// Answers if the engine can be used.
    async fn ping(&self) -> Result<(), StoreError>;

    /// What whoever looks after the engine should know of it, its clock held against this one. Changes nothing.
    async fn examine(&self, _clock: &Clock) -> Vec<Finding> {
        Vec::new()
    }

    /// Takes away what has expired, where the engine doesn't by itself.
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Finishes what runs and lets go of the engine.
    async fn close(&self);
}
