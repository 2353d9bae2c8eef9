//! What stands between a write and its reply: marks before, new versions after, and the epoch where the cache is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::cache::{CacheBackend, Lease, TagState, Version};
use kanvaro::invalidation::{Filling, Invalidator};
use kanvaro::model::{AnyEntity, Change, Clock, Entity, EntityRef, Kind, Moment, Project, Tag};
use kanvaro::store::{Outcome, Settle, StoreError, Ticket};
use tokio::time::sleep;

use crate::support::faulty::FaultyCache;
use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

async fn insert(stack: &Stack) -> Arc<Project> {
    let owner = sample::user(sample::id());
    stack.store.insert(sample::project(&owner)).await.unwrap()
}

async fn write(stack: &Stack, project: &Arc<Project>) -> Arc<Project> {
    stack.store.update(project, Project::clone(project)).await.unwrap()
}

/// The version of the project that a reader of this process sees.
async fn seen(stack: &Stack, project: &Project) -> i64 {
    let seen = stack.request().get_as::<Project>(project.id).await.unwrap();
    seen.expect("it is there").version
}

fn tag(project: &Project) -> Tag {
    Tag::entity(Project::KIND, project.id)
}

async fn state(stack: &Stack, project: &Project) -> TagState {
    stack.cache.get_many(&[], &[tag(project)]).await.unwrap().tags.remove(0)
}

async fn version(stack: &Stack, project: &Project) -> Version {
    match state(stack, project).await {
        TagState::Current(version, _) => version,
        other => panic!("{other:?}"),
    }
}

fn removal(project: &Arc<Project>) -> [Change; 1] {
    [Change::Remove(AnyEntity::Project(project.clone()))]
}

async fn begin(stack: &Stack, project: &Arc<Project>) -> Ticket {
    stack.invalidator.before(&removal(project)).await
}

#[tokio::test]
async fn each_write_gives_its_tags_a_new_version() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let inserted = version(&stack, &project).await;
    let project = write(&stack, &project).await;
    let updated = version(&stack, &project).await;
    stack.store.remove(&project).await.unwrap();
    let removed = version(&stack, &project).await;
    assert!(inserted != updated && updated != removed);
}

#[tokio::test]
async fn the_tags_are_marked_from_before_the_write_until_it_is_settled() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let ticket = begin(&stack, &project).await;
    assert_eq!(state(&stack, &project).await, TagState::Marked(Moment::NONE));
    stack.invalidator.after(ticket, Outcome::Written(Moment(5))).await;
    assert!(matches!(state(&stack, &project).await, TagState::Current(_, Moment(5))));
}

#[tokio::test]
async fn while_a_write_is_under_way_readers_ask_the_store_and_fill_nothing() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let ticket = begin(&stack, &project).await;
    let (fills, before) = (stack.metrics.cache_calls("put_many"), stack.reads().1);
    for _ in 0..3 {
        seen(&stack, &project).await;
    }
    assert_eq!(stack.reads().1, before + 3);
    assert_eq!(stack.metrics.cache_calls("put_many"), fills);
    stack.invalidator.after(ticket, Outcome::Refused).await;
    seen(&stack, &project).await;
    assert_eq!(stack.metrics.cache_calls("put_many"), fills + 1);
}

#[tokio::test]
async fn a_refused_write_leaves_no_mark() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    write(&stack, &project).await;
    let refused = stack.store.update(&project, Project::clone(&project)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    version(&stack, &project).await;
}

#[tokio::test]
async fn a_write_of_unknown_outcome_keeps_its_marks_until_it_can_no_longer_happen() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let ticket = Ticket {
        limit: Duration::from_millis(1_500),
        ..begin(&stack, &project).await
    };
    stack.invalidator.after(ticket, Outcome::Unknown).await;
    sleep(Duration::from_millis(700)).await;
    assert_eq!(state(&stack, &project).await, TagState::Marked(Moment::NONE));
    let start = Instant::now();
    while state(&stack, &project).await == TagState::Marked(Moment::NONE) {
        assert!(start.elapsed() < Duration::from_secs(8), "it is never settled");
        sleep(Duration::from_millis(50)).await;
    }
    version(&stack, &project).await;
}

#[tokio::test]
async fn the_tags_of_a_unit_of_work_are_marked_and_settled_once_each_in_one_call() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let (one, other) = (insert(&stack).await, insert(&stack).await);
    let changes = [removal(&one), removal(&other), removal(&one)].concat();
    let calls = |verb| stack.metrics.cache_calls(verb);
    let (marks, settles) = (calls("mark"), calls("settle"));
    let ticket = stack.invalidator.before(&changes).await;
    let mut expected = [one.tags(), other.tags()].concat();
    expected.extend([&one, &other].map(|project| Tag::Tenant(project.organization)));
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(ticket.tags, expected);
    stack.invalidator.after(ticket, Outcome::Written(Moment::NONE)).await;
    assert_eq!((calls("mark"), calls("settle")), (marks + 1, settles + 1));
}

