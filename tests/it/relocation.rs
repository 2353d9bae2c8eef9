//! Tasks that move to another project: with all that hangs on them or not at all, and still found by their former names.

use kanvaro::model::{
    Asset, BoardColumn, Category, Comment, Entity, EntityRef, Filter, Id, Kind, Project, ProjectRole, ProjectRoleEntry,
    Role, Task, User,
};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::mutation::Done;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

on_each_store!(
    a_task_moves_with_its_parts_its_comments_and_its_files,
    a_moved_task_is_found_by_each_of_its_names,
    every_list_of_both_projects_shows_a_move,
    numbers_that_were_brought_in_are_passed_over,
    what_is_said_while_a_task_moves_is_said_in_its_new_project,
);

async fn relocate(app: &TestApp, who: &User, task: &Task, to: &Project, more: Value) -> Done {
    let mut input = json!({ "taskId": gid(task), "projectId": gid(to) });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.mutate(who, "moveTaskToProject", input).await
}

async fn moved(app: &TestApp, who: &User, task: &Task, to: &Project) -> Value {
    relocate(app, who, task, to, json!({})).await.object("task").clone()
}

async fn stored<E: Entity>(app: &TestApp, id: Id) -> E
where
    std::sync::Arc<E>: TryFrom<kanvaro::model::AnyEntity>,
{
    E::clone(&app.app.store.get::<E>(id).await.unwrap().unwrap())
}

/// Another project of the admin's, with these columns.
async fn another(app: &TestApp, acme: &Tenant, columns: &[(&str, Category)]) -> Project {
    let columns = columns.iter().map(|(key, category)| BoardColumn {
        key: (*key).into(),
        title: (*key).into(),
        color: "#000000".into(),
        category: *category,
    });
    let columns: Vec<BoardColumn> = columns.collect();
    let mut project = sample::project(&acme.admin);
    if !columns.is_empty() {
        project.board_columns = columns;
    }
    app.seed([project.clone()]).await;
    project
}

/// The id that `taskByDisplayId` and then that `search` finds first.
async fn found(app: &TestApp, who: &User, name: &str) -> [Value; 2] {
    let document = "query($of: String!) { taskByDisplayId(displayId: $of) { id } search(text: $of, first: 1) { nodes { ... on Task { id } } } }";
    let data = app.data(who, document, json!({ "of": name })).await;
    [&data["taskByDisplayId"]["id"], &data["search"]["nodes"][0]["id"]].map(Value::clone)
}

async fn a_task_moves_with_its_parts_its_comments_and_its_files(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let file = sample::attachment(&acme.task, acme.admin.id);
    let part = Task {
        parent: Some(acme.task.id),
        attachments: vec![file.id],
        ..sample::task(&acme.project)
    };
    let file = Asset { owner: part.id, ..file };
    let below = Task {
        parent: Some(part.id),
        dependencies: vec![acme.task.id],
        ..sample::task(&acme.project)
    };
    let waiting = Task {
        dependencies: vec![acme.task.id],
        ..sample::task(&acme.project)
    };
    let said = sample::comment(&below, acme.admin.id);
    app.seed([part.clone(), below.clone(), waiting.clone()]).await;
    app.seed([file.clone()]).await;
    app.seed([said.clone()]).await;
    let first = json!({ "projectId": gid(&to), "title": "First" });
    assert_eq!(app.done(&acme.admin, "createTask", first).await["number"], 1);

    let done = moved(&app, &acme.admin, &acme.task, &to).await;
    assert_eq!((&done["number"], &done["status"]), (&json!(2), &json!("todo")));
    assert_eq!(done["displayId"], format!("{}.2", to.number));
    let [whole, part, below]: [Task; 3] = [
        stored(&app, acme.task.id).await,
        stored(&app, part.id).await,
        stored(&app, below.id).await,
    ];
    assert_eq!([&whole, &part, &below].map(|task| task.project), [to.id; 3]);
    assert_eq!([&whole, &part, &below].map(|task| task.number), [2, 3, 4]);
    assert_eq!((part.parent, below.parent), (Some(whole.id), Some(part.id)));
    assert_eq!(
        (&part.attachments, &below.dependencies),
        (&vec![file.id], &vec![whole.id])
    );
    assert!(whole.rank < part.rank && part.rank < below.rank);
    assert_eq!(stored::<Asset>(&app, file.id).await.project, Some(to.id));
    for comment in [acme.comment.id, said.id] {
        assert_eq!(stored::<Comment>(&app, comment).await.project, to.id);
    }
    assert_eq!(stored::<Task>(&app, waiting.id).await.dependencies, [whole.id]);
}

