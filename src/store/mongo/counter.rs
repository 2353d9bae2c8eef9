//! Counters: a document each, moved on in one step.

use bson::{Document, doc};
use mongodb::Database;
use mongodb::error::Error;
use mongodb::options::ReturnDocument;

use crate::store::StoreError;

use super::error::{corrupt, is_duplicate, write_error};

/// What the collection is called.
pub(super) const COLLECTION: &str = "counters";
/// The number in a counter.
pub(super) const VALUE: &str = "value";
/// The first two who want a new counter may both try to create it; the one who loses finds it on the next try.
const TRIES: usize = 5;

/// Takes the next `count` numbers; returns the first.
pub(super) async fn reserve(database: &Database, counter: &str, count: u32) -> Result<i64, StoreError> {
    let mut last = advance(database, counter, count).await;
    for _ in 1..TRIES {
        match last {
            Err(error) if is_duplicate(&error) => last = advance(database, counter, count).await,
            _ => break,
        }
    }
    let document = last
        .map_err(|error| write_error(&error, None))?
        .ok_or_else(|| corrupt("a counter that isn't there"))?;
    Ok(document.get_i64(VALUE).map_err(corrupt)? - i64::from(count) + 1)
}

async fn advance(database: &Database, counter: &str, count: u32) -> Result<Option<Document>, Error> {
    database
        .collection::<Document>(COLLECTION)
        .find_one_and_update(doc! { "_id": counter }, doc! { "$inc": { VALUE: i64::from(count) } })
        .upsert(true)
        .return_document(ReturnDocument::After)
        .await
}
