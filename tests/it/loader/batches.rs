//! How readers come together in batches, and what becomes of them when one fails or goes away.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use kanvaro::loader::{BatchKey, Loaded, Loaders};
use kanvaro::model::{Entity, EntityRef, Filter, Id, Kind, Project, Row, Task};
use tokio::time::timeout;

use super::world::{World, reference, references, tasks_of};
use crate::support::sample;
use crate::support::stack::memory;

#[tokio::test]
async fn a_hundred_joined_readers_of_twenty_users_are_one_batch() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..100).map(|reader| request.get(reference(world.user(reader))));
    let (reads, found) = world.reads_of(join_all(readers)).await;
    assert_eq!(reads, (1, 1));
    assert!(found.into_iter().all(|found| found.unwrap().is_some()));
}

#[tokio::test]
async fn five_thousand_joined_readers_are_one_batch() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..5_000).map(|_| request.get(EntityRef::new(Kind::Task, sample::id())));
    let (reads, found) = world.reads_of(join_all(readers)).await;
    assert_eq!(reads, (1, 1));
    assert!(found.into_iter().all(|found| found.unwrap().is_none()));
}

#[tokio::test]
async fn readers_that_are_spawned_side_by_side_all_get_their_answer() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..200).map(|reader| {
        let (request, asked) = (request.clone(), reference(world.user(reader)));
        tokio::spawn(async move { references(&[request.get(asked).await.unwrap()]) == [Some(asked)] })
    });
    assert!(join_all(readers).await.into_iter().all(Result::unwrap));
}

#[tokio::test]
async fn a_reader_dropped_in_the_middle_of_the_load_leaves_the_others_their_answer() {
    let world = World::new(memory()).await;
    world.engine.slow(Duration::from_millis(50));
    let request = world.request();
    let (one, other) = (reference(world.user(0)), reference(&world.tasks[0]));
    // Both register, the first leads the load, and is dropped during it.
    let mut leader = Box::pin(request.get(one));
    let mut follower = Box::pin(request.get(other));
    let both = [one, other];
    let mut many = Box::pin(request.get_many(&both));
    let started = async { futures_util::future::join3(&mut leader, &mut follower, &mut many).await };
    timeout(Duration::from_millis(20), started).await.unwrap_err();
    drop(leader);
    let left = futures_util::future::join(follower, many);
    let (follower, many) = timeout(Duration::from_secs(10), left).await.expect("nobody hangs");
    assert_eq!(references(&[follower.unwrap()]), [Some(other)]);
    assert_eq!(references(&many.unwrap()), [Some(one), Some(other)]);
}

#[tokio::test]
async fn a_kind_that_fails_fails_its_own_keys_only() {
    let world = World::new(memory()).await;
    world.engine.fail(Kind::Task);
    let request = world.request();
    let (project, user) = (&world.projects[0], world.user(0));
    let (found, failed, page, counts, memberships, count) = futures_util::join!(
        request.get(reference(user)),
        request.get(reference(&world.tasks[0])),
        request.page(Kind::Task, tasks_of(project.id)),
        request.status_counts(project.id),
        request.memberships(user.id),
        request.count(Kind::Project, Filter::everything()),
    );
    assert!(failed.is_err() && page.is_err() && counts.is_err());
    assert!(found.unwrap().is_some() && !memberships.unwrap().is_empty());
    assert_eq!(count.unwrap(), 20);
}

#[tokio::test]
async fn lists_and_counts_of_a_level_are_one_call_each() {
    let world = World::new(memory()).await;
    let request = world.request();
    let pages = world
        .projects
        .iter()
        .map(|project| request.page(Kind::Task, tasks_of(project.id)));
    let counts = world
        .projects
        .iter()
        .map(|project| request.count(Kind::Task, tasks_of(project.id).filter));
    let statuses = world.projects.iter().map(|project| request.status_counts(project.id));
    let all = futures_util::future::join3(try_join_all(pages), try_join_all(counts), try_join_all(statuses));
    let (reads, (pages, counts, statuses)) = world.reads_of(all).await;
    assert_eq!(reads, (1, 3));
    for (project, page) in world.projects.iter().zip(pages.unwrap()) {
        let of_it = |row: &Row| Task::from_row(row).is_some_and(|task| task.project == project.id);
        assert!(page.len() == 5 && page.iter().all(of_it));
    }
    assert_eq!(counts.unwrap(), [5; 20]);
    assert!(statuses.unwrap().iter().all(|counts| counts["todo"] == 5));
}

