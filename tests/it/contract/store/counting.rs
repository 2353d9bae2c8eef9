//! Counts, groups, ids and the counters that number things.

use kanvaro::model::{AnyEntity, Field, Filter, Kind, Priority, Value};

use super::StoreFixture;
use super::fixture::{ids_of, json};
use crate::support::sample;

pub async fn each_filter_is_counted(fixture: &StoreFixture) {
    fixture
        .tasks(5, |place, task| task.status = ["todo", "done"][place % 2].into())
        .await;
    let status = |key: &str| Filter::Eq("status", Value::Text(key.into()));
    let filters = [status("done"), Filter::everything(), status("absent"), status("todo")];
    assert_eq!(fixture.store.count(Kind::Task, &filters).await.unwrap(), [2, 5, 0, 3]);
    assert!(fixture.store.count(Kind::Task, &[]).await.unwrap().is_empty());
}

pub async fn counts_by_one_field(fixture: &StoreFixture) {
    let (project, _) = fixture
        .tasks(5, |place, task| task.status = ["todo", "done"][place % 2].into())
        .await;
    fixture.tasks(1, |_, _| {}).await;
    let of = Filter::Eq("project", Value::Id(project.id));
    let mut counts = fixture.store.count_by(Kind::Task, &of, &["status"]).await.unwrap();
    counts.sort_by_key(|(_, count)| *count);
    let text = |key: &str| vec![Value::Text(key.into())];
    assert_eq!(counts, [(text("done"), 2), (text("todo"), 3)]);
    let none = fixture
        .store
        .count_by(Kind::Task, &Filter::nothing(), &["status"])
        .await
        .unwrap();
    assert!(none.is_empty());
}

pub async fn counts_by_two_fields(fixture: &StoreFixture) {
    let vary = |place: usize, task: &mut kanvaro::model::Task| {
        task.status = ["todo", "done"][place % 2].into();
        task.priority = Priority::from((place / 4) as i64);
    };
    let (project, _) = fixture.tasks(6, vary).await;
    let counts = groups(fixture, &["project", "status"]).await;
    let group = |key: &str| vec![Value::Id(project.id), Value::Text(key.into())];
    assert_eq!(counts, [(group("done"), 3), (group("todo"), 3)]);

    let counts = groups(fixture, &["status", "priority"]).await;
    let group = |key: &str, rank| vec![Value::Text(key.into()), Value::Int(rank)];
    assert_eq!(
        counts,
        [
            (group("done", 0), 2),
            (group("done", 1), 1),
            (group("todo", 0), 2),
            (group("todo", 1), 1)
        ]
    );
}

pub async fn what_is_null_and_what_is_missing_are_one_group(fixture: &StoreFixture) {
    let (project, _) = fixture.tasks(2, |_, task| task.due_date = None).await;
    let missing = sample::task(&project);
    fixture.insert_without(AnyEntity::from(missing), "dueDate").await;
    let of = Filter::Eq("project", Value::Id(project.id));
    let groups = fixture.store.count_by(Kind::Task, &of, &["project", "dueDate"]).await;
    assert_eq!(groups.unwrap(), [(vec![Value::Id(project.id), Value::Null], 3)]);
}

/// The groups of all tasks, in the order of their text.
async fn groups(fixture: &StoreFixture, fields: &[Field]) -> Vec<(Vec<Value>, u64)> {
    let everything = Filter::everything();
    let mut groups = fixture.store.count_by(Kind::Task, &everything, fields).await.unwrap();
    groups.sort_by_key(|(values, _)| format!("{values:?}"));
    groups
}

/// Of every scalar field of every kind: a text of 24 digits is an id exactly where the entity holds an id.
pub async fn groups_have_the_types_of_their_fields(fixture: &StoreFixture) {
    for entity in sample::full() {
        let kind = entity.reference().kind;
        fixture.insert_without(entity.clone(), "version").await;
        for (field, expected) in scalars(&entity) {
            let groups = fixture
                .store
                .count_by(kind, &Filter::everything(), &[field])
                .await
                .unwrap();
            assert_eq!(groups, [(vec![expected.clone()], 1)], "{kind:?} {field}");
            let same = Filter::Eq(field, expected);
            assert_eq!(fixture.matching(kind, same).await.len(), 1, "{kind:?} {field}");
        }
    }
}

