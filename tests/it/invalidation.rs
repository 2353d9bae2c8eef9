//! What stands between a write and its reply: new versions for what was written, also when the cache is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::cache::{Version, version_key};
use kanvaro::model::{AnyEntity, Change, Entity, Project, Tag};
use kanvaro::store::{Outcome, Settle, StoreError};
use tokio::time::sleep;

use crate::support::faulty::FaultyCache;
use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

async fn insert(stack: &Stack) -> Arc<Project> {
    let owner = sample::user(sample::id());
    stack.store.insert(sample::project(&owner)).await.unwrap()
}

fn tag(project: &Project) -> Tag {
    Tag::entity(Project::KIND, project.id)
}

async fn version(stack: &Stack, tag: Tag) -> Option<Version> {
    let found = stack.cache.get_many(&[version_key(&tag)]).await.unwrap().remove(0);
    found.and_then(|bytes| Version::parse(&bytes))
}

async fn nothing_is_owed(stack: &Stack) {
    let start = Instant::now();
    while stack.invalidator.owes() {
        assert!(start.elapsed() < Duration::from_secs(20), "the debt is never paid");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn each_write_gives_its_tags_a_new_version() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let inserted = version(&stack, tag(&project)).await.expect("an insert does");
    let project = stack.store.update(&project, Project::clone(&project)).await.unwrap();
    let updated = version(&stack, tag(&project)).await.expect("an update does");
    stack.store.remove(&project).await.unwrap();
    let removed = version(&stack, tag(&project)).await.expect("a removal does");
    assert!(inserted != updated && updated != removed);
}

#[tokio::test]
async fn a_refused_write_renews_nothing() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    stack.store.update(&project, Project::clone(&project)).await.unwrap();
    let before = version(&stack, tag(&project)).await;
    let refused = stack.store.update(&project, Project::clone(&project)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(version(&stack, tag(&project)).await, before);
}

#[tokio::test]
async fn a_write_that_may_have_happened_renews() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let before = version(&stack, tag(&project)).await;
    let changes = [Change::Remove(AnyEntity::Project(project.clone()))];
    let ticket = stack.invalidator.before(&changes).await;
    stack.invalidator.after(ticket, Outcome::Unknown).await;
    assert_ne!(version(&stack, tag(&project)).await, before);
}

#[tokio::test]
async fn the_tags_of_a_unit_of_work_are_renewed_once_each_in_one_call() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let (one, other) = (insert(&stack).await, insert(&stack).await);
    let changes: Vec<Change> = [&one, &other, &one]
        .map(|project| Change::Remove(AnyEntity::Project(project.clone())))
        .to_vec();
    let ticket = stack.invalidator.before(&changes).await;
    let mut expected = [one.tags(), other.tags()].concat();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(ticket.tags, expected);
    let calls = stack.metrics.cache_calls("put_many");
    stack.invalidator.after(ticket, Outcome::Written).await;
    assert_eq!(stack.metrics.cache_calls("put_many"), calls + 1);
}

#[tokio::test]
async fn a_write_without_the_cache_succeeds_in_time_and_is_made_up_for() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let (one, other) = (insert(&stack).await, insert(&stack).await);
    for project in [&one, &other] {
        stack.request().get_as::<Project>(project.id).await.unwrap();
    }
    cache.turn(false);
    let start = Instant::now();
    stack.store.update(&one, Project::clone(&one)).await.unwrap();
    let first = start.elapsed();
    assert!(
        (1_000..4_000).contains(&first.as_millis()),
        "it tries for a while: {first:?}"
    );
    let start = Instant::now();
    stack.store.update(&other, Project::clone(&other)).await.unwrap();
    let second = start.elapsed();
    assert!(second.as_millis() < 900, "the cache is known to be away: {second:?}");
    cache.turn(true);
    nothing_is_owed(&stack).await;
    for project in [&one, &other] {
        assert_eq!(
            stack
                .request()
                .get_as::<Project>(project.id)
                .await
                .unwrap()
                .unwrap()
                .version,
            2
        );
    }
}

#[tokio::test]
async fn a_short_absence_of_the_cache_is_waited_out_before_the_reply() {
    let database = Database::new().await;
    let cache = FaultyCache::over(memory());
    let stack = Stack::on(database.engine.clone(), cache.clone());
    let project = insert(&stack).await;
    stack.request().get_as::<Project>(project.id).await.unwrap();
    cache.turn(false);
    let back = async {
        sleep(Duration::from_millis(300)).await;
        cache.turn(true);
    };
    let (written, ()) = futures_util::join!(stack.store.update(&project, Project::clone(&project)), back);
    written.unwrap();
    assert!(!stack.invalidator.owes());
    assert_eq!(
        stack
            .request()
            .get_as::<Project>(project.id)
            .await
            .unwrap()
            .unwrap()
            .version,
        2
    );
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn what_was_written_while_redis_hung_is_made_up_for_in_the_other_process() {
    use crate::support::redis::{Server, backend};
    let limit = Duration::from_millis(300);
    let (server, database) = (Server::started(), Database::new().await);
    let process = || Stack::on(database.engine.clone(), backend(&server.url(), limit));
    let (here, there) = (process(), process());
    let project = insert(&here).await;
    there.request().get_as::<Project>(project.id).await.unwrap();
    server.freeze();
    here.store.update(&project, Project::clone(&project)).await.unwrap();
    assert!(here.invalidator.owes());
    assert_eq!(
        there
            .request()
            .get_as::<Project>(project.id)
            .await
            .unwrap()
            .unwrap()
            .version,
        2
    );
    server.thaw();
    nothing_is_owed(&here).await;
    while there.cache.ping().await.is_err() {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        there
            .request()
            .get_as::<Project>(project.id)
            .await
            .unwrap()
            .unwrap()
            .version,
        2
    );
}
