//! Units of work under contention, and counters.

use std::sync::Arc;
use std::time::Duration;

use bson::oid::ObjectId;
use bson::{Document, doc};
use futures_util::future::join_all;
use kanvaro::model::{Filter, Kind, Task, User, Value};
use kanvaro::store::{StoreBackend, StoreError, Write};

use super::scratch::{Scratch, insertion, replacement, title};
use crate::support::sample;

#[tokio::test]
async fn a_refused_insert_in_the_middle_of_many_leaves_nothing() {
    let scratch = Scratch::new().await;
    let taken = sample::user(sample::id());
    scratch.insert([taken.clone()]).await;
    let mut users: Vec<User> = (0..100).map(|_| sample::user(taken.organization)).collect();
    users[60].email.clone_from(&taken.email);
    let writes = users.into_iter().map(|user| insertion(&user.into()));
    let refused = scratch.backend.write(writes.collect(), sample::LIMIT).await;
    assert!(
        matches!(&refused, Err(StoreError::Duplicate { kind: Kind::User, index }) if index == "email_1"),
        "{refused:?}"
    );
    assert_eq!(
        scratch
            .backend
            .count(Kind::User, &[Filter::everything()])
            .await
            .unwrap(),
        [1]
    );
}

#[tokio::test]
async fn of_16_units_of_work_on_the_same_two_documents_exactly_one_wins() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(2, |_, _| {}).await;
    let racers = (0..16).map(|racer| {
        let mut writes: Vec<Write> = tasks
            .iter()
            .map(|task| replacement(task, 0, &format!("Racer {racer}")))
            .collect();
        if racer % 2 == 0 {
            writes.reverse();
        }
        let backend = scratch.backend.clone();
        tokio::spawn(async move { backend.write(writes, sample::LIMIT).await })
    });
    let (mut won, mut lost) = (0, 0);
    for racer in join_all(racers).await {
        match racer.unwrap() {
            Ok(_) => won += 1,
            Err(StoreError::Conflict(_)) => lost += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won, lost), (1, 15));
    let ids = [tasks[0].id, tasks[1].id];
    let found = scratch.backend.get_many(Kind::Task, &ids).await.unwrap();
    let titles: Vec<String> = found.iter().map(|document| title(document)).collect();
    assert_eq!(titles[0], titles[1], "both are of one unit of work");
}

#[tokio::test]
async fn units_of_work_on_different_documents_of_one_kind_all_happen() {
    let scratch = Arc::new(Scratch::new().await);
    let project = sample::project(&sample::user(sample::id()));
    let units = (0..32).map(|_| {
        let (scratch, tasks) = (scratch.clone(), [sample::task(&project), sample::task(&project)]);
        tokio::spawn(async move { scratch.insert(tasks).await })
    });
    for unit in join_all(units).await {
        unit.unwrap();
    }
    let all = Filter::Eq("project", Value::Id(project.id));
    assert_eq!(scratch.backend.count(Kind::Task, &[all]).await.unwrap(), [64]);
}

#[tokio::test]
async fn a_conflict_names_the_document_that_changed() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(40, |_, _| {}).await;
    let stale = |place| i64::from(place == 23);
    let writes = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| replacement(task, stale(place), "New"));
    let refused = scratch.backend.write(writes.collect(), sample::LIMIT).await;
    assert!(
        matches!(&refused, Err(StoreError::Conflict(entity)) if entity.id == tasks[23].id),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_unique_field_taken_by_one_of_many_replacements_is_named() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(40, |_, _| {}).await;
    let writes = tasks.iter().enumerate().map(|(place, task)| {
        let number = tasks[if place == 30 { 7 } else { place }].number;
        replacement(&Task { number, ..task.clone() }, 0, "New")
    });
    let refused = scratch.backend.write(writes.collect(), sample::LIMIT).await;
    let named = |index: &str| index == "project_1_number_1";
    assert!(
        matches!(&refused, Err(StoreError::Duplicate { index, .. }) if named(index)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn writes_that_wait_for_a_transaction_leave_it_connections_to_go_on_with() {
    let scratch = Scratch::new().await;
    let (_, tasks) = scratch.tasks(1, |_, _| {}).await;
    let task = &tasks[0];
    let (mut session, documents) = (
        scratch.database.client().start_session().await.unwrap(),
        scratch.database.collection::<Document>(Kind::Task.collection()),
    );
    session.start_transaction().await.unwrap();
    let touched = documents
        .update_one(
            doc! { "_id": ObjectId::parse_str(task.id.to_string()).unwrap() },
            doc! { "$set": { "title": "Held" } },
        )
        .session(&mut session)
        .await
        .unwrap();
    assert_eq!(touched.modified_count, 1);
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let (backend, write) = (scratch.backend.clone(), replacement(task, 0, "Later"));
            tokio::spawn(async move { backend.write(vec![write], sample::LIMIT).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let read = tokio::time::timeout(sample::LIMIT / 2, scratch.backend.get_many(Kind::Task, &[task.id])).await;
    assert_eq!(read.expect("a connection is free").unwrap().len(), 1);
    session.abort_transaction().await.unwrap();
    let written = join_all(waiting)
        .await
        .into_iter()
        .filter(|done| matches!(done, Ok(Ok(_))));
    assert_eq!(written.count(), 1);
}
