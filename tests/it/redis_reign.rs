//! A Redis that comes back with old data: from a snapshot, or as a replica that missed the last writes. What was filled
//! under a version before is never current again, even if the very same version stands there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kanvaro::cache::{CacheBackend, CacheError, Key, Mark, TagState, Version, version_key};
use kanvaro::model::{Id, Kind, Moment, Tag};
use tokio::time::sleep;

use crate::support::redis::{LIMIT, Server, backend};
use crate::support::redis_cluster::{Cluster, within_patience};

const TAG: Tag = Tag::entity(Kind::Task, Id::from_bytes([1; 12]));
const KEY: Key = Key::Answer([1; 16]);
const LONG: Duration = Duration::from_secs(600);

type Engine = Arc<dyn CacheBackend>;

/// Fills an entry under the tag's version, as a reader does; gives the version.
async fn fill(cache: &Engine, tag: Tag, key: Key) -> Version {
    let version = match cache.versions(&[tag]).await.unwrap()[0] {
        TagState::Current(version, _) => version,
        other => panic!("{other:?}"),
    };
    let old = (key, Bytes::from_static(b"old"), LONG);
    cache.put_many(vec![old]).await.unwrap();
    version
}

/// A write of what bears the tag.
async fn write(cache: &Engine, tag: Tag) {
    let (tags, mark) = ([tag], Mark::new(Duration::from_secs(5)));
    cache.mark(&tags, mark).await.unwrap();
    cache.settle(&tags, mark.id, Moment::NONE).await.unwrap();
}

/// The entry and the state of its tag, as soon as the cache answers again; and what it said before that.
async fn found_again(cache: &Engine, tag: Tag, key: Key) -> (Option<Bytes>, TagState, Vec<CacheError>) {
    let (start, mut failures) = (Instant::now(), Vec::new());
    loop {
        match cache.get_many(&[key], &[tag]).await {
            Ok(mut got) if got.tags[0] != TagState::Marked(Moment::NONE) => {
                return (got.values.remove(0), got.tags[0], failures);
            }
            Ok(_) => {}
            Err(error) => failures.push(error),
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "it never answers: {failures:?}"
        );
        sleep(Duration::from_millis(50)).await;
    }
}

fn follow(replica: &Server, master: &Server) {
    let _: () = replica.run(&format!("REPLICAOF 127.0.0.1 {}", master.port()));
    within_patience("the replica is in step", || {
        replica
            .run::<String>("INFO replication")
            .contains("master_link_status:up")
    });
}

fn promote(replica: &Server) {
    let _: () = replica.run("REPLICAOF NO ONE");
}

/// The old entry is there, with the old version under its tag, and yet it isn't current.
fn assert_not_revived(
    server: &Server,
    text: &str,
    filled_under: Version,
    found: &(Option<Bytes>, TagState, Vec<CacheError>),
) {
    assert_eq!(
        server.run::<String>(&format!("GET {}", version_key(&TAG))),
        text,
        "the server has the version of before"
    );
    assert_eq!(
        found.0,
        Some(Bytes::from_static(b"old")),
        "the server has the entry of before"
    );
    let TagState::Current(now, _) = found.1 else {
        panic!("{:?}", found.1);
    };
    assert_ne!(now, filled_under, "what was filled before is current again");
}

#[tokio::test]
async fn a_version_stays_the_same_while_the_server_reigns() {
    let server = Server::started();
    let cache = backend(&server.url(), LIMIT);
    let version = fill(&cache, TAG, KEY).await;
    let found = found_again(&backend(&server.url(), LIMIT), TAG, KEY).await;
    assert_eq!(
        found.1,
        TagState::Current(version, Moment::NONE),
        "another connection reads it too"
    );
    let _: u64 = server.run("CLIENT KILL TYPE normal");
    let found = found_again(&cache, TAG, KEY).await;
    assert_eq!(
        found.1,
        TagState::Current(version, Moment::NONE),
        "so does the next connection"
    );
}

#[tokio::test]
async fn a_restart_from_an_old_snapshot_revives_nothing() {
    let mut server = Server::started();
    let cache = backend(&server.url(), LIMIT);
    let version = fill(&cache, TAG, KEY).await;
    let text: String = server.run(&format!("GET {}", version_key(&TAG)));
    let _: () = server.run("SAVE");
    write(&cache, TAG).await;
    server.stop();
    server.start();
    let found = found_again(&cache, TAG, KEY).await;
    assert_not_revived(&server, &text, version, &found);
}

#[tokio::test]
async fn a_promoted_replica_that_missed_the_last_writes_revives_nothing() {
    let (master, replica) = (Server::started(), Server::started());
    let cache = backend(&master.url(), LIMIT);
    let version = fill(&cache, TAG, KEY).await;
    let text: String = master.run(&format!("GET {}", version_key(&TAG)));
    follow(&replica, &master);
    promote(&replica);
    write(&cache, TAG).await;
    let found = found_again(&backend(&replica.url(), LIMIT), TAG, KEY).await;
    assert_not_revived(&replica, &text, version, &found);
}

#[tokio::test]
async fn a_master_demoted_and_promoted_again_is_noticed_on_the_connection_that_lasted() {
    let (server, other) = (Server::started(), Server::started());
    let cache = backend(&server.url(), LIMIT);
    let version = fill(&cache, TAG, KEY).await;
    let text: String = server.run(&format!("GET {}", version_key(&TAG)));
    follow(&other, &server);
    promote(&other);
    write(&cache, TAG).await;
    follow(&server, &other);
    promote(&server);
    let found = found_again(&cache, TAG, KEY).await;
    assert!(found.2[0].to_string().contains("role has changed"), "{:?}", found.2);
    assert_not_revived(&server, &text, version, &found);
}

#[tokio::test]
async fn a_replica_is_neither_read_nor_written() {
    let (server, other) = (Server::started(), Server::started());
    let (cache, tags) = (backend(&server.url(), LIMIT), [TAG]);
    fill(&cache, TAG, KEY).await;
    follow(&server, &other);
    cache.get_many(&[KEY], &tags).await.unwrap_err();
    cache.versions(&tags).await.unwrap_err();
    cache.mark(&tags, Mark::new(LONG)).await.unwrap_err();
    let refused = backend(&server.url(), LIMIT).ping().await.unwrap_err();
    assert!(refused.to_string().contains("replica"), "{refused}");
    promote(&server);
    found_again(&cache, TAG, KEY).await;
}

#[tokio::test]
async fn a_promoted_replica_of_a_cluster_revives_nothing() {
    let mut cluster = Cluster::with_replica();
    let cache = backend(&cluster.url(), LIMIT);
    let (tag, key) = (cluster.tag_on(0), cluster.key_on(0));
    let version = fill(&cache, tag, key).await;
    let replica = cluster.replica.take().unwrap();
    let held = |server: &Server| server.run::<u64>("DBSIZE");
    within_patience("the replica holds what its master holds", || {
        held(&replica) == held(&cluster.masters[0])
    });
    // Paused, it receives nothing any more.
    replica.freeze();
    write(&cache, tag).await;
    cluster.masters[0].stop();
    replica.thaw();
    let found = found_again(&cache, tag, key).await;
    assert!(
        matches!(found.1, TagState::Current(now, _) if now != version),
        "{found:?}"
    );
}