async fn a_moved_task_is_found_by_each_of_its_names(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let (first, id) = (acme.task.display_id.clone(), json!(gid(&acme.task)));
    let second = moved(&app, &acme.admin, &acme.task, &to).await["displayId"].clone();
    let third = moved(&app, &acme.admin, &acme.task, &acme.project).await["displayId"].clone();
    let names = [first.as_str(), second.as_str().unwrap(), third.as_str().unwrap()];
    for name in names {
        assert_eq!(
            found(&app, &acme.admin, name).await,
            [id.clone(), id.clone()],
            "{name} of {names:?}"
        );
    }
    let task: Task = stored(&app, acme.task.id).await;
    assert_eq!(task.former_display_ids, names[..2]);
    // Whoever doesn't see where it is finds it by no name, and what is called so now comes first.
    let stranger = acme.member(&app, Role::Tester).await;
    assert_eq!(found(&app, &stranger, names[0]).await, [Value::Null, Value::Null]);
    let other = Tenant::seed(&app).await;
    assert_eq!(found(&app, &other.admin, names[0]).await, [Value::Null, Value::Null]);
    let heir = Task {
        number: acme.task.number,
        display_id: first.clone(),
        ..sample::task(&acme.project)
    };
    app.seed([heir.clone()]).await;
    assert_eq!(found(&app, &acme.admin, &first).await[0], gid(&heir));
    app.done(&acme.admin, "deleteProject", json!({ "projectId": gid(&to) }))
        .await;
    assert_eq!(
        found(&app, &acme.admin, names[1]).await[0],
        id,
        "when that project is gone too"
    );
}

async fn every_list_of_both_projects_shows_a_move(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    app.seed([sample::task(&to)]).await;
    let document = "query($from: ID!, $to: ID!) {
        from: project(id: $from) { ...of } to: project(id: $to) { ...of }
        a: board(projectId: $from) { columns { tasks { id } } } b: board(projectId: $to) { columns { tasks { id } } }
        tasks(first: 100) { nodes { id displayId project { id } } }
    } fragment of on Project { progress { total } tasks(first: 100, sort: CREATED_ASC) { totalCount nodes { id } } }";
    let ids = json!({ "from": gid(&acme.project), "to": gid(&to) });
    let totals = async || {
        let data = app.data(&acme.admin, document, ids.clone()).await;
        let cards = |board: &str| data[board]["columns"].to_string().matches("tsk_").count();
        let listed = ["from", "to"].map(|side| data[side]["tasks"]["totalCount"].as_u64().unwrap());
        let counted = ["from", "to"].map(|side| data[side]["progress"]["total"].as_u64().unwrap());
        (listed, counted, [cards("a"), cards("b")])
    };
    assert_eq!(totals().await, ([1, 1], [1, 1], [1, 1]));
    moved(&app, &acme.admin, &acme.task, &to).await;
    assert_eq!(totals().await, ([0, 2], [0, 2], [0, 2]));
}

async fn numbers_that_were_brought_in_are_passed_over(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let there = (1..=3).map(|number| Task {
        number,
        ..sample::task(&to)
    });
    app.seed(there).await;
    let part = Task {
        parent: Some(acme.task.id),
        ..sample::task(&acme.project)
    };
    app.seed([part.clone()]).await;
    assert_eq!(moved(&app, &acme.admin, &acme.task, &to).await["number"], 4);
    assert_eq!(stored::<Task>(&app, part.id).await.number, 5);
}

