//! Leases: a document each that names who has the right to something and until when, by the server's clock, and how far
//! they got.

use std::time::Duration;

use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, doc};
use mongodb::options::ReturnDocument;
use mongodb::{Collection, Database};

use crate::model::Id;
use crate::store::StoreError;
use crate::store::feed::{Held, Place};

use super::epoch::COLLECTION;
use super::error::{is_duplicate, write_error};

/// The right to follow what others write.
pub(super) const FOLLOWER: &str = "follower";
/// The right to work on the queue of purges.
pub(super) const PURGER: &str = "purger";

/// Takes or prolongs it; `None`: another holds it.
pub(super) async fn hold(
    database: &Database,
    name: &str,
    holder: Id,
    lease: Duration,
    place: Option<Place>,
) -> Result<Option<Held>, StoreError> {
    let millis = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let mut set = doc! { "holder": holder.to_string(), "until": { "$add": ["$$NOW", millis] } };
    if let Some(bytes) = place {
        let subtype = BinarySubtype::Generic;
        set.insert("place", Bson::Binary(Binary { subtype, bytes }));
    }
    let mine = doc! { "$eq": ["$holder", holder.to_string()] };
    let free = doc! { "$lt": ["$until", "$$NOW"] };
    let found = documents(database)
        .find_one_and_update(
            doc! { "_id": name, "$expr": { "$or": [mine, free] } },
            vec![doc! { "$set": set }],
        )
        .return_document(ReturnDocument::After)
        .await;
    let held = found.map_err(|error| write_error(&error, None))?;
    Ok(held.map(|lease| Held {
        place: lease.get_binary_generic("place").ok().cloned(),
    }))
}

/// Makes the document, where it is missing, as a lease that has run out.
pub(super) async fn prepare(database: &Database, name: &str) -> Result<(), StoreError> {
    let new = doc! { "_id": name, "until": DateTime::from_millis(0) };
    match documents(database).insert_one(new).await {
        Err(error) if !is_duplicate(&error) => Err(write_error(&error, None)),
        _ => Ok(()),
    }
}

/// Gives it back.
pub(super) async fn release(database: &Database, name: &str, holder: Id) -> Result<(), StoreError> {
    let mine = doc! { "_id": name, "holder": holder.to_string() };
    let over = doc! { "$set": { "until": DateTime::from_millis(0) } };
    let done = documents(database).update_one(mine, over).await;
    done.map(drop).map_err(|error| write_error(&error, None))
}

fn documents(database: &Database) -> Collection<Document> {
    database.collection(COLLECTION)
}