#[tokio::test]
async fn the_entities_of_a_page_are_remembered() {
    let world = World::new(memory()).await;
    let request = world.request();
    let page = request.page(Kind::Task, tasks_of(world.projects[0].id)).await.unwrap();
    let asked: Vec<EntityRef> = page.iter().filter_map(Row::reference).collect();
    let (reads, found) = world.reads_of(request.get_many(&asked)).await;
    assert_eq!((reads, found.unwrap().len()), ((0, 0), 5));
}

#[tokio::test]
async fn archived_tasks_are_not_counted_and_a_project_without_tasks_has_no_counts() {
    let world = World::new(memory()).await;
    let task = &world.tasks[0];
    let archived = Task {
        is_archived: true,
        ..Task::clone(task)
    };
    world.stack.store.update(task, archived).await.unwrap();
    let request = world.request();
    assert_eq!(request.status_counts(task.project).await.unwrap()["todo"], 4);
    assert!(request.status_counts(sample::id()).await.unwrap().is_empty());
}

#[tokio::test]
async fn memberships_are_as_creator_as_client_and_as_member() {
    let world = World::new(memory()).await;
    let me = sample::id();
    let mut expected = HashSet::new();
    let parts: [fn(&mut Project, Id); 3] = [
        |project, me| project.created_by = me,
        |project, me| project.client = Some(me),
        |project, me| project.team_members.push(me),
    ];
    for part in parts {
        let mut project = sample::project(world.user(0));
        part(&mut project, me);
        expected.insert(world.stack.store.insert(project).await.unwrap().id);
    }
    assert_eq!(*world.request().memberships(me).await.unwrap(), expected);
    assert!(world.request().memberships(sample::id()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_round_of_keys_of_every_kind_is_one_batch_that_waits_for_nobody() {
    let world = World::new(memory()).await;
    let request = world.request();
    let (project, user) = (&world.projects[0], world.user(0));
    let query = tasks_of(project.id);
    let nobody = BatchKey::Entity(EntityRef::new(Kind::User, sample::id()));
    let keys = [
        BatchKey::Entity(reference(project)),
        nobody.clone(),
        BatchKey::Page(Kind::Task, query.clone()),
        BatchKey::Count(Kind::Task, query.filter),
        BatchKey::StatusCounts(project.id),
        BatchKey::Memberships(user.id),
    ];
    let (reads, found) = world.reads_of(request.load_batch(&keys)).await;
    // Pages and counts of tasks, counts by status, ids of projects, users, projects.
    assert_eq!(reads, (1, 6));
    let loaded = |at: usize| found[&keys[at]].clone().unwrap();
    assert_eq!(references(&[loaded(0).entity()]), [Some(reference(project))]);
    assert!(loaded(1).entity().is_none());
    let page = loaded(2).page();
    assert_eq!(
        (page.len(), loaded(3).count(), loaded(4).status_counts()["todo"]),
        (5, 5, 5)
    );
    assert!(loaded(5).memberships().contains(&project.id));
    for row in page.iter() {
        let key = BatchKey::Entity(row.reference().unwrap());
        assert!(matches!(&found[&key], Ok(Loaded::Entity(Some(same))) if same == row));
    }
    let (reads, again) = world.reads_of(world.request().load_batch(&keys)).await;
    // The page is known as ids; what it shows is asked for by them.
    assert_eq!((reads, again[&keys[2]].clone().unwrap().page().len()), ((2, 1), 5));
    assert_eq!(found.len(), again.len());
}

#[tokio::test]
async fn a_round_is_noted_and_told_like_what_is_read_one_by_one() {
    let world = World::new(memory()).await;
    let users: Vec<EntityRef> = world.users[..3].iter().map(reference).collect();
    let keys: Vec<BatchKey> = users.iter().copied().map(BatchKey::Entity).collect();
    let (round, single) = (
        Loaders::explained(&world.stack.source),
        Loaders::explained(&world.stack.source),
    );
    round.load_batch(&keys).await;
    single.get_many(&users).await.unwrap();
    assert_eq!(
        round.provenance().pairs().unwrap(),
        single.provenance().pairs().unwrap()
    );
    let told = |loaders: &Loaders| {
        let mut reads = loaders.explanation().unwrap().reads();
        reads.sort_by_key(|read| read.place.clone());
        let told = reads
            .into_iter()
            .map(|read| (read.batch, read.of, read.place, read.organization));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&round), told(&single));
    assert_eq!(told(&round).len(), 3);
    assert!(
        told(&round)
            .iter()
            .all(|(.., of)| *of == Some(world.user(0).organization))
    );
}

#[tokio::test]
async fn a_round_remembers_nothing() {
    let world = World::new(memory()).await;
    let request = world.request();
    let keys = [BatchKey::Entity(reference(world.user(0)))];
    for _ in 0..2 {
        let (reads, _) = world.reads_of(request.load_batch(&keys)).await;
        assert_eq!(reads.0, 1);
    }
}
