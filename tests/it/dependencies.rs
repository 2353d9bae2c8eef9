//! What tasks depend on: who may say so, what is refused, and who is told of it.

use kanvaro::model::{Id, Project, Role, Task, User};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::Done;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    a_task_depends_on_others_until_it_is_told_not_to,
    a_removed_task_is_no_dependency_of_others_any_more,
    a_dependency_that_closes_a_ring_is_refused,
);

async fn add(app: &TestApp, who: &User, task: &Task, on: &Task) -> Done {
    let input = json!({ "taskId": gid(task), "dependsOnId": gid(on) });
    app.mutate(who, "addTaskDependency", input).await
}

/// So many tasks of a project.
async fn tasks<const N: usize>(app: &TestApp, project: &Project) -> [Task; N] {
    let tasks = [(); N].map(|()| sample::task(project));
    app.seed(tasks.clone()).await;
    tasks
}

async fn stored(app: &TestApp, task: &Task) -> Vec<Id> {
    app.app
        .store
        .get::<Task>(task.id)
        .await
        .unwrap()
        .unwrap()
        .dependencies
        .clone()
}

/// What this person reads of the dependencies of a task.
async fn read(app: &TestApp, who: &User, task: &Task) -> Value {
    let document = "query($id: ID!) { task(id: $id) { isBlocked dependencies { id } } }";
    app.data(who, document, json!({ "id": gid(task) })).await["task"].clone()
}

fn shown(is_blocked: bool, dependencies: &[&Task]) -> Value {
    let ids: Vec<Value> = dependencies.iter().map(|task| json!({ "id": gid(*task) })).collect();
    json!({ "isBlocked": is_blocked, "dependencies": ids })
}

async fn a_task_depends_on_others_until_it_is_told_not_to(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let elsewhere = sample::project(&acme.admin);
    app.seed([elsewhere.clone()]).await;
    let [task, first] = tasks(&app, &acme.project).await;
    let [second] = tasks(&app, &elsewhere).await;
    for on in [&first, &second, &first] {
        add(&app, &acme.admin, &task, on).await.object("task");
    }
    assert_eq!(read(&app, &acme.admin, &task).await, shown(true, &[&first, &second]));
    for (done, is_blocked) in [(&first, true), (&second, false)] {
        let input = json!({ "taskId": gid(done), "status": "done" });
        app.done(&acme.admin, "changeTaskStatus", input).await;
        assert_eq!(read(&app, &acme.admin, &task).await["isBlocked"], is_blocked);
    }
    let remove = json!({ "taskId": gid(&task), "dependsOnId": gid(&first) });
    app.done(&acme.admin, "removeTaskDependency", remove.clone()).await;
    assert_eq!(read(&app, &acme.admin, &task).await, shown(false, &[&second]));
    let again = app.mutate(&acme.admin, "removeTaskDependency", remove).await;
    assert_eq!(again.refusals(), [("dependsOnId", "NOT_FOUND")]);
}

async fn a_removed_task_is_no_dependency_of_others_any_more(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let [gone, other, waiting] = tasks(&app, &acme.project).await;
    let part = Task {
        parent: Some(gone.id),
        dependencies: vec![other.id, gone.id],
        ..sample::task(&acme.project)
    };
    app.seed([part.clone()]).await;
    add(&app, &acme.admin, &waiting, &gone).await.object("task");
    assert_eq!(read(&app, &acme.admin, &waiting).await, shown(true, &[&gone]));
    app.done(&acme.admin, "deleteTask", json!({ "taskId": gid(&gone) }))
        .await;
    assert_eq!(read(&app, &acme.admin, &waiting).await, shown(false, &[]));
    assert_eq!(stored(&app, &waiting).await, []);
    let part = app.app.store.get::<Task>(part.id).await.unwrap().unwrap();
    assert_eq!((part.parent, &part.dependencies), (None, &vec![other.id]));
}

async fn a_dependency_that_closes_a_ring_is_refused(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let chain: [Task; 4] = tasks(&app, &acme.project).await;
    for pair in chain.windows(2) {
        add(&app, &acme.admin, &pair[0], &pair[1]).await.object("task");
    }
    for (task, on) in [(3, 0), (3, 2), (1, 0), (1, 1)] {
        let before = app.everything().await;
        let done = add(&app, &acme.admin, &chain[task], &chain[on]).await;
        assert_eq!(done.refusals(), [("dependsOnId", "INVALID")], "{task} on {on}");
        assert!(app.everything().await == before);
    }
    // A second way to the same task is no ring.
    add(&app, &acme.admin, &chain[0], &chain[3]).await.object("task");
}

#[tokio::test]
async fn a_task_depends_on_fifty_others_at_most() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let before: [Task; 51] = tasks(&app, &acme.project).await;
    let task = Task {
        dependencies: before[1..].iter().map(|task| task.id).collect(),
        ..sample::task(&acme.project)
    };
    app.seed([task.clone()]).await;
    let done = add(&app, &acme.admin, &task, &before[0]).await;
    assert_eq!(done.refusals(), [("dependsOnId", "OUT_OF_RANGE")]);
    add(&app, &acme.admin, &task, &before[1]).await.object("task");
}

