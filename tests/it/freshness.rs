//! A read that starts after a write's reply never sees what was before it, in the writer's process or in another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use kanvaro::loader::{Assumed, Loaders};
use kanvaro::model::{Change, Id, Project};
use kanvaro::store::{Outcome, Settle, Store, StoreError, Ticket};

use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

const WRITES: usize = 100;
const WRITERS: usize = 2;
const READERS: usize = 4;

/// What a race over a few projects came to.
#[derive(Debug, Default)]
struct Tally {
    reads: AtomicU64,
    old: AtomicU64,
}

/// Projects, and the version that a read begun now must at least see.
struct Track {
    projects: Vec<(Id, AtomicI64)>,
    running: AtomicBool,
    tally: Tally,
}

async fn insert(store: &Store) -> Arc<Project> {
    let owner = sample::user(sample::id());
    store.insert(sample::project(&owner)).await.unwrap()
}

/// Writers and readers in each of the processes, until every writer is done.
async fn race(processes: &[Stack]) -> (u64, u64) {
    let mut projects = Vec::new();
    for _ in 0..4 {
        projects.push((insert(&processes[0].store).await.id, AtomicI64::new(1)));
    }
    let track = Arc::new(Track {
        projects,
        running: AtomicBool::new(true),
        tally: Tally::default(),
    });
    let readers: Vec<_> = each(processes, READERS)
        .map(|process| tokio::spawn(read(process, Arc::clone(&track))))
        .collect();
    let writers = each(processes, WRITERS).map(|process| tokio::spawn(write(process, Arc::clone(&track))));
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    track.running.store(false, Ordering::SeqCst);
    join_all(readers).await.into_iter().for_each(Result::unwrap);
    (
        track.tally.reads.load(Ordering::SeqCst),
        track.tally.old.load(Ordering::SeqCst),
    )
}

fn each(processes: &[Stack], times: usize) -> impl Iterator<Item = Stack> {
    processes
        .iter()
        .flat_map(move |process| std::iter::repeat_n(process.clone(), times))
}

async fn write(process: Stack, track: Arc<Track>) {
    for round in 0..WRITES {
        let (id, floor) = &track.projects[round % track.projects.len()];
        let before: Arc<Project> = process.store.get(*id).await.unwrap().unwrap();
        match process.store.update(&before, Project::clone(&before)).await {
            Ok(written) => drop(floor.fetch_max(written.version, Ordering::SeqCst)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => panic!("{error}"),
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn read(process: Stack, track: Arc<Track>) {
    while track.running.load(Ordering::SeqCst) {
        for (id, floor) in &track.projects {
            let least = floor.load(Ordering::SeqCst);
            let seen = seen(&process, *id).await;
            track.tally.reads.fetch_add(1, Ordering::SeqCst);
            if seen.version < least {
                track.tally.old.fetch_add(1, Ordering::SeqCst);
            }
            tokio::task::yield_now().await;
        }
    }
}

/// As the API reads: what the process holds is taken for current, and read anew where it turns out not to be.
async fn seen(process: &Stack, id: Id) -> Arc<Project> {
    let assumed = Assumed::default();
    let seen = Loaders::assuming(&process.source, &assumed).get_as(id).await;
    let organization = seen
        .iter()
        .flatten()
        .map(|seen: &Arc<Project>| seen.organization)
        .next();
    if assumed.take().holds(&process.source, organization).await {
        return seen.unwrap().unwrap();
    }
    process.request().get_as(id).await.unwrap().unwrap()
}

/// At the store's door nobody cares.
struct Careless;

#[async_trait]
impl Settle for Careless {
    async fn before(&self, _changes: &[Change]) -> Ticket {
        Ticket::free()
    }

    async fn after(&self, _ticket: Ticket, _outcome: Outcome) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_read_is_old_in_a_race_over_memory() {
    let database = Database::new().await;
    let process = Stack::on(database.engine.clone(), memory());
    let (reads, old) = race(&[process]).await;
    assert!(reads > 500, "{reads} reads");
    assert_eq!(old, 0, "of {reads} reads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_race_finds_old_reads_where_nobody_invalidates() {
    let database = Database::new().await;
    let process = Stack::settled_by(database.engine.clone(), memory(), |_| Arc::new(Careless));
    let (reads, old) = race(&[process]).await;
    assert!(old > 0, "of {reads} reads");
}

#[cfg(feature = "redis")]
mod redis {
    use kanvaro::model::User;

    use super::*;
    use crate::support::levels::Leveled;
    use crate::support::redis::{LIMIT, backend, shared_url};

    /// Two processes: nothing in common but the database and the Redis server.
    fn two(database: &Database) -> [Stack; 2] {
        [(), ()].map(|()| Stack::on(database.engine.clone(), backend(&shared_url(), LIMIT)))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_read_is_old_in_a_race_of_two_processes_over_redis() {
        let database = Database::new().await;
        let (reads, old) = race(&two(&database)).await;
        assert!(reads > 500, "{reads} reads");
        assert_eq!(old, 0, "of {reads} reads");
    }

    /// The same with values in each process too.
    fn two_validated(database: &Database) -> [Stack; 2] {
        [(), ()].map(|()| Stack::on(database.engine.clone(), Leveled::validated(&shared_url()).engine))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_read_is_old_in_a_race_of_two_processes_with_values_of_their_own() {
        let database = Database::new().await;
        let (reads, old) = race(&two_validated(&database)).await;
        assert!(reads > 500, "{reads} reads");
        assert_eq!(old, 0, "of {reads} reads");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_read_is_old_in_a_race_within_a_process_that_tracks_versions() {
        let database = Database::new().await;
        let process = Stack::on(database.engine.clone(), Leveled::tracked(&shared_url()).await.engine);
        let (reads, old) = race(&[process]).await;
        assert!(reads > 500, "{reads} reads");
        assert_eq!(old, 0, "of {reads} reads");
    }

    #[tokio::test]
    async fn what_one_process_writes_the_other_reads_next() {
        let database = Database::new().await;
        for processes in [two(&database), two_validated(&database)] {
            assert_read_next(processes).await;
        }
    }

    async fn assert_read_next([here, there]: [Stack; 2]) {
        let mut project = insert(&here.store).await;
        for _ in 0..5 {
            there.request().get_as::<Project>(project.id).await.unwrap();
            project = here.store.update(&project, Project::clone(&project)).await.unwrap();
            let seen = there.request().get_as::<Project>(project.id).await.unwrap().unwrap();
            assert_eq!(seen.version, project.version);
        }
    }

    #[tokio::test]
    async fn what_one_process_knows_to_be_absent_is_there_once_the_other_inserts_it() {
        let database = Database::new().await;
        let [here, there] = two(&database);
        let newcomer = sample::user(sample::id());
        let id = newcomer.id;
        assert!(there.request().get_as::<User>(id).await.unwrap().is_none());
        here.store.insert(newcomer).await.unwrap();
        assert!(there.request().get_as::<User>(id).await.unwrap().is_some());
    }
}
