//! What a process that is told of changes shows after another's write, and when what it knows ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::cache::TagState;
use kanvaro::model::{Kind, Moment, Tag};
use tokio::time::sleep;

use super::process::{Process, project, update};
use crate::support::levels::Leveled;
use crate::support::redis::{Server, shared_url, try_backend};
use crate::support::sample;
use crate::support::stack::Database;

/// How long after another process's reply old data was still served, in each of many writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tracked_process_sees_anothers_write_within_its_bound() {
    let (database, url) = (Database::new().await, shared_url());
    let (here, there) = (
        Process::on(&database, Leveled::tracked(&url).await),
        Process::on(&database, Leveled::validated(&url)),
    );
    let mut known = project(&there).await;
    // Until when reads began that were served old data; nothing where none was.
    let mut late: Vec<Duration> = Vec::new();
    for _ in 0..100 {
        here.version_of(&known).await;
        known = update(&there, &known).await;
        let (replied, mut last_old) = (Instant::now(), Duration::ZERO);
        loop {
            let began = replied.elapsed();
            if here.version_of(&known).await == known.version {
                break;
            }
            assert!(began < Duration::from_secs(5), "it is never seen");
            last_old = began;
        }
        late.push(last_old);
    }
    late.sort_unstable();
    println!(
        "another process's write: of 100 the first read here was old {} times; the last old read began {:?} after the reply",
        late.iter().filter(|late| !late.is_zero()).count(),
        late[99]
    );
    assert!(late[99] < Duration::from_secs(1));
}

/// That the test above could fail; and how old a version gets at most, when the server falls silent.
#[tokio::test]
async fn where_nobody_tells_of_changes_old_data_shows_until_the_trust_ends() {
    let (database, url) = (Database::new().await, shared_url());
    let (here, there) = (
        Process::on(&database, Leveled::untold(&url)),
        Process::on(&database, Leveled::redis(&url)),
    );
    let before = project(&there).await;
    let until = Instant::now() + Duration::from_secs(4);
    here.cache.tracked.begin(until);
    here.version_of(&before).await;
    let after = update(&there, &before).await;
    let seen = here.version_of(&after).await;
    assert!(Instant::now() < until, "the machine is too busy to tell");
    assert_eq!(seen, before.version);
    sleep(until - Instant::now()).await;
    assert_eq!(here.version_of(&after).await, after.version);
}

/// The same without the lead that a write's mark has over its reply.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_another_process_settles_is_forgotten_a_moment_later() {
    let url = shared_url();
    let (here, there) = (Leveled::tracked(&url).await, Leveled::redis(&url));
    let tags = [Tag::entity(Kind::Task, sample::id())];
    let mut late: Vec<Duration> = Vec::new();
    for round in 0..100 {
        there.engine.settle(&tags, round, Moment::NONE).await.unwrap();
        is_kept(&here, &tags).await;
        let before = here.engine.get_many(&[], &tags).await.unwrap().tags;
        there.engine.settle(&tags, round, Moment::NONE).await.unwrap();
        let settled = Instant::now();
        while here.engine.get_many(&[], &tags).await.unwrap().tags == before {
            assert!(settled.elapsed() < Duration::from_secs(5), "it is never forgotten");
            tokio::task::yield_now().await;
        }
        late.push(settled.elapsed());
    }
    late.sort_unstable();
    println!(
        "settled there, forgotten here: half within {:?}, the last of 100 after {:?}",
        late[50], late[99]
    );
    assert!(late[99] < Duration::from_secs(1));
}

/// The states that a tracked process keeps are gone as soon as it can't be sure of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tracked_versions_end_with_the_connection_that_tells_of_them() {
    let mut server = Server::started();
    let cache = Leveled::tracked(&server.url()).await;
    let tags = [Tag::entity(Kind::Task, sample::id())];
    cache.engine.versions(&tags).await.unwrap();
    is_kept(&cache, &tags).await;
    let _: u64 = server.run("CLIENT KILL TYPE normal");
    cache.is_not_told().await;
    cache.is_told().await;
    is_kept(&cache, &tags).await;
    server.freeze();
    cache.is_not_told().await;
    server.thaw();
    cache.is_told().await;
    is_kept(&cache, &tags).await;
    server.stop();
    cache.is_not_told().await;
    server.start();
    cache.is_told().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tracked_versions_end_when_all_keys_are_flushed() {
    let server = Server::started();
    let cache = Leveled::tracked(&server.url()).await;
    let tags = [Tag::entity(Kind::Task, sample::id())];
    cache.engine.versions(&tags).await.unwrap();
    is_kept(&cache, &tags).await;
    let _: () = server.run("FLUSHALL");
    let start = Instant::now();
    while cache.engine.get_many(&[], &tags).await.unwrap().tags != [TagState::Absent] {
        assert!(start.elapsed() < Duration::from_secs(5), "it still counts");
        sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until the states of these tags are answered in the process.
async fn is_kept(cache: &Leveled, tags: &[Tag]) {
    let start = Instant::now();
    loop {
        cache.far.looks();
        let state = cache.engine.get_many(&[], tags).await;
        if state.is_ok() && cache.far.looks().is_empty() {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "it is never kept: {state:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_cluster_is_not_tracked() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let cluster = "redis+cluster://127.0.0.1:1";
        let redis = try_backend(cluster, Duration::from_secs(1), None).unwrap();
        let refused = redis.track(&Arc::default()).unwrap_err();
        assert!(
            refused.to_string().contains("Redis Cluster can't be tracked"),
            "{refused}"
        );
    });
}
