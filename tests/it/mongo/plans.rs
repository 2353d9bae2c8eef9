//! How the server executes what lists ask for: an index serves every order, and nothing is sorted in memory.

use bson::{Document, doc};
use futures_util::TryStreamExt;
use kanvaro::model::{Direction, Field, Filter, Id, Index, Kind, Query, Role, Seek, Sort, Value};
use kanvaro::store::StoreBackend;

use super::scratch::Scratch;
use crate::support::sample::{self, after_noon};

#[tokio::test]
async fn an_index_serves_every_list_order_with_and_without_a_place_to_begin_at() {
    let scratch = Scratch::new().await;
    let known = fill(&scratch).await;
    let mut orders = 0;
    for kind in Kind::ALL {
        for index in kind.indexes().iter().filter(|index| is_order(index)) {
            for query in queries(*kind, index, &known) {
                let plan = scratch.backend.explain(*kind, &query).await.unwrap();
                assert!(
                    plan.contains("IXSCAN") && !plan.contains("COLLSCAN"),
                    "{query:?}: {plan}"
                );
                assert!(
                    !plan.contains("SORT ") || plan.contains("SORT_MERGE"),
                    "{query:?}: {plan}"
                );
                orders += 1;
            }
        }
    }
    assert!(orders >= 80, "only {orders} orders were looked at");
}

#[tokio::test]
async fn an_index_serves_every_field_that_an_index_begins_with() {
    let scratch = Scratch::new().await;
    let known = fill(&scratch).await;
    for kind in Kind::ALL {
        for index in kind.indexes() {
            let query = Query {
                filter: condition(*kind, index.keys[0].0, &known),
                ..sorted("_id", Direction::Ascending)
            };
            let plan = scratch.backend.explain(*kind, &query).await.unwrap();
            assert!(!plan.contains("COLLSCAN"), "{kind:?} {}: {plan}", index.name());
        }
    }
}

#[tokio::test]
async fn the_search_reads_the_terms_of_its_organisation() {
    let scratch = Scratch::new().await;
    let known = fill(&scratch).await;
    let words =
        Filter::Eq("organization", Value::Id(known.organization)).and(kanvaro::model::search::filter("wri tex"));
    let query = Query {
        filter: words,
        ..sorted("createdAt", Direction::Descending)
    };
    let plan = scratch.backend.explain(Kind::Task, &query).await.unwrap();
    assert!(!plan.contains("COLLSCAN"), "{plan}");
}

/// The server's own account: of each list it looked at the rows of the page, no more.
#[tokio::test]
async fn several_lists_at_once_read_only_the_rows_they_return() {
    let scratch = Scratch::new().await;
    let known = fill(&scratch).await;
    let by = |status: &str| Filter::Eq("status", Value::Text(status.into()));
    let queries: Vec<Query> = known
        .projects
        .iter()
        .flat_map(|project| ["todo", "done"].map(|status| Filter::Eq("project", Value::Id(*project)).and(by(status))))
        .map(|filter| Query {
            filter,
            limit: 5,
            ..sorted("rank", Direction::Ascending)
        })
        .collect();
    scratch.database.run_command(doc! { "profile": 2 }).await.unwrap();
    let pages = scratch.backend.pages(Kind::Task, &queries).await.unwrap();
    scratch.database.run_command(doc! { "profile": 0 }).await.unwrap();
    let rows: usize = pages.iter().map(Vec::len).sum();
    assert_eq!(rows, 5 * queries.len());
    let profile = scratch.database.collection::<Document>("system.profile");
    let found = profile.find(doc! { "command.aggregate": "tasks" }).await.unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].get_i32("docsExamined").unwrap(), rows as i32, "{}", found[0]);
    assert!(!found[0].contains_key("hasSortStage"), "{}", found[0]);
}

#[tokio::test]
async fn tasks_are_counted_by_status_without_reading_any() {
    let scratch = Scratch::new().await;
    let known = fill(&scratch).await;
    let projects = known.projects.iter().copied().map(Value::Id).collect();
    let tasks = Filter::In("project", projects).and(Filter::Eq("isArchived", Value::Bool(false)));
    scratch.database.run_command(doc! { "profile": 2 }).await.unwrap();
    let counted = scratch
        .backend
        .count_by(Kind::Task, &tasks, &["project", "status"])
        .await;
    scratch.database.run_command(doc! { "profile": 0 }).await.unwrap();
    assert_eq!(counted.unwrap().iter().map(|(_, count)| count).sum::<u64>(), 600);
    let profile = scratch.database.collection::<Document>("system.profile");
    let found = profile.find_one(doc! { "command.aggregate": "tasks" }).await.unwrap();
    let found = found.unwrap();
    assert_eq!(found.get_i32("docsExamined").unwrap(), 0, "{found}");
}

