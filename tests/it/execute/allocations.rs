//! How often an answer from a warm cache asks for memory: by its lists, not by their rows.

use async_graphql::Variables;
use kanvaro::graphql::Document;
use kanvaro::loader::Assumed;
use kanvaro::model::{Project, Role, Task, Viewer};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use super::Asked;
use crate::support::sample;
use crate::support::world::gid;

const BOARD: &str = "query($id: ID!) { board(projectId: $id) { project { id name } columns { key title count \
    tasks(first: 100) { id displayId title status priority dueDate assignees { id fullName } creator { id fullName } } } } }";

/// A board of so many cards, with two assignees each.
async fn board(cards: usize) -> (Asked, Viewer, Variables) {
    let asked = Asked::new().await;
    let mut team = Vec::new();
    for _ in 0..10 {
        team.push(asked.acme.member(&asked.app, Role::TeamMember).await.id);
    }
    let task = |at: usize| Task {
        status: asked.project.board_columns[at % 7].key.clone(),
        assigned_to: vec![team[at % 10], team[(at + 1) % 10]],
        ..sample::task(&asked.project)
    };
    asked.app.seed((0..cards).map(task)).await;
    let project: &Project = &asked.project;
    let variables = Variables::from_json(json!({ "id": gid(project) }));
    let viewer = Viewer::new(&asked.acme.admin, &sample::session(&asked.acme.admin));
    (asked, viewer, variables)
}

/// How often a warm board of so many cards asks for memory.
fn allocations(cards: usize) -> u64 {
    let runtime: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (asked, viewer, variables) = runtime.block_on(board(cards));
    let (app, document) = (&asked.app.app, Document::parse(BOARD).unwrap());
    let answer = || {
        // As a query is: what is at hand is assumed, and all of it is asked for at the end.
        let loaders = app.assuming_loaders(&Assumed::default());
        let scope = app.scope(Some(viewer.clone()), loaders, "".into());
        let reply = app.executor.execute(&document, None, &variables, scope);
        let reply = runtime.block_on(reply);
        assert!(reply.errors.is_empty() && reply.data.len() > 100 * cards);
    };
    // The third is the first that finds pages and rows and knows how much room it takes; what it found is remembered, and
    // the first that gets it makes what counts the owners of each row.
    (0..4).for_each(|_| answer());
    allocation_counter::measure(answer).count_total
}

#[test]
fn ten_times_the_cards_take_no_more_allocations_but_those_of_growing_lists() {
    let (few, many) = (allocations(14), allocations(140));
    println!("allocations of a board: {few} with 14 cards, {many} with 140");
    // Where a load took so long that it is to be done anew soon, nothing is remembered, and what it came to is sorted once more.
    assert!(many <= few + 100 && many <= 200, "{few} with 14 cards, {many} with 140");
}
