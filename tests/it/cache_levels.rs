//! What each level of the cache asks of Redis, what it knows when Redis goes away, and what it shows after another
//! process's write.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kanvaro::cache::{Entry, Key, Stamp, TagState, Version};
use kanvaro::loader::Loaders;
use kanvaro::model::{Change, Clock, EntityRef, Kind, Moment, Project, Tag, User};
use kanvaro::store::Store;
use tokio::time::sleep;

use crate::support::levels::Leveled;
use crate::support::redis::{Server, shared_url};
use crate::support::sample;
use crate::support::stack::{Database, Stack};

const MANY: usize = 100;

/// A process at some level.
struct Process {
    cache: Leveled,
    stack: Stack,
}

impl Process {
    fn on(database: &Database, cache: Leveled) -> Process {
        let stack = Stack::on(database.engine.clone(), cache.engine.clone());
        Process { cache, stack }
    }

    fn store(&self) -> &Store {
        &self.stack.store
    }

    fn request(&self) -> Loaders {
        self.stack.request()
    }

    async fn version_of(&self, project: &Project) -> i64 {
        let found = self.request().get_as::<Project>(project.id).await.unwrap();
        found.unwrap().version
    }

    /// How often the store was read.
    fn store_reads(&self) -> u64 {
        self.stack.reads().1
    }
}

async fn users(process: &Process) -> Vec<EntityRef> {
    let organization = sample::id();
    let users: Vec<User> = (0..MANY).map(|_| sample::user(organization)).collect();
    let of = users.iter().map(|user| EntityRef::new(Kind::User, user.id)).collect();
    let inserts = users.into_iter().map(|user| Change::Insert(user.into())).collect();
    process.store().write(inserts).await.unwrap();
    of
}

async fn project(process: &Process) -> Arc<Project> {
    let project = sample::project(&sample::user(sample::id()));
    process.store().insert(project).await.unwrap()
}

async fn update(process: &Process, before: &Arc<Project>) -> Arc<Project> {
    process.store().update(before, Project::clone(before)).await.unwrap()
}

/// What reaches Redis for a warm batch of a hundred entities.
async fn looks_of_a_warm_batch(cache: Leveled) -> Vec<(usize, usize)> {
    let database = Database::new().await;
    let process = Process::on(&database, cache);
    let users = users(&process).await;
    // Told of what the versions' creation itself has changed, versions are kept from the second batch on.
    for _ in 0..3 {
        let found = process.request().get_many(&users).await.unwrap();
        assert!(found.iter().all(Option::is_some));
        sleep(Duration::from_millis(100)).await;
    }
    process.cache.far.looks();
    let reads = process.store_reads();
    let found = process.request().get_many(&users).await.unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(process.store_reads(), reads, "the store was asked");
    process.cache.far.looks()
}

#[tokio::test]
async fn a_warm_batch_in_redis_alone_is_one_multi_get_for_values_and_versions() {
    let looks = looks_of_a_warm_batch(Leveled::redis(&shared_url())).await;
    assert_eq!(looks, [(MANY, MANY)]);
}

#[tokio::test]
async fn a_warm_batch_that_is_validated_is_one_multi_get_for_versions() {
    let looks = looks_of_a_warm_batch(Leveled::validated(&shared_url())).await;
    assert_eq!(looks, [(0, MANY)]);
}

#[tokio::test]
async fn a_warm_batch_that_is_tracked_asks_redis_nothing() {
    let looks = looks_of_a_warm_batch(Leveled::tracked(&shared_url()).await).await;
    assert_eq!(looks, []);
}

#[tokio::test]
async fn what_another_process_has_filled_anew_is_not_asked_of_the_store() {
    for tracked in [false, true] {
        let (database, url) = (Database::new().await, shared_url());
        let here = if tracked {
            Leveled::tracked(&url).await
        } else {
            Leveled::validated(&url)
        };
        let (here, there) = (
            Process::on(&database, here),
            Process::on(&database, Leveled::validated(&url)),
        );
        let before = project(&there).await;
        here.version_of(&before).await;
        let after = update(&there, &before).await;
        there.version_of(&after).await;
        sleep(Duration::from_millis(200)).await;
        let reads = here.store_reads();
        here.cache.far.looks();
        assert_eq!(here.version_of(&after).await, after.version);
        assert_eq!(here.store_reads(), reads, "the store was asked");
        assert_eq!(
            here.cache.far.looks(),
            [(0, 1), (1, 0)],
            "the version, then what is behind"
        );
        here.version_of(&after).await;
        assert!(
            here.cache.far.looks().iter().all(|(keys, _)| *keys == 0),
            "it is in front now"
        );
    }
}

