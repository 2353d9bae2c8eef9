//! What one batch is: each key once, one call for what is alike, an error only for what it concerns.

use std::collections::HashSet;
use std::sync::Arc;

use kanvaro::loader::{BatchKey, Loaders};
use kanvaro::model::{Entity, EntityRef, Filter, Id, Kind, Project, Row, Task};

use super::world::{World, reference, references, tasks_of};
use crate::support::sample;
use crate::support::stack::memory;

#[tokio::test]
async fn five_thousand_keys_are_one_batch() {
    let world = World::new(memory()).await;
    let nobody = (0..5_000).map(|_| EntityRef::new(Kind::Task, sample::id()));
    let asked: Vec<EntityRef> = nobody.collect();
    let (reads, found) = world.reads_of(world.request().get_many(&asked)).await;
    assert_eq!(reads, (1, 1));
    assert!(found.unwrap().iter().all(Option::is_none));
}

#[tokio::test]
async fn two_hundred_references_to_twenty_users_ask_for_twenty() {
    let world = World::new(memory()).await;
    let asked: Vec<EntityRef> = (0..200).map(|reader| reference(world.user(reader))).collect();
    let request = Loaders::explained(&world.stack.source);
    let (reads, found) = world.reads_of(request.get_many(&asked)).await;
    assert_eq!(reads, (1, 1));
    assert_eq!(
        references(&found.unwrap()),
        asked.into_iter().map(Some).collect::<Vec<_>>()
    );
    assert_eq!(request.explanation().unwrap().reads().len(), 20);
}

#[tokio::test]
async fn a_kind_that_fails_fails_its_own_keys_only() {
    let world = World::new(memory()).await;
    world.engine.fail(Kind::Task);
    let (project, user) = (&world.projects[0], world.user(0));
    let failing = [
        BatchKey::Entity(reference(&world.tasks[0])),
        BatchKey::page(Kind::Task, tasks_of(project.id)),
        BatchKey::StatusCounts(project.id),
    ];
    let others = [
        BatchKey::Entity(reference(user)),
        BatchKey::Memberships(user.id),
        BatchKey::count(Kind::Project, Filter::everything()),
    ];
    let found = world.request().load_batch(&[failing, others].concat()).await;
    assert!(found[..3].iter().all(Result::is_err));
    let loaded = |at: usize| found[3 + at].clone().unwrap();
    assert!(loaded(0).entity().is_some() && !loaded(1).memberships().is_empty());
    assert_eq!(loaded(2).count(), 20);
}

#[tokio::test]
async fn lists_and_counts_of_a_round_are_one_call_each() {
    let world = World::new(memory()).await;
    let page = |project: &Arc<Project>| BatchKey::page(Kind::Task, tasks_of(project.id));
    let count = |project: &Arc<Project>| BatchKey::count(Kind::Task, tasks_of(project.id).filter);
    let statuses = |project: &Arc<Project>| BatchKey::StatusCounts(project.id);
    let of = |project: &Arc<Project>| [page(project), count(project), statuses(project)];
    let keys: Vec<BatchKey> = world.projects.iter().flat_map(of).collect();
    let (reads, found) = world.reads_of(world.request().load_batch(&keys)).await;
    assert_eq!(reads, (1, 3));
    let mut found = found.into_iter().map(Result::unwrap);
    for project in &world.projects {
        let [page, count, statuses] = [(); 3].map(|()| found.next().unwrap());
        let of_it = |row: &Row| Task::from_row(row).is_some_and(|task| task.project == project.id);
        let page = page.page();
        assert!(page.len() == 5 && page.iter().all(of_it));
        assert_eq!((count.count(), statuses.status_counts()["todo"]), (5, 5));
    }
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
async fn a_round_of_keys_of_every_kind_is_one_batch() {
    let world = World::new(memory()).await;
    let request = world.request();
    let (project, user) = (&world.projects[0], world.user(0));
    let query = tasks_of(project.id);
    let nobody = BatchKey::Entity(EntityRef::new(Kind::User, sample::id()));
    let keys = [
        BatchKey::Entity(reference(project)),
        nobody.clone(),
        BatchKey::page(Kind::Task, query.clone()),
        BatchKey::count(Kind::Task, query.filter),
        BatchKey::StatusCounts(project.id),
        BatchKey::Memberships(user.id),
    ];
    let (reads, found) = world.reads_of(request.load_batch(&keys)).await;
    // Pages and counts of tasks, counts by status, ids of projects, users, projects.
    assert_eq!(reads, (1, 6));
    let loaded = |at: usize| found[at].clone().unwrap();
    assert_eq!(references(&[loaded(0).entity()]), [Some(reference(project))]);
    assert!(loaded(1).entity().is_none());
    let page = loaded(2).page();
    assert_eq!(
        (page.len(), loaded(3).count(), loaded(4).status_counts()["todo"]),
        (5, 5, 5)
    );
    assert!(loaded(5).memberships().contains(&project.id));
    let (reads, again) = world.reads_of(world.request().load_batch(&keys)).await;
    // The page is known as ids; what it shows is asked for by them.
    assert_eq!((reads, again[2].clone().unwrap().page()), ((2, 1), page));
}

#[tokio::test]
async fn a_round_is_noted_and_told_like_what_is_read_one_by_one() {
    let world = World::new(memory()).await;
    let users: Vec<EntityRef> = world.users[..3].iter().map(reference).collect();
    let (round, single) = (
        Loaders::explained(&world.stack.source),
        Loaders::explained(&world.stack.source),
    );
    round.get_many(&users).await.unwrap();
    for user in &users {
        single.get(*user).await.unwrap();
    }
    assert_eq!(
        round.provenance().pairs().unwrap(),
        single.provenance().pairs().unwrap()
    );
    let told = |loaders: &Loaders| {
        let mut reads = loaders.explanation().unwrap().reads();
        reads.sort_by_key(|read| read.place.map(|(key, tag)| (key.to_string(), tag)));
        let told = reads.into_iter().map(|read| (read.of, read.place, read.organization));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&round), told(&single));
    assert!(
        told(&round)
            .iter()
            .all(|(.., of)| *of == Some(world.user(0).organization))
    );
    let batches = |loaders: &Loaders| {
        let mut batches: Vec<usize> = loaders
            .explanation()
            .unwrap()
            .reads()
            .iter()
            .map(|read| read.batch)
            .collect();
        batches.sort_unstable();
        batches
    };
    assert_eq!((batches(&round), batches(&single)), (vec![1, 1, 1], vec![1, 2, 3]));
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
