//! A unit of work happens as a whole, over what was read, or not at all.

use std::sync::Arc;

use kanvaro::model::{AnyEntity, Change, Filter, Kind, Project, Task, User, Value};
use kanvaro::store::{Outcome, StoreError};

use super::StoreFixture;
use super::fixture::{duplicate, ids_of};
use crate::support::sample;

pub async fn a_taken_id_is_refused(fixture: &StoreFixture) {
    let first = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let second = User {
        id: first.id,
        ..sample::user(sample::id())
    };
    assert_eq!(
        duplicate(fixture.store.insert(second).await),
        (Kind::User, "_id_".into())
    );
}

pub async fn a_taken_unique_field_is_refused_and_named(fixture: &StoreFixture) {
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let same = User {
        email: user.email.clone(),
        ..sample::user(sample::id())
    };
    assert_eq!(
        duplicate(fixture.store.insert(same).await),
        (Kind::User, "email_1".into())
    );

    let project = fixture.store.insert(sample::project(&user)).await.unwrap();
    let elsewhere = Project {
        number: project.number,
        ..sample::project(&sample::user(sample::id()))
    };
    fixture
        .store
        .insert(elsewhere)
        .await
        .expect("another organisation counts for itself");
    let same = Project {
        number: project.number,
        ..sample::project(&user)
    };
    let refused = duplicate(fixture.store.insert(same).await);
    assert_eq!(refused, (Kind::Project, "organization_1_number_1".into()));
}

pub async fn a_replacement_with_a_taken_unique_field_is_refused_and_named(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(2, |_, _| {}).await;
    let before = Arc::new(tasks[1].clone());
    let after = Task {
        number: tasks[0].number,
        ..tasks[1].clone()
    };
    let refused = duplicate(fixture.store.update(&before, after).await);
    assert_eq!(refused, (Kind::Task, "project_1_number_1".into()));
}

pub async fn what_changed_since_it_was_read_is_not_replaced(fixture: &StoreFixture) {
    let read = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let written = fixture.store.update(&read, named(&read, "First")).await.unwrap();
    assert_eq!(written.version, 2);
    let late = fixture.store.update(&read, named(&read, "Second")).await;
    assert!(
        matches!(late, Err(StoreError::Conflict(entity)) if entity.id == read.id),
        "{late:?}"
    );
    assert_eq!(first_name(fixture, &read).await.as_deref(), Some("First"));
}

pub async fn what_changed_since_it_was_read_is_not_removed(fixture: &StoreFixture) {
    let read = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let written = fixture.store.update(&read, named(&read, "First")).await.unwrap();
    let late = fixture.store.remove(&read).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert_eq!(first_name(fixture, &read).await.as_deref(), Some("First"));
    fixture.store.remove(&written).await.unwrap();
    assert_eq!(first_name(fixture, &read).await, None);
}

pub async fn what_is_absent_conflicts(fixture: &StoreFixture) {
    let absent = Arc::new(sample::user(sample::id()));
    let replaced = fixture.store.update(&absent, named(&absent, "Nobody")).await;
    assert!(matches!(replaced, Err(StoreError::Conflict(_))), "{replaced:?}");
    let removed = fixture.store.remove(&absent).await;
    assert!(matches!(removed, Err(StoreError::Conflict(_))), "{removed:?}");
    assert_eq!(first_name(fixture, &absent).await, None);
}

pub async fn a_document_without_a_version_counts_as_zero(fixture: &StoreFixture) {
    let user = Arc::new(sample::user(sample::id()));
    fixture.insert_without(AnyEntity::User(user.clone()), "version").await;
    let read: Arc<User> = fixture.store.get(user.id).await.unwrap().unwrap();
    assert_eq!(read.version, 0);
    let written = fixture.store.update(&read, named(&read, "First")).await.unwrap();
    assert_eq!(written.version, 1);
    let late = fixture.store.remove(&read).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
}

