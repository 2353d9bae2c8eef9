//! Lists in order, a page at a time.

use kanvaro::model::Direction::{Ascending, Descending};
use kanvaro::model::{Direction, Field, Filter, Id, Kind, Priority, Query, Rank, Seek, Task, Value};

use super::StoreFixture;
use super::fixture::{ids_of, sorted};
use crate::support::sample::{self, after_noon};

pub async fn pages_come_in_the_order_of_their_queries(fixture: &StoreFixture) {
    let (first, mine) = fixture.tasks(3, |_, _| {}).await;
    let (second, yours) = fixture.tasks(2, |_, _| {}).await;
    let of = |project| sorted(Filter::Eq("project", Value::Id(project)), "_id", Ascending);
    let queries = [of(second.id), of(sample::id()), of(first.id), of(second.id)];
    let pages = fixture.store.pages(Kind::Task, &queries).await.unwrap();
    let pages: Vec<Vec<Id>> = pages.iter().map(|page| super::fixture::ids(page)).collect();
    assert_eq!(pages, [ids_of(&yours), vec![], ids_of(&mine), ids_of(&yours)]);
    assert!(fixture.store.pages(Kind::Task, &[]).await.unwrap().is_empty());
}

pub async fn every_field_sorts_both_ways_with_ties_by_id_the_same_way(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(20, varied).await;
    sorts(fixture, &tasks, "createdAt", |task| task.created_at).await;
    sorts(fixture, &tasks, "updatedAt", |task| task.updated_at).await;
    sorts(fixture, &tasks, "dueSort", |task| task.due_sort).await;
    sorts(fixture, &tasks, "priority", |task| task.priority).await;
    sorts(fixture, &tasks, "rank", |task| task.rank.clone()).await;
    sorts(fixture, &tasks, "number", |task| task.number).await;
    sorts(fixture, &tasks, "title", |task| task.title.clone()).await;
    sorts(fixture, &tasks, "_id", |task| task.id).await;
}

/// Every field has ties, and none runs along with another.
fn varied(place: usize, task: &mut Task) {
    let at = |step: usize, of: usize| after_noon((place * step % of) as i64 * 1_000);
    task.created_at = at(3, 7);
    task.updated_at = at(5, 6);
    task.due_date = (!place.is_multiple_of(3)).then(|| at(7, 4));
    task.priority = Priority::from((place * 7 % 4) as i64);
    task.rank = Rank::parse(["V", "Vz", "a", "Z", "0z"][place * 2 % 5]).unwrap();
    task.title = ["b", "B", "ä", "a b", "a"][place % 5].into();
}

async fn sorts<T: Ord>(fixture: &StoreFixture, tasks: &[Task], field: Field, value: impl Fn(&Task) -> T) {
    let mut expected: Vec<&Task> = tasks.iter().collect();
    expected.sort_by_key(|task| (value(task), task.id));
    let mut expected: Vec<Id> = expected.into_iter().map(|task| task.id).collect();
    for direction in [Ascending, Descending] {
        let query = sorted(Filter::everything(), field, direction);
        assert_eq!(fixture.page(Kind::Task, query).await, expected, "{field} {direction:?}");
        expected.reverse();
    }
}

pub async fn pages_with_ties_reach_every_row_once_while_rows_arrive(fixture: &StoreFixture) {
    let (project, tasks) = fixture.tasks(23, varied).await;
    for direction in [Ascending, Descending] {
        let by_time = walk(fixture, direction, "createdAt", |task| Value::Time(task.created_at));
        assert_once(&by_time.await, &tasks);
        let by_rank = walk(fixture, direction, "rank", |task| {
            Value::Text(task.rank.as_str().into())
        });
        assert_once(&by_rank.await, &tasks);
        let by_number = walk(fixture, direction, "priority", |task| Value::Int(task.priority.into()));
        assert_once(&by_number.await, &tasks);
        let by_id = walk(fixture, direction, "_id", |task| Value::Id(task.id));
        assert_once(&by_id.await, &tasks);
    }
    let all = fixture.matching(Kind::Task, Filter::everything()).await.len();
    assert!(
        all > tasks.len() && project.number > 0,
        "rows must have arrived in between"
    );
}

/// Reads page by page as a client does; after each page a row arrives before and one after the place it has reached.
async fn walk(fixture: &StoreFixture, direction: Direction, field: Field, value: impl Fn(&Task) -> Value) -> Vec<Id> {
    let mut seen = Vec::new();
    let mut query = Query {
        limit: 4,
        ..sorted(Filter::everything(), field, direction)
    };
    loop {
        let page = fixture.store.page(Kind::Task, query.clone()).await.unwrap();
        let Some(last) = page.last().cloned() else {
            return seen;
        };
        seen.extend(super::fixture::ids(&page));
        let last: std::sync::Arc<Task> = last.try_into().unwrap();
        query.after = Some(Seek {
            value: value(&last),
            id: last.id,
        });
        if seen.len() < 12 {
            let late = |place| {
                let mut task = sample::task(&sample::project(&sample::user(sample::id())));
                varied(place, &mut task);
                task
            };
            fixture.insert([late(seen.len()), late(seen.len() + 3)]).await;
        }
    }
}

fn assert_once(seen: &[Id], tasks: &[Task]) {
    for task in tasks {
        let times = seen.iter().filter(|id| **id == task.id).count();
        assert_eq!(times, 1, "{:?} in {seen:?}", task.id);
    }
    let mut each = seen.to_vec();
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), seen.len(), "nothing comes twice, late or not");
}

pub async fn skip_and_limit_cut_the_list(fixture: &StoreFixture) {
    let (_, tasks) = fixture.tasks(5, |_, _| {}).await;
    let tasks = ids_of(&tasks);
    let cut = |skip, limit| Query {
        skip,
        limit,
        ..sorted(Filter::everything(), "_id", Ascending)
    };
    assert_eq!(fixture.page(Kind::Task, cut(0, 2)).await, tasks[..2]);
    assert_eq!(fixture.page(Kind::Task, cut(2, 2)).await, tasks[2..4]);
    assert_eq!(fixture.page(Kind::Task, cut(4, 2)).await, tasks[4..]);
    assert!(fixture.page(Kind::Task, cut(5, 2)).await.is_empty());
    assert!(
        fixture.page(Kind::Task, cut(0, 0)).await.is_empty(),
        "a limit of 0 is no list"
    );
    let after = Query {
        after: Some(Seek {
            value: Value::Id(tasks[0]),
            id: tasks[0],
        }),
        ..cut(1, 2)
    };
    assert_eq!(
        fixture.page(Kind::Task, after).await,
        tasks[2..4],
        "the skip counts from the seek"
    );
}
