//! The list of tasks as clients ask for it, and tasks to be on it.

use kanvaro::model::{Priority, Project, Rank, Task, User};
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::sample::{self, after_noon};

pub const TASKS: &str = "query($filter: TaskFilter, $sort: TaskSort, $first: Int, $after: String, $last: Int, \
     $before: String, $page: Int, $limit: Int) { tasks(filter: $filter, sort: $sort, first: $first, after: $after, \
     last: $last, before: $before, page: $page, limit: $limit) { totalCount nodes { id title } \
     edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Tasks with ties in every field that lists are sorted by.
pub fn tied_tasks(project: &Project, count: i64) -> Vec<Task> {
    let mut ranks = vec![Rank::default()];
    for _ in 0..3 {
        ranks.push(Rank::between(ranks.last(), None));
    }
    let task = |at: i64| {
        let mut task = Task {
            created_at: after_noon(at / 5),
            updated_at: after_noon(at % 4),
            due_date: (at % 3 > 0).then(|| after_noon(at % 3)),
            priority: Priority::from(at % 4),
            rank: ranks[(at % 4) as usize].clone(),
            ..sample::task(project)
        };
        task.refresh();
        task
    };
    (0..count).map(task).collect()
}

/// The list for these variables.
pub async fn tasks(app: &TestApp, who: &User, variables: Value) -> Value {
    app.data(who, TASKS, variables).await["tasks"].take()
}

/// The ids on it, in their order.
pub fn ids(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}
