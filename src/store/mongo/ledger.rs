//! Counters and the epoch of the cache in MongoDB: a document each.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::{Collection, Database};

use crate::store::StoreError;
use crate::store::ledger::Ledger;

use super::error::{corrupt, store_error, write_error};
use super::{counter, epoch, lease};

/// The counters of one database.
pub(super) struct MongoLedger {
    database: Database,
    timeout: Duration,
}

impl MongoLedger {
    pub(super) fn new(database: Database, timeout: Duration) -> MongoLedger {
        MongoLedger { database, timeout }
    }

    fn documents(&self, collection: &str) -> Collection<Document> {
        self.database.collection(collection)
    }

    async fn bounded<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let late = |_| StoreError::Unavailable(format!("MongoDB didn't answer within {:?}", self.timeout));
        tokio::time::timeout(self.timeout, call).await.map_err(late)?
    }

    async fn all(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let found = self
            .documents(counter::COLLECTION)
            .find(doc! {})
            .await
            .map_err(store_error)?;
        let pair = |one: Document| async move {
            let name = one.get_str("_id").map_err(corrupt)?.to_owned();
            Ok((name, last(&one)?))
        };
        found.map_err(store_error).and_then(pair).try_collect().await
    }
}

#[async_trait]
impl Ledger for MongoLedger {
    async fn counters(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        self.bounded(self.all()).await
    }

    async fn counter(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let one = async {
            let found = self.documents(counter::COLLECTION).find_one(doc! { "_id": name }).await;
            found.map_err(store_error)?.map(|one| last(&one)).transpose()
        };
        self.bounded(one).await
    }

    async fn set_counter(&self, name: &str, last: Option<i64>) -> Result<(), StoreError> {
        let (counters, of) = (self.documents(counter::COLLECTION), doc! { "_id": name });
        let set = async {
            let done = match last {
                Some(last) => {
                    let update = doc! { "$set": { counter::VALUE: last } };
                    counters.update_one(of, update).upsert(true).await.map(drop)
                }
                None => counters.delete_one(of).await.map(drop),
            };
            done.map_err(|error| write_error(&error, None))
        };
        self.bounded(set).await
    }

    async fn raise_epoch(&self, least: u64) -> Result<(), StoreError> {
        let least = i64::try_from(least).unwrap_or(i64::MAX);
        let raise = async {
            let epochs = self.documents(epoch::COLLECTION);
            let update = doc! { "$max": { epoch::VALUE: least } };
            let done = epochs
                .update_one(doc! { "_id": epoch::EPOCH }, update)
                .upsert(true)
                .await;
            done.map(drop).map_err(|error| write_error(&error, None))
        };
        self.bounded(raise).await
    }

    /// One of the servers of a database follows what others write to it, as long as there is one.
    async fn is_served(&self) -> Result<bool, StoreError> {
        let lease = doc! { "_id": lease::FOLLOWER, "$expr": { "$gt": ["$until", "$$NOW"] } };
        let held = async {
            let found = self.documents(epoch::COLLECTION).find_one(lease).await;
            found.map(|found| found.is_some()).map_err(store_error)
        };
        self.bounded(held).await
    }
}

fn last(one: &Document) -> Result<i64, StoreError> {
    one.get_i64(counter::VALUE).map_err(corrupt)
}
