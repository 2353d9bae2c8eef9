//! Which servers are taken, and what happens when one goes away.

use std::time::{Duration, Instant};

use kanvaro::model::{Kind, Timestamp};
use kanvaro::store::mongo::{ConnectError, MongoOptions};
use kanvaro::store::{StoreBackend, StoreError};

use super::scratch::{Server, connect, connect_until, uri};
use crate::support::sample;

#[tokio::test]
async fn a_standalone_server_is_refused_with_the_command_that_makes_it_a_replica_set() {
    let server = Server::start(&[]);
    for named in ["", "replicaSet=rs0"] {
        let refused = connect_until(&server.uri(named), |done| {
            !matches!(done, Err(ConnectError::Unavailable(_)))
        })
        .await;
        let Err(error) = refused else {
            panic!("a standalone server was taken with {named:?}");
        };
        assert!(matches!(error, ConnectError::Standalone(_)), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("mongod --replSet rs0") && text.contains("rs.initiate()"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_member_without_a_primary_is_unavailable_until_one_is_elected() {
    let server = Server::start(&["--replSet", "rs0"]);
    // It listens as soon as it answers the command, which it would refuse were it part of a set already.
    server.command(bson::doc! { "hello": 1 }).await;
    for named in ["", "replicaSet=rs0", "directConnection=true"] {
        let early = connect(&server.uri(named)).await.err();
        assert!(
            matches!(early, Some(ConnectError::Unavailable(_))),
            "{named}: {early:?}"
        );
    }
    server.initiate().await;
    server.connect().await.ping().await.unwrap();
}

#[tokio::test]
async fn a_uri_that_cannot_be_used_is_told_from_a_server_that_does_not_answer() {
    let unusable = connect("mongodb://").await.err();
    assert!(matches!(unusable, Some(ConnectError::Invalid(_))), "{unusable:?}");
    let silent = connect("mongodb://user:secret@127.0.0.1:9/").await.err();
    let Some(ConnectError::Unavailable(text)) = silent else {
        panic!("{silent:?}");
    };
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_server_that_hangs_or_dies_makes_calls_unavailable_in_time() {
    let server = Server::start(&["--replSet", "rs0"]);
    server.initiate().await;
    let store = server.connect().await;
    store.get_many(Kind::Task, &[sample::id()]).await.unwrap();
    for signal in ["STOP", "CONT", "KILL"] {
        server.signal(signal);
        if signal == "CONT" {
            continue;
        }
        let start = Instant::now();
        let read = store.get_many(Kind::Task, &[sample::id()]).await;
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{signal}: {read:?}");
        let ping = store.ping().await;
        assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{signal}: {ping:?}");
        assert!(
            start.elapsed() < Duration::from_secs(6),
            "{signal}: {:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable_and_may_be_closed_again() {
    let store = connect(&uri()).await.unwrap();
    assert_eq!(
        store.sweep(Timestamp::MAX).await.unwrap(),
        0,
        "the server's own index does it"
    );
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    store.close().await;
}

#[tokio::test]
async fn what_the_uri_says_of_the_pool_goes_first_and_durability_is_not_its_business() {
    let asked = MongoOptions::new("mongodb://localhost/?maxPoolSize=3&w=1&readPreference=secondary&retryWrites=false");
    let driver = asked.client_options().await.unwrap();
    assert_eq!((driver.min_pool_size, driver.max_pool_size), (Some(3), Some(3)));
    assert_eq!(driver.retry_writes, Some(true));
    let written = format!("{:?} {:?}", driver.write_concern, driver.selection_criteria);
    assert!(written.contains("Majority") && written.contains("Primary"), "{written}");
}