#[tokio::test]
async fn a_write_without_the_cache_raises_the_epoch_and_replies_when_nobody_trusts_the_old_one() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let elsewhere = Stack::on(database.engine.clone(), cache.reached_by_another());
    let project = insert(&stack).await;
    for process in [&stack, &elsewhere] {
        seen(process, &project).await;
    }
    cache.turn(false);
    let epoch = database.engine.epoch().await.unwrap();
    let start = Instant::now();
    let project = write(&stack, &project).await;
    assert!(start.elapsed() >= Lease::TERM, "it took {:?}", start.elapsed());
    assert_eq!(database.engine.epoch().await.unwrap(), epoch + 1);
    assert_eq!(
        seen(&elsewhere, &project).await,
        2,
        "the other process still reaches the cache"
    );
    cache.turn(true);
    assert_eq!(seen(&stack, &project).await, 2);
}

#[tokio::test]
async fn who_has_found_a_write_that_nobody_was_told_of_agrees_with_the_caches_before_replying_with_it() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let elsewhere = Stack::on(database.engine.clone(), cache.reached_by_another());
    let project = insert(&stack).await;
    seen(&elsewhere, &project).await;
    cache.turn(false);
    let start = Instant::now();
    let writer = tokio::spawn({
        let (stack, project) = (stack.clone(), project.clone());
        async move { write(&stack, &project).await }
    });
    let found = async || elsewhere.store.get::<Project>(project.id).await.unwrap().unwrap();
    while found().await.version < 2 {
        sleep(Duration::from_millis(1)).await;
    }
    elsewhere.store.agree().await.unwrap();
    assert!(start.elapsed() >= Lease::TERM, "it took {:?}", start.elapsed());
    assert_eq!(seen(&elsewhere, &project).await, 2);
    writer.await.unwrap();
}

#[tokio::test]
async fn a_write_that_is_refused_does_not_raise_the_epoch() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let project = insert(&stack).await;
    write(&stack, &project).await;
    cache.turn(false);
    let epoch = database.engine.epoch().await.unwrap();
    let refused = stack.store.update(&project, Project::clone(&project)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(database.engine.epoch().await.unwrap(), epoch);
}

#[tokio::test]
async fn where_settling_fails_the_epoch_goes_up_before_the_reply() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let project = insert(&stack).await;
    let ticket = begin(&stack, &project).await;
    cache.turn(false);
    let (epoch, start) = (database.engine.epoch().await.unwrap(), Instant::now());
    stack.invalidator.after(ticket, Outcome::Written(Moment::NONE)).await;
    assert!(start.elapsed() >= Lease::TERM, "it took {:?}", start.elapsed());
    assert_eq!(database.engine.epoch().await.unwrap(), epoch + 1);
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn what_was_written_while_redis_hung_is_read_by_the_other_process() {
    use crate::support::redis::{Server, backend};
    let limit = Duration::from_millis(300);
    let (server, database) = (Server::started(), Database::new().await);
    let process = || Stack::on(database.engine.clone(), backend(&server.url(), limit));
    let (here, there) = (process(), process());
    let project = insert(&here).await;
    seen(&there, &project).await;
    server.freeze();
    let project = write(&here, &project).await;
    assert_eq!(seen(&there, &project).await, 2);
    server.thaw();
    let start = Instant::now();
    while there.cache.ping().await.is_err() || there.cache.get_many(&[], &[]).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "Redis never comes back");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(seen(&there, &project).await, 2);
}

/// A process that keeps what it writes.
fn keeping(database: &Database, cache: Arc<dyn CacheBackend>) -> Stack {
    let engine = database.engine.clone();
    Stack::settled_by(database.engine.clone(), cache, |cache| {
        let filling = Filling::new(Clock::system(), Kind::ttl);
        Arc::new(Invalidator::new(cache, engine).filling(filling))
    })
}

#[tokio::test]
async fn what_was_written_is_in_the_cache_when_the_writer_is_told() {
    let database = Database::new().await;
    let stack = keeping(&database, memory());
    let project = insert(&stack).await;
    let before = stack.reads().1;
    assert_eq!(seen(&stack, &project).await, 1);
    let project = write(&stack, &project).await;
    assert_eq!(seen(&stack, &project).await, 2);
    let kept = stack.request().get(EntityRef::new(Kind::Project, project.id)).await;
    let (kept, written) = (kept.unwrap().unwrap(), project.to_row());
    assert_eq!(kept.bytes(), written.bytes(), "as it is written it is read");
    assert_eq!(stack.reads().1, before, "the store is not asked");
}

#[tokio::test]
async fn what_several_have_written_at_once_is_left_to_readers() {
    let database = Database::new().await;
    let cache = memory();
    let stack = keeping(&database, cache.clone());
    let project = insert(&stack).await;
    let ticket = begin(&stack, &project).await;
    let project = write(&stack, &project).await;
    stack.invalidator.after(ticket, Outcome::Refused).await;
    let before = stack.reads().1;
    assert_eq!(seen(&stack, &project).await, 2);
    assert_eq!(stack.reads().1, before + 1);
}

#[tokio::test]
async fn what_was_refused_is_not_kept() {
    let database = Database::new().await;
    let stack = keeping(&database, memory());
    let project = insert(&stack).await;
    write(&stack, &project).await;
    let refused = stack.store.update(&project, Project::clone(&project)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    let before = stack.reads().1;
    assert_eq!(seen(&stack, &project).await, 2);
    assert_eq!(stack.reads().1, before + 1);
}
