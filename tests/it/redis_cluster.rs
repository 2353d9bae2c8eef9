//! A Redis Cluster while its slots move and its nodes go away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kanvaro::cache::{CacheBackend, Key, Mark, Put, TagState, version_key};
use kanvaro::model::{Moment, Tag};
use tokio::time::sleep;

use crate::support::named;
use crate::support::redis::{LIMIT, Server, backend};
use crate::support::redis_cluster::{Cluster, in_one_slot};

const LIFE: Duration = Duration::from_secs(60);

fn put(key: Key, value: &'static str) -> Put {
    (key, Bytes::from_static(value.as_bytes()), LIFE)
}

async fn get(cache: &Arc<dyn CacheBackend>, key: Key) -> Option<Bytes> {
    cache.get_many(&[key], &[]).await.unwrap().values.remove(0)
}

async fn state(cache: &Arc<dyn CacheBackend>, tag: Tag) -> TagState {
    cache.get_many(&[], &[tag]).await.unwrap().tags[0]
}

/// One slot on its way from one master to another.
struct Move<'a> {
    cluster: &'a Cluster,
    slot: u16,
    from: &'a Server,
    to: &'a Server,
}

impl Move<'_> {
    fn begun<'a>(cluster: &'a Cluster, key: &str) -> Move<'a> {
        let (place, slot) = cluster.holder(key);
        let (from, to) = (&cluster.masters[place], &cluster.masters[(place + 1) % 3]);
        let (from_id, to_id): (String, String) = (from.run("CLUSTER MYID"), to.run("CLUSTER MYID"));
        let _: () = to.run(&format!("CLUSTER SETSLOT {slot} IMPORTING {from_id}"));
        let _: () = from.run(&format!("CLUSTER SETSLOT {slot} MIGRATING {to_id}"));
        Move {
            cluster,
            slot,
            from,
            to,
        }
    }

    fn carry(&self, key: &str) {
        let _: () = self
            .from
            .run(&format!("MIGRATE 127.0.0.1 {} {key} 0 5000", self.to.port()));
    }

    fn end(&self) {
        let to: String = self.to.run("CLUSTER MYID");
        for node in [self.to, self.from].into_iter().chain(&self.cluster.masters) {
            let _: () = node.run(&format!("CLUSTER SETSLOT {} NODE {to}", self.slot));
        }
    }
}

#[tokio::test]
async fn a_slot_is_followed_while_it_moves() {
    let cluster = Cluster::started();
    let cache = backend(&cluster.url(), LIMIT);
    let [left, carried, new] = in_one_slot();
    cache
        .put_many(vec![put(left, "left"), put(carried, "carried")])
        .await
        .unwrap();
    let moving = Move::begun(&cluster, &left.to_string());
    moving.carry(&carried.to_string());
    cache.put_many(vec![put(new, "new")]).await.unwrap();
    for (key, value) in [(left, "left"), (carried, "carried"), (new, "new")] {
        assert_eq!(get(&cache, key).await, Some(Bytes::from(value)), "while it moves");
    }
    moving.carry(&left.to_string());
    moving.end();
    for (key, value) in [(left, "left"), (carried, "carried"), (new, "new")] {
        assert_eq!(get(&cache, key).await, Some(Bytes::from(value)), "after it has moved");
    }
    let all = cache.get_many(&[left, carried, new], &[]).await.unwrap().values;
    assert!(all.iter().all(Option::is_some));
}

