//! Changes that are right one by one and would not be together: of those made at the same time none leaves a project in
//! a state that none of them one after the other could.

use std::collections::HashSet;

use futures_util::future::join_all;
use kanvaro::model::{Filter, Id, Kind, Priority, Task};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::Done;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    tasks_that_are_put_below_each_other_at_once_make_no_ring,
    dependencies_that_are_made_at_once_make_no_ring,
    a_task_that_is_made_to_depend_on_another_while_that_goes_does_not,
    a_task_that_is_moved_while_its_column_goes_stays_on_the_board,
    tasks_that_are_moved_together_while_their_column_goes_stay_on_the_board,
    a_task_that_is_made_while_its_column_goes_stays_on_the_board,
    a_column_that_a_task_came_into_while_it_went_is_refused_or_the_move_is,
);

/// How often it is tried; a race is won seldom.
const ROUNDS: usize = 60;

async fn task(app: &TestApp, id: Id) -> Task {
    Task::clone(&*app.app.store.get::<Task>(id).await.unwrap().unwrap())
}

/// Whether following the parents from here leads back.
async fn is_in_a_ring(app: &TestApp, start: Id) -> bool {
    let (mut next, mut met) = (Some(start), HashSet::new());
    while let Some(id) = next {
        if !met.insert(id) {
            return true;
        }
        next = task(app, id).await.parent;
    }
    false
}

async fn tasks_that_are_put_below_each_other_at_once_make_no_ring(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for members in [2, 3].into_iter().cycle().take(ROUNDS) {
        let ring: Vec<Task> = (0..members).map(|_| sample::task(&acme.project)).collect();
        app.seed(ring.clone()).await;
        let below = |place: usize| {
            let input = json!({ "taskId": gid(&ring[place]), "parentId": gid(&ring[(place + 1) % members]) });
            app.mutate(&acme.admin, "updateTask", input)
        };
        let done = join_all((0..members).map(below)).await;
        let through = done.iter().filter(|done| !done.payload()["task"].is_null()).count();
        assert_eq!(
            through,
            members - 1,
            "all but the one that would close the ring: {done:?}"
        );
        for one in &ring {
            assert!(!is_in_a_ring(&app, one.id).await);
        }
    }
}

/// Whether following the dependencies from here leads back.
async fn waits_for_itself(app: &TestApp, start: Id) -> bool {
    let (mut next, mut met) = (vec![start], HashSet::new());
    while let Some(id) = next.pop() {
        let before = task(app, id).await.dependencies;
        if before.contains(&start) {
            return true;
        }
        next.extend(before.into_iter().filter(|id| met.insert(*id)));
    }
    false
}

async fn dependencies_that_are_made_at_once_make_no_ring(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let other = sample::project(&acme.admin);
    app.seed([other.clone()]).await;
    for members in [2, 3].into_iter().cycle().take(ROUNDS) {
        // Through two projects.
        let ring: Vec<Task> = (0..members)
            .map(|place| sample::task([&acme.project, &other][place % 2]))
            .collect();
        app.seed(ring.clone()).await;
        let waiting = |place: usize| {
            let input = json!({ "taskId": gid(&ring[place]), "dependsOnId": gid(&ring[(place + 1) % members]) });
            app.mutate(&acme.admin, "addTaskDependency", input)
        };
        let done = join_all((0..members).map(waiting)).await;
        let through = done.iter().filter(|done| !done.payload()["task"].is_null()).count();
        assert_eq!(
            through,
            members - 1,
            "all but the one that would close the ring: {done:?}"
        );
        let refused = done.iter().find(|done| done.payload()["task"].is_null()).unwrap();
        assert_eq!(refused.refusals(), [("dependsOnId", "INVALID")]);
        for one in &ring {
            assert!(!waits_for_itself(&app, one.id).await);
        }
    }
}

async fn a_task_that_is_made_to_depend_on_another_while_that_goes_does_not(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for round in 0..ROUNDS {
        let [waiting, gone] = [(), ()].map(|()| sample::task(&acme.project));
        app.seed([waiting.clone(), gone.clone()]).await;
        let add = json!({ "taskId": gid(&waiting), "dependsOnId": gid(&gone) });
        let (made, removed) = tokio::join!(
            app.mutate(&acme.admin, "addTaskDependency", add),
            app.mutate(&acme.admin, "deleteTask", json!({ "taskId": gid(&gone) })),
        );
        assert_eq!(removed.refusals(), [("", ""); 0], "round {round}");
        let left = task(&app, waiting.id).await.dependencies;
        assert_eq!(left, [], "round {round}: {made:?}");
    }
}

fn column(key: &str) -> Value {
    json!({ "key": key, "title": key, "color": "#aabbcc", "category": "ACTIVE" })
}

