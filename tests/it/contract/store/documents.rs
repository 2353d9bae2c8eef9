//! Documents come back as they went in.

use kanvaro::model::{AnyEntity, Change, Kind, Task, Timestamp};

use super::StoreFixture;
use super::fixture::json;
use crate::support::sample;

pub async fn every_kind_comes_back_exactly_with_every_field_set_and_with_none(fixture: &StoreFixture) {
    for entity in sample::full().into_iter().chain(sample::bare()) {
        fixture.store.write(vec![Change::Insert(entity.clone())]).await.unwrap();
        let reference = entity.reference();
        let found = fixture.store.get_many(reference.kind, &[reference.id]).await.unwrap();
        assert_eq!(found.iter().map(json).collect::<Vec<_>>(), [json(&entity)]);
    }
    assert_eq!(sample::full().len(), Kind::ALL.len(), "a kind has no sample");
}

pub async fn absent_documents_are_left_out(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(1, |_, _| {}).await;
    let asked = [sample::id(), tasks[0].id, sample::id()];
    let found = fixture.store.get_many(Kind::Task, &asked).await.unwrap();
    assert_eq!(found.len(), 1);
    let users = fixture.store.get_many(Kind::User, &asked).await.unwrap();
    assert!(users.is_empty(), "a task is no user");
}

pub async fn a_document_that_is_asked_for_twice_comes_once(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(2, |_, _| {}).await;
    let asked = [tasks[0].id, tasks[1].id, tasks[0].id];
    assert_eq!(fixture.store.get_many(Kind::Task, &asked).await.unwrap().len(), 2);
}

pub async fn no_ids_find_nothing(fixture: &StoreFixture) {
    fixture.tasks(1, |_, _| {}).await;
    assert!(fixture.store.get_many(Kind::Task, &[]).await.unwrap().is_empty());
}

pub async fn what_another_release_left_out_reads_as_its_default(fixture: &StoreFixture) {
    let task = sample::task(&sample::project(&sample::user(sample::id())));
    fixture.insert_without(AnyEntity::from(task.clone()), "dueSort").await;
    let found = fixture.store.get::<Task>(task.id).await.unwrap().unwrap();
    assert_eq!(found.due_sort, Timestamp::MAX);
}

pub async fn what_others_leave_out_reads_as_its_default(fixture: &StoreFixture) {
    let project = sample::project(&sample::user(sample::id()));
    let task = sample::task(&project);
    for field in ["version", "rank", "number"] {
        let task = Task {
            id: sample::id(),
            number: sample::number(),
            ..task.clone()
        };
        fixture.insert_without(AnyEntity::from(task.clone()), field).await;
        let found = fixture.store.get::<Task>(task.id).await.unwrap().unwrap();
        let number = if field == "number" { 0 } else { task.number };
        assert_eq!(
            (found.version, &found.rank, found.number),
            (0, &task.rank, number),
            "{field}"
        );
    }
    let project = fixture.store.insert(project).await.unwrap();
    let mut unnumbered = kanvaro::model::Project::clone(&project);
    unnumbered.id = sample::id();
    fixture
        .insert_without(AnyEntity::from(unnumbered.clone()), "number")
        .await;
    let found = fixture
        .store
        .get::<kanvaro::model::Project>(unnumbered.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.number, 0);
}