#[tokio::test]
async fn what_would_lie_behind_more_than_a_thousand_tasks_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let far: Vec<Task> = (0..1_001).map(|_| sample::task(&acme.project)).collect();
    let near: Vec<Task> = far
        .chunks(50)
        .map(|far| Task {
            dependencies: far.iter().map(|task| task.id).collect(),
            ..sample::task(&acme.project)
        })
        .collect();
    let heavy = Task {
        dependencies: near.iter().map(|task| task.id).collect(),
        ..sample::task(&acme.project)
    };
    app.seed(far.into_iter().chain(near).chain([heavy.clone()])).await;
    let done = add(&app, &acme.admin, &acme.task, &heavy).await;
    assert_eq!(done.refusals(), [("dependsOnId", "OUT_OF_RANGE")]);
}

#[tokio::test]
async fn a_change_of_another_version_is_a_conflict_with_the_current_task() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let [task, on] = tasks(&app, &acme.project).await;
    let seen = add(&app, &acme.admin, &task, &on).await.object("task").clone();
    let input = json!({ "taskId": gid(&task), "dependsOnId": gid(&on), "expectedVersion": 0 });
    for mutation in ["addTaskDependency", "removeTaskDependency"] {
        let done = app.mutate(&acme.admin, mutation, input.clone()).await;
        assert_eq!(done.refusals(), [("expectedVersion", "CONFLICT")], "{mutation}");
        assert_eq!(done.payload()["task"], seen, "{mutation}");
    }
}

/// A person in the one project, whose task depends on one there and on one that they don't see.
async fn half_seen(app: &TestApp) -> (Tenant, User, Task, Task) {
    let acme = Tenant::seed(app).await;
    let ada = acme.member(app, Role::TeamMember).await;
    let project = Project {
        team_members: vec![ada.id],
        ..sample::project(&acme.admin)
    };
    app.seed([project.clone()]).await;
    let near = Task {
        status: "done".into(),
        ..sample::task(&project)
    };
    let task = Task {
        dependencies: vec![acme.task.id, near.id],
        ..sample::task(&project)
    };
    app.seed([task.clone(), near.clone()]).await;
    (acme, ada, task, near)
}

#[tokio::test]
async fn what_the_viewer_does_not_see_is_neither_shown_nor_does_it_block() {
    let app = TestApp::new().await;
    let (acme, ada, task, near) = half_seen(&app).await;
    assert_eq!(read(&app, &ada, &task).await, shown(false, &[&near]));
    assert_eq!(read(&app, &acme.admin, &task).await, shown(true, &[&acme.task, &near]));
}

#[tokio::test]
async fn what_the_viewer_does_not_see_is_neither_added_nor_removed() {
    let app = TestApp::new().await;
    let (acme, ada, task, near) = half_seen(&app).await;
    let before = app.everything().await;
    for mutation in ["addTaskDependency", "removeTaskDependency"] {
        for on in [gid(&acme.task), gid(&sample::task(&acme.project))] {
            let input = json!({ "taskId": gid(&task), "dependsOnId": on });
            let done = app.mutate(&ada, mutation, input).await;
            assert_eq!(done.refusals(), [("dependsOnId", "NOT_FOUND")], "{mutation}");
        }
    }
    assert!(app.everything().await == before);
    let input = json!({ "taskId": gid(&task), "dependsOnId": gid(&near) });
    app.done(&ada, "removeTaskDependency", input).await;
    assert_eq!(stored(&app, &task).await, [acme.task.id], "what isn't seen stays");
}

#[tokio::test]
async fn what_is_done_itself_is_not_blocked() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let done = Task {
        status: "done".into(),
        dependencies: vec![acme.task.id],
        ..sample::task(&acme.project)
    };
    app.seed([done.clone()]).await;
    assert_eq!(read(&app, &acme.admin, &done).await, shown(false, &[&acme.task]));
}

#[tokio::test]
async fn the_dependencies_of_many_tasks_take_one_find_a_kind() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let elsewhere = sample::project(&acme.admin);
    app.seed([elsewhere.clone()]).await;
    let before: [Task; 10] = tasks(&app, &elsewhere).await;
    let waiting = (0..50).map(|at| Task {
        dependencies: vec![before[at % 10].id, before[(at + 1) % 10].id],
        ..sample::task(&acme.project)
    });
    app.seed(waiting).await;
    let calls = |verb, collection| app.app.metrics.store_calls(verb, collection);
    let count = || [("get_many", "tasks"), ("pages", "tasks")].map(|(verb, collection)| calls(verb, collection));
    let counted = count();
    let document =
        "query($id: ID!) { project(id: $id) { tasks(first: 100) { nodes { isBlocked dependencies { id } } } } }";
    let data = app
        .data(&acme.admin, document, json!({ "id": gid(&acme.project) }))
        .await;
    assert_eq!(count(), counted.map(|calls| calls + 1));
    let nodes = data["project"]["tasks"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.iter().filter(|node| node["isBlocked"] == true).count(), 50);
}
