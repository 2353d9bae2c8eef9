//! What stands in the database: MongoDB's own types, the indexes of the register; and what the server takes away.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use kanvaro::model::{AnyEntity, Filter, Index, Kind, Session, Timestamp};
use kanvaro::store::StoreBackend;

use super::scratch::{Scratch, Server, insertion};
use crate::support::sample;

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
        let mut names: BTreeSet<String> = kind.indexes().iter().map(Index::name).collect();
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
    assert_eq!(sessions.options.unwrap().expire_after, Some(Duration::ZERO));
    let users = index(&scratch, "users", "email_1").await;
    assert_eq!(users.options.unwrap().unique, Some(true));
}

#[tokio::test]
async fn the_server_takes_an_expired_session_away_and_leaves_the_others() {
    let server = Server::start(&["--replSet", "rs0", "--setParameter", "ttlMonitorSleepSecs=1"]);
    server.initiate().await;
    let store = server.connect().await;
    store.ensure_indexes().await.unwrap();
    let expired = sample::session(&sample::user(sample::id()));
    let running = Session {
        expires_at: Timestamp::MAX,
        ..sample::session(&sample::user(sample::id()))
    };
    let (expired, running) = (AnyEntity::from(expired), AnyEntity::from(running));
    store
        .write(vec![insertion(&expired), insertion(&running)], sample::LIMIT)
        .await
        .unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let left = store.ids(Kind::Session, &Filter::everything(), 10).await.unwrap();
        if left == [running.reference().id] {
            return;
        }
        assert!(Instant::now() < end && left.len() == 2, "{left:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn index(scratch: &Scratch, collection: &str, name: &str) -> mongodb::IndexModel {
    let collection = scratch.database.collection::<Document>(collection);
    let indexes: Vec<mongodb::IndexModel> = collection.list_indexes().await.unwrap().try_collect().await.unwrap();
    let named =
        |index: &mongodb::IndexModel| index.options.as_ref().and_then(|options| options.name.as_deref()) == Some(name);
    indexes.into_iter().find(named).unwrap()
}