/// What the conditions name.
struct Known {
    organization: Id,
    projects: Vec<Id>,
    user: Id,
    task: Id,
}

/// Enough of everything that a wrong index would cost.
async fn fill(scratch: &Scratch) -> Known {
    let organization = sample::id();
    let users: Vec<_> = (0..30).map(|_| sample::user(organization)).collect();
    let user = users[0].id;
    let projects: Vec<_> = (0..10).map(|_| sample::project(&users[0])).collect();
    let mut tasks = Vec::new();
    for project in &projects {
        tasks.extend((0..60).map(|place| {
            let mut task = sample::task(project);
            task.status = ["todo", "done", "review"][place % 3].into();
            task.assigned_to = vec![users[place % 30].id, users[(place + 1) % 30].id];
            task.created_at = after_noon(place as i64 % 40);
            task.due_date = Some(after_noon(place as i64 % 50));
            task.refresh();
            task
        }));
    }
    let known = Known {
        organization,
        projects: projects.iter().map(|project| project.id).collect(),
        user,
        task: tasks[0].id,
    };
    scratch
        .insert(tasks.iter().map(|task| sample::comment(task, user)))
        .await;
    let files = tasks.iter().map(|task| sample::attachment(task, user));
    scratch.insert(files).await;
    scratch.insert(users.iter().map(sample::session)).await;
    scratch.insert(users).await;
    scratch.insert(projects).await;
    scratch.insert(tasks).await;
    known
}

fn is_order(index: &Index) -> bool {
    index.keys.len() > 1 && index.keys.last().is_some_and(|(field, _)| *field == "_id")
}

/// The lists that an index of an order is for: both ways, from the beginning and from a place.
fn queries(kind: Kind, index: &Index, known: &Known) -> Vec<Query> {
    let (terms, order) = index.keys.split_at(index.keys.len() - 2);
    let (field, direction) = order[0];
    let filter = terms
        .iter()
        .map(|(field, _)| condition(kind, field, known))
        .fold(Filter::everything(), Filter::and);
    let seek = Seek {
        value: value(field, known),
        id: sample::id(),
    };
    [direction, direction.reversed()]
        .into_iter()
        .flat_map(|direction| [None, Some(seek.clone())].map(|after| (direction, after)))
        .map(|(direction, after)| Query {
            filter: filter.clone(),
            after,
            ..sorted(field, direction)
        })
        .collect()
}

fn condition(kind: Kind, field: Field, known: &Known) -> Filter {
    let value = value(field, known);
    if kind.links().contains(&field) {
        Filter::Has(field, value)
    } else {
        Filter::Eq(field, value)
    }
}

fn value(field: Field, known: &Known) -> Value {
    match field {
        "organization" => Value::Id(known.organization),
        "project" => Value::Id(known.projects[3]),
        "task" | "parent" | "owner" | "dependencies" => Value::Id(known.task),
        "createdBy" | "client" | "userId" | "assignedTo" | "teamMembers" | "customRole" => Value::Id(known.user),
        "status" => Value::Text("todo".into()),
        "role" => Value::Text(serde_json::to_value(Role::TeamMember).unwrap().as_str().unwrap().into()),
        "rank" => Value::Text("V".into()),
        "email" | "tokenHash" | "keys" => Value::Text("nobody".into()),
        "isActive" => Value::Bool(true),
        "isArchived" => Value::Bool(false),
        "priority" | "number" => Value::Int(1),
        "createdAt" | "updatedAt" | "dueAt" | "dueSort" | "expiresAt" => Value::Time(after_noon(20)),
        other => panic!("give {other} a value"),
    }
}

fn sorted(field: Field, direction: Direction) -> Query {
    Query {
        filter: Filter::everything(),
        sort: Sort { field, direction },
        after: None,
        skip: 0,
        limit: 20,
    }
}
