//! Each condition of the query language, with the same answer from every engine.

use kanvaro::model::{AnyEntity, Change, Filter, Id, Kind, Priority, Task, Value};

use super::StoreFixture;
use super::fixture::ids_of;
use crate::support::sample::{self, after_noon};

pub async fn everything_matches_all_and_nothing_matches_none(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(3, |_, _| {}).await;
    assert_eq!(fixture.matching(Kind::Task, Filter::everything()).await, ids_of(&tasks));
    assert!(fixture.matching(Kind::Task, Filter::nothing()).await.is_empty());
    assert!(
        fixture
            .matching(Kind::Task, Filter::In("status", vec![]))
            .await
            .is_empty()
    );
    let neither = Filter::Any(vec![Filter::nothing(), Filter::In("_id", vec![])]);
    assert!(fixture.matching(Kind::Task, neither).await.is_empty());
    let both = Filter::All(vec![Filter::everything(), Filter::nothing()]);
    assert!(fixture.matching(Kind::Task, both).await.is_empty());
    let either = Filter::Any(vec![Filter::everything(), Filter::nothing()]);
    assert_eq!(fixture.matching(Kind::Task, either).await, ids_of(&tasks));
}

pub async fn conditions_nest(fixture: &StoreFixture) {
    let (_, tasks) = fixture
        .tasks(6, |place, task| {
            task.status = ["todo", "done"][place % 2].into();
            task.priority = Priority::from((place / 2) as i64);
            task.is_archived = place == 0;
        })
        .await;
    let status = |key: &str| Filter::Eq("status", Value::Text(key.into()));
    let priority = |rank| Filter::Eq("priority", Value::Int(rank));
    let either = Filter::Any(vec![
        Filter::All(vec![status("todo"), Filter::Any(vec![priority(0), priority(2)])]),
        Filter::All(vec![status("done"), priority(1)]),
    ]);
    let live = Filter::Eq("isArchived", Value::Bool(false));
    assert_eq!(
        fixture.matching(Kind::Task, either.clone()).await,
        ids_of([&tasks[0], &tasks[3], &tasks[4]])
    );
    assert_eq!(
        fixture.matching(Kind::Task, either.and(live)).await,
        ids_of([&tasks[3], &tasks[4]])
    );
}

pub async fn null_is_what_is_null_or_missing(fixture: &StoreFixture) {
    let (project, tasks) = fixture
        .tasks(2, |place, task| task.due_date = (place == 0).then_some(sample::NOON))
        .await;
    let missing = sample::task(&project);
    fixture
        .insert_without(AnyEntity::from(missing.clone()), "dueDate")
        .await;
    let none = Filter::Eq("dueDate", Value::Null);
    assert_eq!(fixture.matching(Kind::Task, none).await, ids_of([&tasks[1], &missing]));
    let or_noon = Filter::In("dueDate", vec![Value::Null, Value::Time(sample::NOON)]);
    assert_eq!(
        fixture.matching(Kind::Task, or_noon).await,
        ids_of([&tasks[0], &tasks[1], &missing])
    );
    let only = Filter::In("dueDate", vec![Value::Null]);
    assert_eq!(fixture.matching(Kind::Task, only).await, ids_of([&tasks[1], &missing]));
}

pub async fn ranges_take_their_ends_as_they_say_and_never_null(fixture: &StoreFixture) {
    let (project, mut tasks) = fixture
        .tasks(4, |place, task| {
            task.due_date = place.checked_sub(1).map(|day| after_noon(day as i64));
            task.story_points = place.checked_sub(1).map(|points| points as i32 - 1);
        })
        .await;
    let missing = sample::task(&project);
    fixture.insert_without(AnyEntity::from(missing), "dueDate").await;
    tasks.remove(0);
    let due = Value::Time(after_noon(1));
    ends(fixture, &tasks, "dueDate", due).await;
    ends(fixture, &tasks, "storyPoints", Value::Int(0)).await;
    ends(fixture, &tasks, "_id", Value::Id(tasks[1].id)).await;
    let past = Filter::Lt("dueDate", Value::Null);
    assert!(fixture.matching(Kind::Task, past).await.is_empty());
    let any = Filter::Gte("dueDate", Value::Null);
    assert!(
        fixture.matching(Kind::Task, any).await.is_empty(),
        "nothing is in a range of null"
    );
}

/// The value is the middle one's of the three.
async fn ends(fixture: &StoreFixture, tasks: &[Task], field: &'static str, value: Value) {
    let three = || Filter::In("_id", tasks.iter().map(|task| Value::Id(task.id)).collect());
    let among = |range: Filter| fixture.matching(Kind::Task, if field == "_id" { range.and(three()) } else { range });
    assert_eq!(
        among(Filter::Lt(field, value.clone())).await,
        ids_of(&tasks[..1]),
        "{field} <"
    );
    assert_eq!(
        among(Filter::Lte(field, value.clone())).await,
        ids_of(&tasks[..2]),
        "{field} <="
    );
    assert_eq!(
        among(Filter::Gt(field, value.clone())).await,
        ids_of(&tasks[2..]),
        "{field} >"
    );
    assert_eq!(
        among(Filter::Gte(field, value.clone())).await,
        ids_of(&tasks[1..]),
        "{field} >="
    );
    assert_eq!(among(Filter::Eq(field, value)).await, ids_of(&tasks[1..2]), "{field} =");
}

