//! The queue of purges in MongoDB: a collection that all processes write into, and a lease for the one that works on it.

use std::time::Duration;

use async_trait::async_trait;
use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::error::Error;
use mongodb::{Collection, Database};
use tokio::sync::OnceCell;

use crate::model::{Id, PurgeEntry, PurgeItem, Timestamp, Value};
use crate::store::StoreError;
use crate::store::purges::{Backlog, PurgeQueue, QueuedPurge};

use super::error::{corrupt, store_error, write_error};
use super::filter::bson;
use super::lease;

/// What the collection is called.
pub(super) const COLLECTION: &str = "purges";

/// The queue of one database.
pub(super) struct MongoPurges {
    database: Database,
    timeout: Duration,
    prepared: OnceCell<()>,
}

/// The entry with this id.
pub(super) fn by_id(id: Id) -> Document {
    doc! { "_id": bson(&Value::Id(id)) }
}

/// What an entry becomes when it is written; to be set by a pipeline, so that its times are the server's.
pub(super) fn new(entry: &PurgeEntry) -> Document {
    let items: Vec<&str> = entry.items.iter().map(PurgeItem::as_str).collect();
    doc! { "at": "$$NOW", "due": from_now(entry.hold), "items": { "$literal": items } }
}

fn from_now(delay: Duration) -> Document {
    let millis = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX / 4);
    doc! { "$add": ["$$NOW", millis] }
}

fn among(ids: &[Id]) -> Document {
    let ids: Vec<Bson> = ids.iter().map(|id| bson(&Value::Id(*id))).collect();
    doc! { "_id": { "$in": ids } }
}

impl MongoPurges {
    pub(super) fn new(database: Database, timeout: Duration) -> MongoPurges {
        MongoPurges {
            database,
            timeout,
            prepared: OnceCell::new(),
        }
    }

    fn entries(&self) -> Collection<Document> {
        self.database.collection(COLLECTION)
    }

    async fn bounded<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let late = |_| StoreError::Unavailable(format!("MongoDB didn't answer within {:?}", self.timeout));
        tokio::time::timeout(self.timeout, call).await.map_err(late)?
    }

    async fn update(&self, ids: &[Id], set: Document) -> Result<(), StoreError> {
        let update = async {
            let done = self.entries().update_many(among(ids), vec![doc! { "$set": set }]).await;
            done.map(drop).map_err(|error| write_error(&error, None))
        };
        self.bounded(update).await
    }

    async fn due(&self, limit: u32) -> Result<Vec<QueuedPurge>, StoreError> {
        let found = self
            .entries()
            .find(doc! { "$expr": { "$lte": ["$due", "$$NOW"] } })
            .sort(doc! { "batch": -1, "at": 1, "_id": 1 })
            .limit(i64::from(limit))
            .await
            .map_err(store_error)?;
        found
            .map_err(store_error)
            .and_then(|entry| async move { queued(&entry) })
            .try_collect()
            .await
    }

    async fn oldest(&self) -> Result<Option<Duration>, Error> {
        let age = vec![
            doc! { "$sort": { "_id": 1 } },
            doc! { "$limit": 1 },
            doc! { "$project": { "age": { "$subtract": ["$$NOW", "$at"] } } },
        ];
        let mut found = self.entries().aggregate(age).await?;
        let first = found.try_next().await?;
        let age = first.and_then(|first| first.get_i64("age").ok());
        Ok(age.map(|age| Duration::from_millis(u64::try_from(age).unwrap_or_default())))
    }
}

#[async_trait]
impl PurgeQueue for MongoPurges {
    async fn claim(&self, holder: Id, lease: Duration, limit: u32) -> Result<Option<Vec<QueuedPurge>>, StoreError> {
        let claim = async {
            let prepare = || lease::prepare(&self.database, lease::PURGER);
            self.prepared.get_or_try_init(prepare).await?;
            match lease::hold(&self.database, lease::PURGER, holder, lease, None).await? {
                Some(_) => self.due(limit).await.map(Some),
                None => Ok(None),
            }
        };
        self.bounded(claim).await
    }

    async fn release(&self, holder: Id) -> Result<(), StoreError> {
        self.bounded(lease::release(&self.database, lease::PURGER, holder))
            .await
    }

    async fn seal(&self, ids: &[Id], batch: Id) -> Result<(), StoreError> {
        self.update(ids, doc! { "batch": bson(&Value::Id(batch)) }).await
    }

    async fn hold(&self, ids: &[Id], delay: Duration) -> Result<(), StoreError> {
        self.update(ids, doc! { "batch": "$$REMOVE", "due": from_now(delay) })
            .await
    }

    async fn remove(&self, ids: &[Id]) -> Result<(), StoreError> {
        let remove = async {
            let done = self.entries().delete_many(among(ids)).await;
            done.map(drop).map_err(|error| write_error(&error, None))
        };
        self.bounded(remove).await
    }

    async fn count(&self, ids: &[Id]) -> Result<u64, StoreError> {
        let count = async { self.entries().count_documents(among(ids)).await.map_err(store_error) };
        self.bounded(count).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let backlog = async {
            let Some(age) = self.oldest().await? else {
                return Ok(Backlog::default());
            };
            // Most of the time nothing waits, and one question is all.
            let entries = self.entries().estimated_document_count().await?;
            Ok(Backlog { entries, age })
        };
        self.bounded(async { backlog.await.map_err(store_error) }).await
    }
}

fn queued(entry: &Document) -> Result<QueuedPurge, StoreError> {
    let id = |name| entry.get_object_id(name).map(|id| Id::from_bytes(id.bytes()));
    let items = entry.get_array("items").map_err(corrupt)?;
    let items = items
        .iter()
        .map(|item| item.as_str().ok_or_else(|| corrupt("an item that is no text")));
    let items = items.map(|item| PurgeItem::parse(item?).map_err(corrupt));
    Ok(QueuedPurge {
        id: id("_id").map_err(corrupt)?,
        items: items.collect::<Result<_, _>>()?,
        at: Timestamp::from_millis(entry.get_datetime("at").map_err(corrupt)?.timestamp_millis()),
        batch: id("batch").ok(),
    })
}