async fn what_is_said_while_a_task_moves_is_said_in_its_new_project(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let say = |at: usize| {
        let input = json!({ "taskId": gid(&acme.task), "body": format!("No. {at}") });
        app.mutate(&acme.admin, "addComment", input)
    };
    let hang = |at: usize| {
        let input =
            json!({ "projectId": gid(&acme.project), "title": format!("Part {at}"), "parentId": gid(&acme.task) });
        app.mutate(&acme.admin, "createTask", input)
    };
    let said = futures_util::future::join_all((0..8).map(say));
    let hung = futures_util::future::join_all((0..8).map(hang));
    let (_, done, _) = tokio::join!(said, moved(&app, &acme.admin, &acme.task, &to), hung);
    assert_eq!(done["id"], gid(&acme.task));
    let of_task = Filter::Eq("task", kanvaro::model::Value::Id(acme.task.id));
    let comments = app.app.store.ids(Kind::Comment, &of_task, 100).await.unwrap();
    assert_eq!(comments.len(), 9);
    for comment in comments {
        assert_eq!(stored::<Comment>(&app, comment).await.project, to.id);
    }
    let parts = Filter::Eq("parent", kanvaro::model::Value::Id(acme.task.id));
    for part in app.app.store.ids(Kind::Task, &parts, 100).await.unwrap() {
        assert_eq!(
            stored::<Task>(&app, part).await.project,
            to.id,
            "no part is elsewhere than the whole"
        );
    }
}

#[tokio::test]
async fn a_task_goes_into_the_column_that_is_named_or_most_like_its_own() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let to = another(
        &app,
        &acme,
        &[
            ("new", Category::Backlog),
            ("doing", Category::Active),
            ("in_progress", Category::Active),
            ("shipped", Category::Done),
        ],
    )
    .await;
    for (status, named, expected) in [
        ("backlog", None, "new"),
        ("in_progress", None, "in_progress"),
        ("review", None, "doing"),
        ("done", None, "shipped"),
        ("backlog", Some("shipped"), "shipped"),
        ("cancelled", Some("new"), "new"),
    ] {
        let task = Task {
            status: status.into(),
            ..sample::task(&acme.project)
        };
        app.seed([task.clone()]).await;
        let done = relocate(&app, &acme.admin, &task, &to, json!({ "status": named })).await;
        let done = done.object("task");
        assert_eq!(done["status"], expected, "{status} {named:?}");
        assert_eq!(
            done["completedAt"].is_string(),
            expected == "shipped",
            "{status} {named:?}"
        );
    }
    let cancelled = Task {
        status: "cancelled".into(),
        ..sample::task(&acme.project)
    };
    app.seed([cancelled.clone()]).await;
    let before = app.everything().await;
    let refused = relocate(&app, &acme.admin, &cancelled, &to, json!({})).await;
    assert_eq!(refused.refusals(), [("status", "REQUIRED")]);
    let refused = relocate(&app, &acme.admin, &cancelled, &to, json!({ "status": "todo" })).await;
    assert_eq!(refused.refusals(), [("status", "INVALID")]);
    assert!(app.everything().await == before);
}