pub async fn a_unit_of_work_whose_last_write_fails_leaves_nothing(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(3, |_, _| {}).await;
    let author = sample::user(sample::id());
    let before = Arc::new(tasks[0].clone());
    let (update, _) = fixture.store.updating(&before, retitled(&before, "Changed"));
    let stale = Task {
        version: 7,
        ..tasks[2].clone()
    };
    let changes = vec![
        Change::Insert(author.clone().into()),
        update,
        Change::Remove(tasks[1].clone().into()),
        Change::RemoveBelow {
            kind: Kind::Task,
            organization: tasks[2].organization,
            filter: Filter::Eq("_id", Value::Id(tasks[2].id)),
        },
        Change::Remove(stale.into()),
    ];
    let refused = fixture.store.write(changes).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    let left = fixture.matching(Kind::Task, Filter::everything()).await;
    assert_eq!(left, ids_of(&tasks));
    let title = fixture
        .store
        .get::<Task>(tasks[0].id)
        .await
        .unwrap()
        .unwrap()
        .title
        .clone();
    assert_eq!(title, tasks[0].title);
    assert!(fixture.store.get::<User>(author.id).await.unwrap().is_none());
    let found = fixture
        .matching(Kind::Task, Filter::Prefix("searchTerms", "changed".into()))
        .await;
    assert!(found.is_empty(), "its words must not be found");
}

pub async fn a_unit_of_work_sees_its_own_writes(fixture: &StoreFixture) {
    let user = sample::user(sample::id());
    let changes = vec![
        Change::Insert(user.clone().into()),
        Change::Update {
            before: user.clone().into(),
            after: User {
                version: 1,
                ..named(&user, "Changed")
            }
            .into(),
        },
    ];
    fixture.store.write(changes).await.unwrap();
    assert_eq!(first_name(fixture, &user).await.as_deref(), Some("Changed"));
}

pub async fn remove_where_takes_what_matches_and_only_that(fixture: &StoreFixture) {
    let (gone, tasks) = fixture.tasks(3, |_, _| {}).await;
    let (_, kept) = fixture.tasks(2, |_, _| {}).await;
    let below = |project: &Project| Change::RemoveBelow {
        kind: Kind::Task,
        organization: project.organization,
        filter: Filter::Eq("project", Value::Id(project.id)),
    };
    fixture.store.write(vec![below(&gone)]).await.unwrap();
    fixture
        .store
        .write(vec![below(&gone)])
        .await
        .expect("nothing left to take is no error");
    assert_eq!(fixture.matching(Kind::Task, Filter::everything()).await, ids_of(&kept));
    fixture.insert(tasks).await;
}

pub async fn of_32_replacements_of_one_document_exactly_one_wins(fixture: &StoreFixture) {
    let read = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let racers = (0..32).map(|racer| {
        let (store, read) = (fixture.store.clone(), read.clone());
        tokio::spawn(async move { store.update(&read, named(&read, &format!("Racer {racer}"))).await })
    });
    let (mut won, mut lost) = (Vec::new(), 0);
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(written) => won.push(written.first_name.clone()),
            Err(StoreError::Conflict(_)) => lost += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won.len(), lost), (1, 31));
    assert_eq!(first_name(fixture, &read).await, won.pop());
}

pub async fn every_write_passes_the_door_before_and_after(fixture: &StoreFixture) {
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let _refused = fixture.store.insert(User::clone(&user)).await;
    let passed = fixture.door.passed.lock().clone();
    let expected = matches!(
        passed[..],
        [None, Some(Outcome::Written(_)), None, Some(Outcome::Refused)]
    );
    assert!(expected, "{passed:?}");
}

fn named(user: &User, first_name: &str) -> User {
    User {
        first_name: first_name.into(),
        ..user.clone()
    }
}

fn retitled(task: &Task, title: &str) -> Task {
    let mut task = Task {
        title: title.into(),
        ..task.clone()
    };
    task.refresh();
    task
}

async fn first_name(fixture: &StoreFixture, user: &User) -> Option<String> {
    let found = fixture.store.get::<User>(user.id).await.unwrap();
    found.map(|user| user.first_name.clone())
}
