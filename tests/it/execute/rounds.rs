//! How much reading the product's screens take: one multi-get a level and one call of the store for each kind in it,
//! however many rows there are.

use kanvaro::model::{Project, Role, Task};
use serde_json::json;

use super::Asked;
use crate::support::sample;
use crate::support::world::gid;

const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name progress { total done percent } } \
    columns { key title color category count tasks { id displayId title status isOverdue labels \
    creator { id fullName } assignees { id fullName } } } } }";
const DASHBOARD: &str = "{ projects(first: 100) { totalCount nodes { id name creator { id fullName } members { id fullName } \
    memberCount progress { percent } tasks(first: 5) { nodes { id title assignees { id fullName } } } } } }";
const TASK: &str = "query($task: ID!) { task(id: $task) { title column { title } project { name } creator { fullName } \
    assignees { fullName } comments(first: 100) { nodes { body author { fullName } } } } }";
const NESTED: &str = "{ projects(first: 100) { nodes { name tasks(first: 100) { totalCount nodes { title \
    comments(first: 100) { nodes { body author { fullName } } } } } } } }";

/// Multi-gets of the cache and reads of the store, cold and then warm, that a document takes where there are so many
/// projects with two tasks each, so many cards on the board and so many comments on a task.
async fn reads(rows: usize, document: &str) -> [(u64, u64); 2] {
    let asked = Asked::new().await;
    let mut team = Vec::new();
    for _ in 0..10 {
        team.push(asked.acme.member(&asked.app, Role::TeamMember).await.id);
    }
    let task = |project: &Project, at: usize| Task {
        status: project.board_columns[at % 7].key.clone(),
        assigned_to: vec![team[at % 10], team[(at + 1) % 10]],
        ..sample::task(project)
    };
    let projects = (0..rows).map(|_| Project {
        team_members: team.clone(),
        ..sample::project(&asked.acme.admin)
    });
    let projects: Vec<Project> = projects.collect();
    let tasks = projects.iter().flat_map(|project| [task(project, 0), task(project, 1)]);
    let tasks: Vec<Task> = tasks.chain((0..rows).map(|at| task(&asked.project, at))).collect();
    let talked_of = &tasks[0];
    let comments = (0..rows)
        .map(|at| sample::comment(talked_of, team[at % 10]))
        .collect::<Vec<_>>();
    let ids = json!({ "id": gid(&asked.project), "task": gid(talked_of) });
    asked.app.seed(projects).await;
    asked.app.seed(tasks.iter().cloned()).await;
    asked.app.seed(comments).await;
    let mut found = Vec::new();
    for _ in 0..3 {
        let before = asked.reads();
        asked.data_with(document, ids.clone()).await;
        let after = asked.reads();
        found.push((after.0 - before.0, after.1 - before.1));
    }
    // The second time the pages are known, and their rows are put into the cache under their ids.
    [found[0], found[2]]
}

/// Makes a test of each: a document, and its multi-gets and reads, cold and warm, with 10 rows and with 100.
macro_rules! screens {
    ($($name:ident: $document:ident => $expected:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!([reads(10, $document).await, reads(100, $document).await], [$expected; 2]);
        }
    )*};
}

screens! {
    // The project; pages and counts; people. Warm: the rows of the pages by their ids.
    a_board_takes_as_much_reading_with_100_cards_as_with_10: BOARD => [(3, 4), (4, 0)];
    // The list and how long it is; pages, counts and people.
    a_dashboard_takes_as_much_reading_with_100_projects_as_with_10: DASHBOARD => [(2, 5), (4, 0)];
    // The task; its project; comments and people; their authors.
    a_task_takes_as_much_reading_with_100_comments_as_with_10: TASK => [(4, 5), (5, 0)];
    // The projects; their tasks; those tasks' comments; their authors. Warm: each page's rows too.
    nested_lists_take_a_round_a_level_with_100_rows_as_with_10: NESTED => [(4, 5), (7, 0)];
}

#[tokio::test]
async fn what_several_places_ask_for_is_read_once() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { a: project(id: $id) { name } b: board(projectId: $id) { project { name } } c: node(id: $id) { id } }";
    asked.data_with(document, json!({ "id": gid(&asked.project) })).await;
    assert_eq!(asked.reads(), (1, 1));
}
