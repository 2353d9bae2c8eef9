//! What stands in the database: MongoDB's own types, the indexes of the register, entities as they were.

use std::collections::BTreeSet;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use kanvaro::model::{AnyEntity, Kind};
use kanvaro::store::{Format, StoreBackend};

use super::scratch::Scratch;
use crate::support::sample;

#[tokio::test]
async fn every_entity_comes_back_as_it_was() {
    let scratch = Scratch::new().await;
    for entity in sample::full().into_iter().chain(sample::bare()) {
        scratch.insert([entity.clone()]).await;
        let (kind, id) = (entity.reference().kind, entity.reference().id);
        let found = scratch.backend.get_many(kind, &[id]).await.unwrap();
        let read = Format::Bson.decode(kind, &found[0]).unwrap();
        assert_eq!(json(&read), json(&entity));
    }
}

#[tokio::test]
async fn ids_and_times_are_object_ids_and_dates() {
    let scratch = Scratch::new().await;
    let entities = sample::full();
    let is_task = |entity: &&AnyEntity| entity.reference().kind == Kind::Task;
    scratch.insert(entities.iter().filter(is_task).cloned()).await;
    let tasks = scratch.database.collection::<Document>("tasks");
    let task = tasks.find_one(doc! {}).await.unwrap().unwrap();
    for field in ["_id", "organization", "project", "createdBy", "parent"] {
        assert!(matches!(task.get(field), Some(Bson::ObjectId(_))), "{field}: {task}");
    }
    for field in [
        "createdAt",
        "updatedAt",
        "dueDate",
        "dueSort",
        "startDate",
        "completedAt",
    ] {
        assert!(matches!(task.get(field), Some(Bson::DateTime(_))), "{field}: {task}");
    }
    assert!(
        matches!(task.get_array("assignedTo").unwrap()[0], Bson::ObjectId(_)),
        "{task}"
    );
}

#[tokio::test]
async fn the_indexes_are_those_of_the_register_created_once() {
    let scratch = Scratch::bare().await;
    let expected: usize = Kind::ALL.iter().map(|kind| kind.indexes().len()).sum();
    let (one, other) = tokio::join!(scratch.backend.ensure_indexes(), scratch.backend.ensure_indexes());
    assert!(
        one.unwrap().max(other.unwrap()) as usize <= expected,
        "two may create them at once"
    );
    assert_eq!(scratch.backend.ensure_indexes().await.unwrap(), 0);
    for kind in Kind::ALL {
        let mut names: BTreeSet<String> = kind.indexes().iter().map(kanvaro::model::Index::name).collect();
        names.insert("_id_".into());
        let collection = scratch.database.collection::<Document>(kind.collection());
        let found: BTreeSet<String> = collection.list_index_names().await.unwrap().into_iter().collect();
        assert_eq!(found, names, "{kind:?}");
    }
}

#[tokio::test]
async fn one_missing_index_is_created_and_counted() {
    let scratch = Scratch::new().await;
    let users = scratch.database.collection::<Document>("users");
    users.drop_index("email_1").await.unwrap();
    assert_eq!(scratch.backend.ensure_indexes().await.unwrap(), 1);
}

#[tokio::test]
async fn sessions_expire_and_unique_fields_are_unique_by_index() {
    let scratch = Scratch::new().await;
    let sessions = index(&scratch, "sessions", "expiresAt_1").await;
    assert_eq!(sessions.options.unwrap().expire_after, Some(std::time::Duration::ZERO));
    let users = index(&scratch, "users", "email_1").await;
    assert_eq!(users.options.unwrap().unique, Some(true));
}

async fn index(scratch: &Scratch, collection: &str, name: &str) -> mongodb::IndexModel {
    let collection = scratch.database.collection::<Document>(collection);
    let indexes: Vec<mongodb::IndexModel> = collection.list_indexes().await.unwrap().try_collect().await.unwrap();
    let named =
        |index: &mongodb::IndexModel| index.options.as_ref().and_then(|options| options.name.as_deref()) == Some(name);
    indexes.into_iter().find(named).unwrap()
}

fn json(entity: &AnyEntity) -> serde_json::Value {
    serde_json::to_value(entity).unwrap()
}
