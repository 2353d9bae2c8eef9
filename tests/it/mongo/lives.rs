//! How long a write lives, and what is known of it afterwards; reads from a moment on. On a server that fails when told.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::future::join_all;
use kanvaro::model::{Kind, Moment};
use kanvaro::store::mongo::MongoBackend;
use kanvaro::store::{StoreBackend, StoreError, Write};
use tokio::time::sleep;

use super::scratch::{Scratch, Server, connect, insertion, replacement, title};
use crate::support::sample::{self, LIMIT};

/// A server that can be made to fail, and a store on it.
async fn failing() -> (Server, MongoBackend) {
    let server = Server::start(&["--replSet", "rs0", "--setParameter", "enableTestCommands=1"]);
    server.initiate().await;
    let store = server.connect().await;
    store.ensure_indexes().await.unwrap();
    (server, store)
}

/// From now on the next command of this name goes wrong so.
async fn fail(server: &Server, command: &str, how: Document) {
    let mut data = doc! { "failCommands": [command] };
    data.extend(how);
    server
        .command(doc! { "configureFailPoint": "failCommand", "mode": { "times": 1 }, "data": data })
        .await;
}

fn blocked(time: Duration) -> Document {
    doc! { "blockConnection": true, "blockTimeMS": time.as_millis() as i64 }
}

#[tokio::test]
async fn a_write_that_the_server_takes_up_too_late_never_happens() {
    let (server, store) = failing().await;
    let user = sample::user(sample::id());
    let (alone, together) = (
        sample::task(&sample::project(&user)),
        sample::task(&sample::project(&user)),
    );
    let limit = Duration::from_secs(1);
    let units = [
        ("findAndModify", alone.id, vec![insertion(&alone.clone().into())]),
        (
            "insert",
            together.id,
            vec![insertion(&together.clone().into()), Write::RaiseEpoch],
        ),
        (
            "commitTransaction",
            together.id,
            vec![insertion(&together.into()), Write::RaiseEpoch],
        ),
    ];
    for (command, id, unit) in units {
        fail(&server, command, blocked(2 * limit)).await;
        let start = Instant::now();
        let late = store.write(unit, limit).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{command}: {late:?}");
        assert!(start.elapsed() < limit, "{command}: {:?}", start.elapsed());
        sleep(2 * limit).await;
        assert!(store.get_many(Kind::Task, &[id]).await.unwrap().is_empty(), "{command}");
        assert_eq!(store.epoch().await.unwrap(), 0, "{command}");
    }
}

#[tokio::test]
async fn behind_the_barrier_nothing_comes_of_what_was_sent_before() {
    let (server, store) = failing().await;
    for command in ["findAndModify", "commitTransaction"] {
        let task = sample::task(&sample::project(&sample::user(sample::id())));
        let unit = match command {
            "findAndModify" => vec![insertion(&task.clone().into())],
            _ => vec![insertion(&task.clone().into()), Write::RaiseEpoch],
        };
        // A limit that is far from over: only the barrier can keep the write from coming later.
        fail(&server, command, blocked(Duration::from_secs(3))).await;
        let write = store.write(unit, Duration::from_secs(60));
        let abandoned = tokio::time::timeout(Duration::from_secs(1), write).await;
        assert!(abandoned.is_err(), "{command}");
        let start = Instant::now();
        store.barrier().await.unwrap();
        let found = store.get_many(Kind::Task, &[task.id]).await.unwrap().len();
        println!(
            "{command}: {found} found behind the barrier, which took {:?}",
            start.elapsed()
        );
        sleep(Duration::from_secs(4)).await;
        assert_eq!(
            store.get_many(Kind::Task, &[task.id]).await.unwrap().len(),
            found,
            "{command}"
        );
    }
}

#[tokio::test]
async fn a_replacement_that_is_sent_again_is_no_conflict_with_itself() {
    let (server, store) = failing().await;
    let task = sample::task(&sample::project(&sample::user(sample::id())));
    store.write(vec![insertion(&task.clone().into())], LIMIT).await.unwrap();
    let lost = [
        doc! { "closeConnection": true },
        // Done, and answered with an error that has the driver send it again.
        doc! { "writeConcernError": { "code": 89, "errmsg": "a member went away" } },
    ];
    for (version, how) in lost.into_iter().enumerate() {
        fail(&server, "findAndModify", how).await;
        let unit = vec![replacement(&task, version as i64, "Again")];
        store.write(unit, LIMIT).await.unwrap();
    }
    let found = store.get_many(Kind::Task, &[task.id]).await.unwrap();
    assert_eq!(title(&found[0]), "Again");
    fail(
        &server,
        "findAndModify",
        doc! { "errorCode": 89, "errorLabels": ["RetryableWriteError"] },
    )
    .await;
    let again = store.write(vec![replacement(&task, 0, "Old")], LIMIT).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn an_error_that_tells_nothing_for_certain_is_no_refusal() {
    let (server, store) = failing().await;
    let task = sample::task(&sample::project(&sample::user(sample::id())));
    for how in [
        doc! { "errorCode": 50 },
        doc! { "errorCode": 225 },
        doc! { "writeConcernError": { "code": 64, "errmsg": "waiting for replication timed out" } },
    ] {
        fail(&server, "findAndModify", how.clone()).await;
        let done = store.write(vec![insertion(&task.clone().into())], LIMIT).await;
        assert!(matches!(done, Err(StoreError::Unavailable(_))), "{how}: {done:?}");
    }
}

#[tokio::test]
async fn the_epoch_is_raised_by_many_processes_at_once() {
    let scratch = Scratch::new().await;
    let uri = super::scratch::uri();
    let name = scratch.database.name().to_owned();
    let stores = (0..8).map(|_| connect_to(&uri, &name));
    let stores = join_all(stores).await;
    let start = Instant::now();
    let raises = stores.iter().flat_map(|store| {
        (0..4).map(|_| {
            let unit = vec![insertion(&sample::user(sample::id()).into()), Write::RaiseEpoch];
            store.write(unit, Duration::from_secs(10))
        })
    });
    let done = join_all(raises).await;
    println!("32 raises by 8 processes took {:?}", start.elapsed());
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(scratch.backend.epoch().await.unwrap(), 32);
}

async fn connect_to(uri: &str, database: &str) -> MongoBackend {
    let (server, options) = uri.split_once("/?").unwrap();
    connect(&format!("{server}/{database}?{options}")).await.unwrap()
}

#[tokio::test]
async fn a_read_does_not_answer_from_before_the_moment_it_is_told() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(1, |_, _| {}).await;
    let moment = scratch.backend.barrier().await.unwrap();
    scratch.backend.advance(moment);
    assert_eq!(
        scratch
            .backend
            .get_many(Kind::Task, &[tasks[0].id])
            .await
            .unwrap()
            .len(),
        1
    );
    // A member that hasn't got there yet must not answer; nobody has got to a minute from now.
    scratch.backend.advance(Moment(moment.0 + (60 << 32)));
    let early = scratch.backend.get_many(Kind::Task, &[tasks[0].id]).await;
    assert!(matches!(early, Err(StoreError::Unavailable(_))), "{early:?}");
}

#[tokio::test]
async fn a_read_from_a_moment_on_is_one_command() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(1, |_, _| {}).await;
    scratch.backend.advance(scratch.backend.barrier().await.unwrap());
    let (_, commands) = scratch
        .commands(scratch.backend.get_many(Kind::Task, &[tasks[0].id]))
        .await;
    assert_eq!(commands, ["find"]);
}