#[tokio::test]
async fn what_can_not_move_says_why_and_stays() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let outsider = acme.member(&app, Role::TeamMember).await;
    let part = Task {
        parent: Some(acme.task.id),
        assigned_to: vec![outsider.id],
        ..sample::task(&acme.project)
    };
    app.seed([part.clone()]).await;
    let before = app.everything().await;
    let admin = &acme.admin;
    for (task, to, more, refusal) in [
        (&part, &to, json!({}), ("taskId", "INVALID")),
        (&acme.task, &acme.project, json!({}), ("projectId", "INVALID")),
        (&acme.task, &to, json!({}), ("projectId", "INVALID")),
        (
            &acme.task,
            &to,
            json!({ "expectedVersion": 7 }),
            ("expectedVersion", "CONFLICT"),
        ),
    ] {
        let done = relocate(&app, admin, task, to, more).await;
        assert_eq!(done.refusals(), [refusal], "{}", done.answer);
    }
    assert!(app.everything().await == before);
    let gone = User {
        is_active: false,
        ..sample::user(acme.organization.id)
    };
    app.seed([gone.clone()]).await;
    let input = json!({ "taskId": gid(&part), "assigneeIds": [] });
    app.done(admin, "assignTask", input).await;
    let now: Task = stored(&app, part.id).await;
    let left = Task {
        assigned_to: vec![gone.id],
        ..now.clone()
    };
    app.app.store.update(&std::sync::Arc::new(now), left).await.unwrap();
    moved(&app, admin, &acme.task, &to).await;
    let part: Task = stored(&app, part.id).await;
    assert_eq!(
        (part.project, part.assigned_to),
        (to.id, vec![gone.id]),
        "who is gone does not keep it"
    );
}

#[tokio::test]
async fn a_task_with_more_than_a_hundred_parts_does_not_move() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let part = |_| Task {
        parent: Some(acme.task.id),
        ..sample::task(&acme.project)
    };
    app.seed((0..100).map(part)).await;
    let done = relocate(&app, &acme.admin, &acme.task, &to, json!({})).await;
    assert_eq!(done.refusals(), [("taskId", "OUT_OF_RANGE")]);
    let last = Filter::Eq("parent", kanvaro::model::Value::Id(acme.task.id));
    let last = app.app.store.ids(Kind::Task, &last, 1).await.unwrap()[0];
    let last = EntityRef::new(Kind::Task, last).global();
    app.done(&acme.admin, "deleteTask", json!({ "taskId": last })).await;
    moved(&app, &acme.admin, &acme.task, &to).await;
    let there = Filter::Eq("project", kanvaro::model::Value::Id(to.id));
    assert_eq!(app.app.store.ids(Kind::Task, &there, 1_000).await.unwrap().len(), 100);
}

#[tokio::test]
async fn it_takes_rights_in_both_projects() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let ada = acme.member(&app, Role::TeamMember).await;
    let with = |role| Project {
        team_members: vec![ada.id],
        project_roles: vec![ProjectRoleEntry { user: ada.id, role }],
        ..sample::project(&acme.admin)
    };
    let (member, looks_on) = (with(ProjectRole::ProjectMember), with(ProjectRole::ProjectViewer));
    let unseen = sample::project(&acme.admin);
    let (own, foreign) = (sample::task(&member), sample::task(&looks_on));
    app.seed([member.clone(), looks_on.clone(), unseen.clone()]).await;
    app.seed([own.clone(), foreign.clone()]).await;
    let before = app.everything().await;
    for (task, to, error) in [
        (&own, &looks_on, "FORBIDDEN"),
        (&foreign, &member, "FORBIDDEN"),
        (&own, &unseen, "NOT_FOUND"),
        (&acme.task, &member, "NOT_FOUND"),
    ] {
        assert_eq!(relocate(&app, &ada, task, to, json!({})).await.error(), error);
    }
    assert!(app.everything().await == before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_move_and_are_made_at_once_each_has_its_own_number_and_place() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let to = another(&app, &acme, &[]).await;
    let tasks = [(); 6].map(|()| sample::task(&acme.project));
    app.seed(tasks.clone()).await;
    let moves = tasks.iter().map(|task| moved(&app, &acme.admin, task, &to));
    let made = (0..6).map(|at| {
        let input = json!({ "projectId": gid(&to), "title": format!("New {at}"), "status": "todo" });
        app.done(&acme.admin, "createTask", input)
    });
    let (moves, made) = (
        futures_util::future::join_all(moves),
        futures_util::future::join_all(made),
    );
    let (moves, made) = tokio::join!(moves, made);
    let all: Vec<Value> = moves.into_iter().chain(made).collect();
    for field in ["number", "rank"] {
        let mut values: Vec<String> = all.iter().map(|task| task[field].to_string()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 12, "{field}: {all:?}");
    }
}