/// The fields of an entity with their values, as the encoding that tells ids and times from text has them.
#[cfg(feature = "mongo")]
fn scalars(entity: &AnyEntity) -> Vec<(&'static str, Value)> {
    use bson::Bson;
    let document = bson::deserialize_from_slice::<bson::Document>(&bson::serialize_to_vec(entity).unwrap()).unwrap();
    assert_eq!(document.len(), json(entity).as_object().unwrap().len());
    let value = |(field, value): (String, Bson)| {
        let value = match value {
            Bson::ObjectId(id) => Value::Id(kanvaro::model::Id::from_bytes(id.bytes())),
            Bson::DateTime(time) => Value::Time(kanvaro::model::Timestamp::from_millis(time.timestamp_millis())),
            Bson::String(text) => Value::Text(text),
            Bson::Boolean(yes) => Value::Bool(yes),
            Bson::Int32(number) => Value::Int(number.into()),
            Bson::Int64(number) => Value::Int(number),
            Bson::Array(_) | Bson::Document(_) => return None,
            other => panic!("{field} is {other:?}"),
        };
        (field != "version").then(|| (&*field.leak(), value))
    };
    document.into_iter().filter_map(value).collect()
}

/// Without BSON only what JSON tells apart by itself is compared.
#[cfg(not(feature = "mongo"))]
fn scalars(entity: &AnyEntity) -> Vec<(&'static str, Value)> {
    let value = |(field, value): (&String, &serde_json::Value)| {
        let value = match value {
            serde_json::Value::Bool(yes) => Value::Bool(*yes),
            serde_json::Value::Number(number) => Value::Int(number.as_i64().unwrap()),
            _ => return None,
        };
        (field != "version").then(|| (&*field.clone().leak(), value))
    };
    json(entity).as_object().unwrap().iter().filter_map(value).collect()
}

pub async fn ids_are_those_that_match_up_to_the_limit(fixture: &StoreFixture) {
    let (project, tasks) = fixture.tasks(5, |_, _| {}).await;
    fixture.tasks(5, |_, _| {}).await;
    let of = Filter::Eq("project", Value::Id(project.id));
    assert_eq!(fixture.matching(Kind::Task, of.clone()).await, ids_of(&tasks));
    let three = fixture.store.ids(Kind::Task, &of, 3).await.unwrap();
    assert_eq!(three.len(), 3);
    assert!(three.iter().all(|id| ids_of(&tasks).contains(id)));
    assert!(
        fixture.store.ids(Kind::Task, &of, 0).await.unwrap().is_empty(),
        "a limit of 0 is no ids"
    );
}

pub async fn sixty_four_reservations_at_once_are_consecutive(fixture: &StoreFixture) {
    let reservations = (0..64).map(|_| {
        let store = fixture.store.clone();
        tokio::spawn(async move { store.reserve("tasks:one", 1).await.unwrap() })
    });
    let mut numbers = Vec::new();
    for reservation in reservations.collect::<Vec<_>>() {
        numbers.push(reservation.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=64).collect::<Vec<i64>>());
}

pub async fn a_reservation_of_many_leaves_the_next_its_own(fixture: &StoreFixture) {
    let store = &fixture.store;
    assert_eq!(store.reserve("tasks:one", 5).await.unwrap(), 1);
    assert_eq!(store.reserve("tasks:one", 1).await.unwrap(), 6);
    assert_eq!(store.reserve("tasks:two", 1).await.unwrap(), 1, "counters are apart");
    assert_eq!(store.reserve("tasks:one", 1_000).await.unwrap(), 7);
    assert_eq!(store.reserve("tasks:one", 1).await.unwrap(), 1_007);
}