/// A project with columns a and b, and tasks in a.
async fn board(app: &TestApp, acme: &Tenant, tasks: usize) -> (Value, Vec<Task>) {
    let project = sample::project(&acme.admin);
    app.seed([project.clone()]).await;
    let columns = json!({ "projectId": gid(&project), "columns": [column("a"), column("b")], "moveTasksTo": "a" });
    app.done(&acme.admin, "setBoardColumns", columns).await;
    let in_a = || Task {
        status: "a".into(),
        ..sample::task(&project)
    };
    let tasks: Vec<Task> = (0..tasks).map(|_| in_a()).collect();
    app.seed(tasks.clone()).await;
    (json!(gid(&project)), tasks)
}

async fn without_b(app: &TestApp, acme: &Tenant, project: &Value, target: Option<&str>) -> Done {
    let input = json!({ "projectId": project, "columns": [column("a")], "moveTasksTo": target });
    app.mutate(&acme.admin, "setBoardColumns", input).await
}

/// How many tasks of the project stand in no column of its board.
async fn lost(app: &TestApp, acme: &Tenant, project: &Value) -> usize {
    let document = "query($id: ID!) { board(projectId: $id) { columns { tasks(first: 100) { id } } } }";
    let board = app.data(&acme.admin, document, json!({ "id": project })).await;
    let columns = board["board"]["columns"].as_array().unwrap().clone();
    let shown: usize = columns
        .iter()
        .map(|column| column["tasks"].as_array().unwrap().len())
        .sum();
    let id = project.as_str().unwrap().split_once('_').unwrap().1.parse().unwrap();
    let all = Filter::Eq("project", kanvaro::model::Value::Id(id));
    app.app.store.ids(Kind::Task, &all, 1_000).await.unwrap().len() - shown
}

async fn a_task_that_is_moved_while_its_column_goes_stays_on_the_board(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for round in 0..ROUNDS {
        let (project, tasks) = board(&app, &acme, 4).await;
        let moves = tasks.iter().enumerate().map(|(place, task)| {
            let verb = if place % 2 == 0 { "moveTask" } else { "changeTaskStatus" };
            app.mutate(&acme.admin, verb, json!({ "taskId": gid(task), "status": "b" }))
        });
        let (moved, gone) = tokio::join!(join_all(moves), without_b(&app, &acme, &project, Some("a")));
        assert_eq!(gone.refusals(), [("", ""); 0], "round {round}");
        assert_eq!(lost(&app, &acme, &project).await, 0, "round {round}: {moved:?}");
    }
}

async fn tasks_that_are_moved_together_while_their_column_goes_stay_on_the_board(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for round in 0..ROUNDS {
        let (project, tasks) = board(&app, &acme, 6).await;
        let moved = tasks.chunks(3).map(|tasks| {
            let ids: Vec<String> = tasks.iter().map(gid).collect();
            let input = json!({ "taskIds": ids, "status": "b", "priority": "HIGH" });
            app.mutate(&acme.admin, "bulkUpdateTasks", input)
        });
        let target = (round % 2 == 0).then_some("a");
        let (moved, gone) = tokio::join!(join_all(moved), without_b(&app, &acme, &project, target));
        let told = gone.refusals();
        assert!(
            told.is_empty() || target.is_none() && told == [("moveTasksTo", "REQUIRED")],
            "round {round}: {told:?}"
        );
        assert_eq!(lost(&app, &acme, &project).await, 0, "round {round}: {moved:?}");
        for (tasks, done) in tasks.chunks(3).zip(&moved) {
            for one in tasks {
                let is_high = task(&app, one.id).await.priority == Priority::High;
                assert_eq!(is_high, done.refusals().is_empty(), "round {round}: {done:?}");
            }
        }
    }
}

async fn a_task_that_is_made_while_its_column_goes_stays_on_the_board(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for round in 0..ROUNDS {
        let (project, _) = board(&app, &acme, 0).await;
        let made = (0..4).map(|_| {
            let input = json!({ "projectId": project, "title": "T", "status": "b" });
            app.mutate(&acme.admin, "createTask", input)
        });
        tokio::join!(join_all(made), without_b(&app, &acme, &project, Some("a")));
        assert_eq!(lost(&app, &acme, &project).await, 0, "round {round}");
    }
}

async fn a_column_that_a_task_came_into_while_it_went_is_refused_or_the_move_is(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    for round in 0..ROUNDS {
        let (project, tasks) = board(&app, &acme, 3).await;
        let moves = tasks.iter().map(|task| {
            let input = json!({ "taskId": gid(task), "status": "b" });
            app.mutate(&acme.admin, "changeTaskStatus", input)
        });
        let (moved, gone) = tokio::join!(join_all(moves), without_b(&app, &acme, &project, None));
        let told = gone.refusals();
        assert!(
            told.is_empty() || told == [("moveTasksTo", "REQUIRED")],
            "round {round}: {told:?}"
        );
        assert_eq!(
            lost(&app, &acme, &project).await,
            0,
            "round {round}: {told:?} {moved:?}"
        );
    }
}
