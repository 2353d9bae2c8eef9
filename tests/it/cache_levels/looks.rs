//! What each level asks of Redis, and what it keeps in front of it.

use std::time::Duration;

use bytes::Bytes;
use kanvaro::cache::{Entry, Key, Stamp, TagState, Version};
use kanvaro::model::{Change, Clock, EntityRef, Kind, Tag, User};
use tokio::time::sleep;

use super::process::{Process, project, update};
use crate::support::levels::Leveled;
use crate::support::redis::shared_url;
use crate::support::sample;
use crate::support::stack::Database;

const MANY: usize = 100;

async fn users(process: &Process) -> Vec<EntityRef> {
    let organization = sample::id();
    let users: Vec<User> = (0..MANY).map(|_| sample::user(organization)).collect();
    let of = users.iter().map(|user| EntityRef::new(Kind::User, user.id)).collect();
    let inserts = users.into_iter().map(|user| Change::Insert(user.into())).collect();
    process.store().write(inserts).await.unwrap();
    of
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