#[tokio::test]
async fn what_redis_lets_go_is_not_kept_in_front() {
    let (short, url) = (Duration::from_millis(400), shared_url());
    let (here, there) = (Leveled::redis(&url), Leveled::validated(&url));
    let user = EntityRef::new(Kind::User, sample::id());
    let stamp = Stamp {
        filled_at: Clock::system().now(),
        ttl: short,
        cost: Duration::ZERO,
    };
    let (version, row) = (Version::fresh(), None);
    let keys = [Key::Entity(user)];
    let put = (keys[0], Entry { version, stamp, row }.encode(), short);
    here.engine.put_many(vec![put]).await.unwrap();
    let found = async || there.engine.get_many(&keys, &[]).await.unwrap().values.remove(0);
    assert!(found().await.is_some());
    assert!(found().await.is_some());
    assert_eq!(there.far.looks().len(), 1, "the second time it was in front");
    sleep(short).await;
    assert_eq!(found().await, None);
}

#[tokio::test]
async fn what_does_not_tell_how_long_it_lives_is_not_kept_in_front() {
    let url = shared_url();
    let (here, there) = (Leveled::redis(&url), Leveled::validated(&url));
    let keys = [Key::Answer(rand::random())];
    let put = (keys[0], Bytes::from_static(b"text"), Duration::from_secs(60));
    here.engine.put_many(vec![put]).await.unwrap();
    for _ in 0..2 {
        assert!(there.engine.get_many(&keys, &[]).await.unwrap().values[0].is_some());
    }
    assert_eq!(there.far.looks(), [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn a_process_without_cache_reads_the_store_and_tells_the_others_of_its_writes() {
    let (database, url) = (Database::new().await, shared_url());
    let (off, other) = (
        Process::on(&database, Leveled::off(&url)),
        Process::on(&database, Leveled::validated(&url)),
    );
    let mut known = project(&off).await;
    for _ in 0..3 {
        let reads = off.store_reads();
        assert_eq!(other.version_of(&known).await, known.version);
        assert_eq!(off.version_of(&known).await, known.version);
        assert_eq!(off.store_reads(), reads + 1);
        known = update(&off, &known).await;
    }
    assert_eq!(off.cache.far.looks(), []);
    assert_eq!(
        off.stack.metrics.cache_calls("get_many"),
        0,
        "what is off is no failure"
    );
    other.version_of(&known).await;
    let tags = [Tag::entity(Kind::Project, known.id)];
    let states = off.stack.cache.get_many(&[], &tags).await.unwrap().tags;
    assert!(
        matches!(states[..], [TagState::Current(..)]),
        "who renews tags may ask: {states:?}"
    );
}

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
        let redis = crate::support::redis::try_backend(cluster, Duration::from_secs(1), None).unwrap();
        let refused = redis.track(&Arc::default()).unwrap_err();
        assert!(
            refused.to_string().contains("Redis Cluster can't be tracked"),
            "{refused}"
        );
    });
}

/// What happens to Redis between a write and the reads after it.
#[derive(Clone, Copy)]
enum Fault {
    Flush,
    RestartEmpty,
    RestartFromSnapshotBeforeTheWrite,
}

/// Reads of what was written before the fault, for a while; how many were old.
async fn old_after(fault: Fault, tracked: bool) -> usize {
    let (database, mut server) = (Database::new().await, Server::started());
    let here = if tracked {
        Leveled::tracked(&server.url()).await
    } else {
        Leveled::validated(&server.url())
    };
    let here = Process::on(&database, here);
    let there = Process::on(&database, Leveled::redis(&server.url()));
    let before = project(&there).await;
    for _ in 0..3 {
        here.version_of(&before).await;
        sleep(Duration::from_millis(20)).await;
    }
    let _: () = server.run("SAVE");
    let after = update(&there, &before).await;
    if tracked {
        // What another has written shows a moment later; that moment is measured elsewhere.
        sleep(Duration::from_millis(500)).await;
    }
    match fault {
        Fault::Flush => server.run::<()>("FLUSHALL"),
        Fault::RestartEmpty => {
            let _: () = server.run("FLUSHALL");
            let _: () = server.run("SAVE");
            restart(&mut server);
        }
        Fault::RestartFromSnapshotBeforeTheWrite => restart(&mut server),
    }
    let (start, mut old) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(1_500) {
        old += usize::from(here.version_of(&after).await != after.version);
        sleep(Duration::from_millis(2)).await;
    }
    assert!(
        here.stack.metrics.cache_hits("Project") > 20,
        "the cache was never used again"
    );
    old
}

fn restart(server: &mut Server) {
    server.stop();
    server.start();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_old_after_redis_lost_or_regained_what_it_had() {
    for fault in [
        Fault::Flush,
        Fault::RestartEmpty,
        Fault::RestartFromSnapshotBeforeTheWrite,
    ] {
        for tracked in [false, true] {
            assert_eq!(old_after(fault, tracked).await, 0);
        }
    }
}