pub async fn a_list_of_values_matches_each_of_them(fixture: &StoreFixture) {
    let (_, tasks) = fixture
        .tasks(5, |place, task| {
            task.status = ["backlog", "todo", "review", "done", "done"][place].into();
        })
        .await;
    let status = |keys: &[&str]| Filter::In("status", keys.iter().map(|key| Value::Text((*key).into())).collect());
    assert_eq!(
        fixture.matching(Kind::Task, status(&["todo"])).await,
        ids_of([&tasks[1]])
    );
    assert_eq!(
        fixture
            .matching(Kind::Task, status(&["todo", "absent", "done", "todo"]))
            .await,
        ids_of([&tasks[1], &tasks[3], &tasks[4]])
    );
    let ids = Filter::In("_id", [0, 2, 4].map(|place| Value::Id(tasks[place].id)).into());
    assert_eq!(
        fixture.matching(Kind::Task, ids).await,
        ids_of([&tasks[0], &tasks[2], &tasks[4]])
    );
}

pub async fn thousands_of_values_are_a_list_too(fixture: &StoreFixture) {
    let (project, tasks) = fixture.tasks(3, |_, _| {}).await;
    let among = |id: Id| {
        let strangers = (0..5_000).map(|_| Value::Id(sample::id()));
        strangers.chain([Value::Id(id)]).collect::<Vec<Value>>()
    };
    let by_id = Filter::In("_id", among(tasks[1].id));
    assert_eq!(fixture.matching(Kind::Task, by_id).await, ids_of([&tasks[1]]));
    let by_project = Filter::In("project", among(project.id));
    assert_eq!(fixture.matching(Kind::Task, by_project).await, ids_of(&tasks));
    let due = (0..5_000).map(|day| Value::Time(after_noon(day)));
    let by_time = Filter::In("createdAt", due.chain([Value::Null]).collect());
    assert_eq!(fixture.matching(Kind::Task, by_time).await, ids_of(&tasks));
    let by_text = (0..5_000)
        .map(|word| Value::Text(format!("\"{word}\"\u{0}\\")))
        .collect();
    assert!(
        fixture
            .matching(Kind::Task, Filter::In("title", by_text))
            .await
            .is_empty()
    );
}

pub async fn a_link_is_found_by_its_value(fixture: &StoreFixture) {
    let (ada, bob) = (sample::id(), sample::id());
    let (project, tasks) = fixture
        .tasks(4, |place, task| {
            task.assigned_to = vec![vec![], vec![ada], vec![bob, ada], vec![bob, bob]][place].clone();
        })
        .await;
    let has = |who| Filter::Has("assignedTo", Value::Id(who));
    assert_eq!(fixture.matching(Kind::Task, has(ada)).await, ids_of(&tasks[1..3]));
    assert_eq!(
        fixture.matching(Kind::Task, has(ada).and(has(bob))).await,
        ids_of(&tasks[2..3])
    );
    assert_eq!(
        fixture
            .matching(Kind::Task, Filter::Any(vec![has(ada), has(bob)]))
            .await,
        ids_of(&tasks[1..])
    );
    assert!(fixture.matching(Kind::Task, has(sample::id())).await.is_empty());
    let within = |organization| Filter::Eq("organization", Value::Id(organization)).and(has(ada));
    assert_eq!(
        fixture.matching(Kind::Task, within(project.organization)).await,
        ids_of(&tasks[1..3])
    );
    assert!(fixture.matching(Kind::Task, within(sample::id())).await.is_empty());
}

pub async fn links_follow_their_document(fixture: &StoreFixture) {
    let (ada, bob) = (sample::id(), sample::id());
    let (_, tasks) = fixture.tasks(1, |_, task| task.assigned_to = vec![ada]).await;
    let before = std::sync::Arc::new(tasks[0].clone());
    let after = Task {
        assigned_to: vec![bob],
        ..tasks[0].clone()
    };
    let after = fixture.store.update(&before, after).await.unwrap();
    let has = |who| Filter::Has("assignedTo", Value::Id(who));
    assert!(fixture.matching(Kind::Task, has(ada)).await.is_empty());
    assert_eq!(fixture.matching(Kind::Task, has(bob)).await, ids_of(&tasks));
    fixture.store.remove(&after).await.unwrap();
    assert!(fixture.matching(Kind::Task, has(bob)).await.is_empty());
    fixture
        .store
        .write(vec![Change::Insert(AnyEntity::Task(before))])
        .await
        .expect("nothing of it is left in the way");
}

pub async fn text_is_compared_byte_by_byte(fixture: &StoreFixture) {
    let titles = [
        "a",
        "A",
        "á",
        "a\u{301}",
        "a ",
        "",
        "%",
        "'; DROP TABLE tasks; --",
        "\\\"\u{0}\n😀",
        "$where",
    ];
    let (_, tasks) = fixture
        .tasks(titles.len(), |place, task| task.title = titles[place].into())
        .await;
    for (place, title) in titles.iter().enumerate() {
        let same = Filter::Eq("title", Value::Text((*title).into()));
        assert_eq!(
            fixture.matching(Kind::Task, same).await,
            ids_of([&tasks[place]]),
            "{title:?}"
        );
    }
}
