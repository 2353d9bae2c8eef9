//! Many readers of one cold key make one load; none is given what was loaded before the version it has read.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kanvaro::model::{Entity, EntityRef, Project};

use crate::support::faulty::FaultyStore;
use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

const READERS: usize = 1_000;

async fn insert(stack: &Stack) -> Arc<Project> {
    let owner = sample::user(sample::id());
    stack.store.insert(sample::project(&owner)).await.unwrap()
}

async fn read(stack: Stack, project: Arc<Project>) -> i64 {
    let seen = stack.request().get_as::<Project>(project.id).await.unwrap();
    seen.expect("it is there").version
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_readers_of_one_cold_key_make_one_load() {
    let database = Database::new().await;
    let store = FaultyStore::over(database.engine.clone());
    let stack = Stack::on(store.clone(), memory());
    let project = insert(&stack).await;
    store.slow(Duration::from_millis(300));
    let before = stack.reads().1;
    let readers = (0..READERS).map(|_| tokio::spawn(read(stack.clone(), project.clone())));
    for seen in join_all(readers).await {
        assert_eq!(seen.unwrap(), 1);
    }
    assert_eq!(stack.reads().1 - before, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_begins_after_a_write_does_not_join_the_load_from_before_it() {
    let database = Database::new().await;
    let store = FaultyStore::over(database.engine.clone());
    let stack = Stack::on(store.clone(), memory());
    let project = insert(&stack).await;
    store.slow(Duration::from_millis(500));
    let early = tokio::spawn(read(stack.clone(), project.clone()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    stack.store.update(&project, Project::clone(&project)).await.unwrap();
    assert_eq!(read(stack.clone(), project.clone()).await, 2);
    early.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_whose_owner_hangs_up_loads_for_itself() {
    let database = Database::new().await;
    let store = FaultyStore::over(database.engine.clone());
    let stack = Stack::on(store.clone(), memory());
    let project = insert(&stack).await;
    store.slow(Duration::from_millis(300));
    let owner = tokio::spawn(read(stack.clone(), project.clone()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let joined = tokio::spawn(read(stack.clone(), project.clone()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    owner.abort();
    assert_eq!(joined.await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_read_is_known_by_its_tags_and_versions() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let project = insert(&stack).await;
    let tag = project.tags()[0];
    let mut seen = Vec::new();
    for _ in ["cold", "warm"] {
        let request = stack.request();
        request.get(EntityRef::new(Project::KIND, project.id)).await.unwrap();
        let provenance = request.provenance();
        seen.push(provenance.pairs().unwrap());
    }
    assert_eq!(seen[0].keys().copied().collect::<Vec<_>>(), [tag]);
    assert_eq!(seen[0], seen[1]);
}