#[tokio::test]
async fn a_mark_stands_while_its_slot_moves() {
    let cluster = Cluster::started();
    let cache = backend(&cluster.url(), LIMIT);
    let (tag, mark) = (named::tag("a"), Mark::new(LIFE));
    let (tags, key) = ([tag], version_key(&tag));
    let before = cache.versions(&tags).await.unwrap()[0];
    cache.mark(&tags, mark).await.unwrap();
    let moving = Move::begun(&cluster, &key);
    assert_eq!(state(&cache, tag).await, TagState::Marked(Moment::NONE));
    moving.carry(&key);
    assert_eq!(state(&cache, tag).await, TagState::Marked(Moment::NONE));
    cache.mark(&tags, Mark::new(LIFE)).await.unwrap();
    cache.settle(&tags, mark.id, Moment::NONE).await.unwrap();
    moving.end();
    assert_eq!(
        cache.versions(&tags).await.unwrap(),
        [TagState::Marked(Moment::NONE)],
        "that of the second write"
    );
    assert!(matches!(before, TagState::Current(..)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_and_writes_go_on_while_all_slots_of_some_keys_move() {
    let cluster = Cluster::started();
    let cache = backend(&cluster.url(), LIMIT);
    let keys = named::many(named::key, 20);
    let (busy, all) = (Arc::clone(&cache), keys.clone());
    let reader = tokio::spawn(async move {
        for round in 0..400_u32 {
            let value = Bytes::from(round.to_string());
            let puts = all.iter().map(|key| (*key, value.clone(), LIFE)).collect();
            busy.put_many(puts).await.unwrap();
            let got = busy.get_many(&all, &[]).await.unwrap().values;
            assert!(
                got.iter().all(|got| got.as_ref() == Some(&value)),
                "round {round}: {got:?}"
            );
        }
    });
    tokio::task::block_in_place(|| {
        for key in &keys {
            let key = key.to_string();
            let moving = Move::begun(&cluster, &key);
            moving.carry(&key);
            moving.end();
            // The nodes tell each other; one that hasn't heard of the last move may take the next one back.
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    reader.await.unwrap();
}

#[tokio::test]
async fn a_dead_master_fails_what_lies_there_until_its_replica_is_promoted() {
    let mut cluster = Cluster::with_replica();
    let cache = backend(&cluster.url(), LIMIT);
    let (lost, kept) = (cluster.key_on(0), cluster.key_on(1));
    let (lost_tag, kept_tag) = (cluster.tag_on(0), cluster.tag_on(1));
    let (keys, tags) = ([lost, kept], [lost_tag, kept_tag]);
    cache
        .put_many(vec![put(lost, "lost"), put(kept, "kept")])
        .await
        .unwrap();
    cache.versions(&tags).await.unwrap();
    cluster.masters[0].stop();
    let got = cache.get_many(&keys, &tags).await.unwrap();
    assert_eq!(got.values, [None, Some(Bytes::from_static(b"kept"))]);
    assert_eq!(got.tags[0], TagState::Marked(Moment::NONE));
    assert!(matches!(got.tags[1], TagState::Current(..)));
    cache.mark(&tags, Mark::new(LIFE)).await.unwrap_err();
    cache.ping().await.unwrap_err();
    let start = Instant::now();
    while cache
        .mark(std::slice::from_ref(&lost_tag), Mark::new(LIFE))
        .await
        .is_err()
    {
        assert!(start.elapsed() < Duration::from_secs(30), "the replica is never found");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(state(&cache, lost_tag).await, TagState::Marked(Moment::NONE));
    cache.ping().await.unwrap();
}

#[tokio::test]
async fn one_node_that_answers_is_enough_to_find_the_others() {
    let cluster = Cluster::started();
    let nobody = "redis+cluster://127.0.0.1:1,";
    let url = format!("{nobody}127.0.0.1:{}", cluster.masters[2].port());
    backend(&url, LIMIT).ping().await.unwrap();
}

#[tokio::test]
async fn a_node_of_a_cluster_addressed_as_one_server_says_so() {
    let cluster = Cluster::started();
    let cache = backend(&cluster.masters[0].url(), LIMIT);
    let elsewhere = cluster.key_on(2);
    let refused = cache.put_many(vec![put(elsewhere, "x")]).await.unwrap_err();
    assert!(refused.to_string().contains("redis+cluster://"), "{refused}");
}

#[tokio::test]
async fn a_batch_with_its_tags_is_one_pipeline_a_node() {
    let cluster = Cluster::started();
    let cache = backend(&cluster.url(), LIMIT);
    let (keys, tags) = (named::many(named::key, 300), named::many(named::tag, 300));
    cache.get_many(&keys, &tags).await.unwrap();
    for master in &cluster.masters {
        let _: () = master.run("CONFIG RESETSTAT");
    }
    let got = cache.get_many(&keys, &tags).await.unwrap();
    assert_eq!((got.values.len(), got.tags.len()), (300, 300));
    // Each pipeline that reads tags ends in one proof.
    let mut reads = 0;
    for master in &cluster.masters {
        let info: String = master.run("INFO commandstats");
        let calls = |command: &str| -> u64 {
            let rest = info
                .split(&format!("cmdstat_{command}:calls="))
                .nth(1)
                .expect("it was called");
            rest.split(',')
                .next()
                .and_then(|calls| calls.parse().ok())
                .expect("calls are counted")
        };
        assert_eq!(calls("info"), 1, "{info}");
        reads += calls("mget");
    }
    assert_eq!(reads, 600);
}
