//! The collections and indexes of the register, created where they are missing.

use std::time::Duration;

use bson::Document;
use futures_util::future::try_join_all;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::IndexOptions;
use mongodb::{Database, IndexModel};

use crate::model::{Index, Kind};
use crate::store::StoreError;

use super::error::store_error;

const NAMESPACE_EXISTS: i32 = 48;

/// Creates what is missing; returns how many indexes there were to create.
pub(super) async fn ensure(database: &Database) -> Result<u32, StoreError> {
    let present = database.list_collection_names().await.map_err(store_error)?;
    let kinds = Kind::ALL.iter().map(|kind| ensure_kind(database, *kind, &present));
    Ok(try_join_all(kinds).await.map_err(store_error)?.into_iter().sum())
}

async fn ensure_kind(database: &Database, kind: Kind, present: &[String]) -> Result<u32, Error> {
    let name = kind.collection();
    if !present.iter().any(|known| known == name) {
        create_collection(database, name).await?;
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

/// Another process may be quicker.
async fn create_collection(database: &Database, name: &str) -> Result<(), Error> {
    match database.create_collection(name).await {
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
