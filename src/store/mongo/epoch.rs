//! The collection `freshness`: small documents that no entity is: the cache epoch, the barrier, the follower's lease.

use std::time::Duration;

use bson::{Document, doc};
use mongodb::error::Error;
use mongodb::options::ReadConcern;
use mongodb::{Client, ClientSession, Collection, Database};

use crate::model::Moment;
use crate::store::StoreError;

use super::error::{corrupt, store_error, write_error};
use super::moment;
use super::source::Documents;

/// What the collection is called.
pub(super) const COLLECTION: &str = "freshness";
/// The document of the cache epoch.
pub(super) const EPOCH: &str = "epoch";
/// The number in it.
pub(super) const VALUE: &str = "value";
const BARRIER: &str = "barrier";

/// The cache epoch + 1, by itself.
pub(super) async fn raise(database: &Database, session: &mut ClientSession, limit: Duration) -> Result<(), Error> {
    count_up(database, EPOCH, session, limit).await
}

/// A write after all that the primary has taken in so far: once most members have it, they have those too.
pub(super) async fn pass(database: &Database, session: &mut ClientSession, limit: Duration) -> Result<(), StoreError> {
    let passed = count_up(database, BARRIER, session, limit).await;
    passed.map_err(|error| write_error(&error, None))
}

/// The cache epoch, as nobody but the primary in office can tell it: it asks most members before it answers; and when that was.
pub(super) async fn current(
    client: &Client,
    database: &Database,
    limit: Duration,
) -> Result<(u64, Moment), StoreError> {
    let documents: Collection<Document> = database.collection(COLLECTION);
    let mut session = client.start_session().await.map_err(store_error)?;
    let found = documents
        .find_one(doc! { "_id": EPOCH })
        .read_concern(ReadConcern::linearizable())
        .max_time(limit)
        .session(&mut session)
        .await
        .map_err(store_error)?;
    let epoch = match found {
        Some(epoch) => u64::try_from(epoch.get_i64(VALUE).map_err(corrupt)?).map_err(corrupt)?,
        None => 0,
    };
    Ok((epoch, moment::of(&session)))
}

async fn count_up(
    database: &Database,
    document: &str,
    session: &mut ClientSession,
    limit: Duration,
) -> Result<(), Error> {
    let documents: Documents = database.collection(COLLECTION);
    documents
        .find_one_and_update(doc! { "_id": document }, doc! { "$inc": { VALUE: 1_i64 } })
        .upsert(true)
        .projection(doc! { "_id": 1 })
        .max_time(limit)
        .session(session)
        .await
        .map(drop)
}
