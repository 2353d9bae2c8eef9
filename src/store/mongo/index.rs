//! The collections and indexes of the register, created where they are missing. The collections keep what their
//! documents were before and after each change, so that the follower learns what others write.

use std::collections::HashMap;
use std::time::Duration;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ChangeStreamPreAndPostImages, CreateCollectionOptions, IndexOptions};
use mongodb::results::CollectionSpecification;
use mongodb::{Database, IndexModel};

use crate::model::{Index, Kind};
use crate::store::StoreError;

use super::error::store_error;
use super::{epoch, purges};

const NAMESPACE_EXISTS: i32 = 48;

/// The wire version of MongoDB 6.0, the first that keeps images.
const WITH_IMAGES: i32 = 17;

/// Creates what is missing; returns how many indexes there were to create.
pub(super) async fn ensure(database: &Database) -> Result<u32, StoreError> {
    let images = keeps_images(database).await.map_err(store_error)?;
    let present = present(database).await.map_err(store_error)?;
    let kinds = Kind::ALL
        .iter()
        .map(|kind| ensure_kind(database, *kind, images, &present));
    let created = try_join_all(kinds).await.map_err(store_error)?.into_iter().sum();
    for name in [epoch::COLLECTION, purges::COLLECTION] {
        if !present.contains_key(name) {
            let created = create_collection(database, name, false).await;
            created.map_err(store_error)?;
        }
    }
    Ok(created)
}

/// The indexes of the register that are missing, of the collections that there are; `None`: there are no collections.
pub(super) async fn missing(database: &Database) -> Result<Option<Vec<String>>, Error> {
    let present = present(database).await?;
    let there = Kind::ALL.iter().filter(|kind| present.contains_key(kind.collection()));
    let there: Vec<Kind> = there.copied().collect();
    if there.is_empty() {
        return Ok(None);
    }
    let mut missing = Vec::new();
    for kind in Kind::ALL {
        let collection = database.collection::<Document>(kind.collection());
        let known = if there.contains(kind) {
            collection.list_index_names().await?
        } else {
            Vec::new()
        };
        let absent = kind.indexes().iter().filter(|index| !known.contains(&index.name()));
        missing.extend(absent.map(|index| format!("{}.{}", kind.collection(), index.name())));
    }
    Ok(Some(missing))
}

/// Whether the server can keep the images of documents before and after a change.
async fn keeps_images(database: &Database) -> Result<bool, Error> {
    let hello = database.run_command(doc! { "hello": 1 }).await?;
    Ok(hello.get_i32("maxWireVersion").unwrap_or_default() >= WITH_IMAGES)
}

/// Whether every collection of the register keeps images.
pub(super) async fn has_images(database: &Database) -> Result<bool, Error> {
    let present = present(database).await?;
    let kept = |kind: &Kind| present.get(kind.collection()).copied().unwrap_or_default();
    Ok(Kind::ALL.iter().all(kept))
}

/// The collections that are there, and whether each keeps images.
async fn present(database: &Database) -> Result<HashMap<String, bool>, Error> {
    let found: Vec<CollectionSpecification> = database.list_collections().await?.try_collect().await?;
    let images = |options: &CreateCollectionOptions| {
        let images = options.change_stream_pre_and_post_images.as_ref();
        images.is_some_and(|images| images.enabled)
    };
    Ok(found
        .into_iter()
        .map(|found| (found.name, images(&found.options)))
        .collect())
}

async fn ensure_kind(
    database: &Database,
    kind: Kind,
    images: bool,
    present: &HashMap<String, bool>,
) -> Result<u32, Error> {
    let name = kind.collection();
    match present.get(name) {
        None => create_collection(database, name, images).await?,
        Some(false) if images => keep_images(database, name).await?,
        Some(_) => {}
    }
    let collection = database.collection::<Document>(name);
    let known = collection.list_index_names().await?;
    let indexes = kind.indexes().iter().filter(|index| !known.contains(&index.name()));
    let missing: Vec<IndexModel> = indexes.map(model).collect();
    let count = missing.len() as u32;
    if count > 0 {
        collection.create_indexes(missing).await?;
    }
    Ok(count)
}

async fn keep_images(database: &Database, name: &str) -> Result<(), Error> {
    let command = doc! { "collMod": name, "changeStreamPreAndPostImages": { "enabled": true } };
    database.run_command(command).await.map(drop)
}

/// Another process may be quicker.
async fn create_collection(database: &Database, name: &str, images: bool) -> Result<(), Error> {
    let mut options = CreateCollectionOptions::default();
    options.change_stream_pre_and_post_images =
        images.then(|| ChangeStreamPreAndPostImages::builder().enabled(true).build());
    match database.create_collection(name).with_options(options).await {
        Err(error) if matches!(&*error.kind, ErrorKind::Command(refused) if refused.code == NAMESPACE_EXISTS) => Ok(()),
        done => done,
    }
}

fn model(index: &Index) -> IndexModel {
    let keys: Document = index
        .keys
        .iter()
        .map(|(field, direction)| ((*field).to_owned(), direction.sign().into()))
        .collect();
    let mut options = IndexOptions::builder().name(index.name()).build();
    options.unique = index.unique.then_some(true);
    options.expire_after = index.expires.then_some(Duration::ZERO);
    IndexModel::builder().keys(keys).options(options).build()
}
