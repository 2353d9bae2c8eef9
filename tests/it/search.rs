//! One search over all kinds: what it finds for whom, in which order, and what it makes of whatever is typed.

use kanvaro::model::{Comment, Project, Role, Task, User};
use serde_json::{Value, json};

use crate::support::app::{TestApp, on_each_store};
use crate::support::sample::{self, after_noon};
use crate::support::world::{Tenant, gid};

on_each_store!(
    what_says_the_words_where_it_tells_most_comes_first,
    many_that_only_mention_a_word_do_not_hide_the_one_that_is_called_so,
    a_search_finds_what_its_viewer_sees_and_nothing_else,
    changes_are_found_at_once,
    whatever_is_typed_is_plain_text,
);

const SEARCH: &str = "query($text: String!, $kinds: [SearchKind!], $project: ID, $first: Int! = 20, $after: String) {
    search(text: $text, kinds: $kinds, projectId: $project, first: $first, after: $after) {
        edges { cursor node { id } fragments { field parts { text isMatch } } }
        nodes { id __typename }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn search(app: &TestApp, who: &User, variables: Value) -> Value {
    app.data(who, SEARCH, variables).await["search"].clone()
}

/// The ids of what is found by this text, in their order.
async fn found(app: &TestApp, who: &User, text: &str) -> Vec<String> {
    ids(&search(app, who, json!({ "text": text })).await)
}

fn ids(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The fragments of what was found first, as text with what was found in brackets.
fn fragments(page: &Value) -> Vec<String> {
    let fragments = page["edges"][0]["fragments"].as_array().unwrap();
    let shown = fragments.iter().map(|fragment| {
        let parts = fragment["parts"].as_array().unwrap().iter();
        let parts = parts.map(|part| match part["isMatch"].as_bool().unwrap() {
            true => format!("[{}]", part["text"].as_str().unwrap()),
            false => part["text"].as_str().unwrap().to_owned(),
        });
        format!("{}: {}", fragment["field"].as_str().unwrap(), parts.collect::<String>())
    });
    shown.collect()
}

fn task(project: &Project, title: &str, description: &str, labels: &[&str]) -> Task {
    let mut task = Task {
        title: title.into(),
        description: description.into(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        ..sample::task(project)
    };
    task.refresh();
    task
}

fn comment(task: &Task, author: &User, body: &str) -> Comment {
    let mut comment = Comment {
        body: body.into(),
        ..sample::comment(task, author.id)
    };
    comment.refresh();
    comment
}

fn project(creator: &User, name: &str) -> Project {
    let mut project = Project {
        name: name.into(),
        ..sample::project(creator)
    };
    project.refresh();
    project
}

fn user(tenant: &Tenant, first_name: &str) -> User {
    let mut user = User {
        first_name: first_name.into(),
        ..sample::user(tenant.organization.id)
    };
    user.refresh();
    user
}

async fn what_says_the_words_where_it_tells_most_comes_first(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let named = project(&acme.admin, "Harbour");
    let person = user(&acme, "Harbour");
    let in_title = task(&acme.project, "The harbour", "", &[]);
    let begun = task(&acme.project, "Harbourmaster", "", &[]);
    let labelled = task(&acme.project, "Ships", "", &["harbour"]);
    let mentioned = task(&acme.project, "Boats", "Lie in the harbour.", &[]);
    let mut later = task(&acme.project, "Quay", "Near the harbour.", &[]);
    later.updated_at = after_noon(1);
    let said = comment(&acme.task, &acme.admin, "Which harbour?");
    app.seed([said.clone()]).await;
    app.seed([
        mentioned.clone(),
        begun.clone(),
        later.clone(),
        in_title.clone(),
        labelled.clone(),
    ])
    .await;
    app.seed([person.clone()]).await;
    app.seed([named.clone()]).await;
    let order = [
        gid(&named),
        gid(&in_title),
        gid(&person),
        gid(&begun),
        gid(&labelled),
        gid(&later),
        gid(&mentioned),
        gid(&said),
    ];
    assert_eq!(found(&app, &acme.admin, "HARBOUR").await, order);
    assert_eq!(found(&app, &acme.admin, "boat harb").await, [gid(&mentioned)]);
    assert_eq!(found(&app, &acme.admin, "in the harb").await, [gid(&mentioned)]);
    assert_eq!(found(&app, &acme.admin, "ha").await, [""; 0], "two letters are a word");
    for (kinds, places) in [
        (json!(["TASK"]), vec![1, 3, 4, 5, 6]),
        (json!(["COMMENT", "PROJECT"]), vec![0, 7]),
        (json!(["USER"]), vec![2]),
        (json!([]), vec![]),
    ] {
        let page = search(&app, &acme.admin, json!({ "text": "harbour", "kinds": kinds })).await;
        let expected: Vec<String> = places.into_iter().map(|at: usize| order[at].clone()).collect();
        assert_eq!(ids(&page), expected, "{kinds}");
    }
    let within = json!({ "text": "harbour", "project": gid(&acme.project) });
    assert_eq!(ids(&search(&app, &acme.admin, within).await).len(), 6);
    let elsewhere = json!({ "text": "harbour", "project": gid(&named) });
    assert_eq!(ids(&search(&app, &acme.admin, elsewhere).await), [""; 0]);
}

async fn many_that_only_mention_a_word_do_not_hide_the_one_that_is_called_so(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let called = task(&acme.project, "Needle", "", &[]);
    app.seed([called.clone()]).await;
    let hay = (0..250).map(|_| task(&acme.project, "Hay", "Not a needle.", &[]));
    app.seed(hay).await;
    let found = found(&app, &acme.admin, "need").await;
    assert_eq!((found.len(), &found[0]), (20, &gid(&called)));
}

async fn a_search_finds_what_its_viewer_sees_and_nothing_else(app: TestApp) {
    let (acme, other) = (Tenant::seed(&app).await, Tenant::seed(&app).await);
    let ada = acme.member(&app, Role::TeamMember).await;
    let mut own = project(&acme.admin, "Lantern");
    own.team_members = vec![ada.id];
    let hidden = project(&acme.admin, "Lantern");
    let mut gone = project(&acme.admin, "Lantern");
    (gone.is_archived, gone.team_members) = (true, vec![ada.id]);
    let foreign = project(&other.admin, "Lantern");
    app.seed([own.clone(), hidden.clone(), gone.clone(), foreign.clone()])
        .await;
    let tasks = [&own, &hidden, &gone, &foreign].map(|project| task(project, "Lantern", "", &[]));
    let mut archived = task(&own, "Lantern", "", &[]);
    archived.is_archived = true;
    app.seed(tasks.clone().into_iter().chain([archived])).await;
    let comments = tasks.each_ref().map(|task| comment(task, &acme.admin, "Lantern"));
    let foreign_comment = comment(&other.task, &other.admin, "Lantern");
    app.seed(comments.clone().into_iter().chain([foreign_comment])).await;
    let mut left = user(&acme, "Lantern");
    left.is_active = false;
    app.seed([left, user(&other, "Lantern")]).await;
    let mut expected = vec![
        gid(&own),
        gid(&tasks[0]),
        gid(&tasks[2]),
        gid(&comments[0]),
        gid(&comments[2]),
    ];
    expected.sort_unstable();
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(
        sorted(found(&app, &ada, "lantern").await),
        expected,
        "what is archived with its project is found by it"
    );
    expected.extend([gid(&hidden), gid(&tasks[1]), gid(&comments[1])]);
    assert_eq!(sorted(found(&app, &acme.admin, "lantern").await), sorted(expected));
    for unseen in [&hidden, &foreign] {
        let within = json!({ "text": "lantern", "project": gid(unseen) });
        assert_eq!(ids(&search(&app, &ada, within).await), [""; 0]);
    }
    let (code, _) = app.error(None, SEARCH, json!({ "text": "lantern" })).await;
    assert_eq!(code, "UNAUTHENTICATED");
}

async fn changes_are_found_at_once(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let (admin, id) = (&acme.admin, gid(&acme.task));
    assert_eq!(found(&app, admin, "otter").await, [""; 0]);
    app.done(admin, "updateTask", json!({ "taskId": id, "title": "Otter" }))
        .await;
    assert_eq!(found(&app, admin, "otter").await, std::slice::from_ref(&id));
    let said = app
        .done(admin, "addComment", json!({ "taskId": id, "body": "An otter!" }))
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(found(&app, admin, "otter").await, [id.clone(), said.clone()]);
    app.done(admin, "editComment", json!({ "commentId": said, "body": "A seal." }))
        .await;
    assert_eq!(found(&app, admin, "otter").await, std::slice::from_ref(&id));
    assert_eq!(found(&app, admin, "seal").await, std::slice::from_ref(&said));
    app.done(admin, "deleteComment", json!({ "commentId": said })).await;
    assert_eq!(found(&app, admin, "seal").await, [""; 0]);
    app.done(admin, "addComment", json!({ "taskId": id, "body": "A seal." }))
        .await;
    app.done(admin, "deleteTask", json!({ "taskId": id })).await;
    assert_eq!(found(&app, admin, "seal").await, [""; 0]);
    assert_eq!(found(&app, admin, "otter").await, [""; 0]);
}

async fn whatever_is_typed_is_plain_text(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let tasks = [
        task(&acme.project, "\"Quoted\" 86420975 % *", "", &[]),
        task(&acme.project, "שלום עולם", "", &[]),
        task(&acme.project, "Party 🎉 now", "", &[]),
        task(&acme.project, "the and of", "", &[]),
    ];
    app.seed(tasks.clone()).await;
    let cases = [
        ("\"quo", Some(0)),
        ("'quoted'", Some(0)),
        ("86420975%", Some(0)),
        ("quoted*", Some(0)),
        ("quo.*", Some(0)),
        ("-quoted", Some(0)),
        ("{\"$ne\": 1} quoted", None),
        ("q%d", None),
        ("q_oted", None),
        ("שלו", Some(1)),
        ("עולם שלום", Some(1)),
        ("\u{202e}שלום", Some(1)),
        ("party 🎉", Some(2)),
        ("🎉", None),
        ("the of and", Some(3)),
        ("", None),
        ("  \t\n", None),
        ("*", None),
        ("\"\"", None),
        ("\0", None),
    ];
    for (text, expected) in cases {
        let expected: Vec<String> = expected.into_iter().map(|at: usize| gid(&tasks[at])).collect();
        assert_eq!(found(&app, &acme.admin, text).await, expected, "{text:?}");
    }
    assert_eq!(
        found(&app, &acme.admin, &"party ".repeat(1_666)).await,
        [gid(&tasks[2])]
    );
    assert_eq!(found(&app, &acme.admin, &"x".repeat(10_000)).await, [""; 0]);
    let (code, message) = app
        .error(&acme.admin, SEARCH, json!({ "text": "x".repeat(10_001) }))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.starts_with("text: 10001 characters"), "{message}");
}

#[tokio::test]
async fn what_a_task_is_called_finds_it_first() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let called = &acme.task.display_id;
    let other = task(&acme.project, &format!("Like {called}"), "", &[]);
    app.seed([other.clone()]).await;
    assert_eq!(
        found(&app, &acme.admin, &format!(" {called} ")).await,
        [gid(&acme.task), gid(&other)]
    );
    let hidden = acme.member(&app, Role::Tester).await;
    assert_eq!(found(&app, &hidden, called).await, [""; 0]);
    let people = json!({ "text": called, "kinds": ["USER"] });
    assert_eq!(ids(&search(&app, &acme.admin, people).await), [""; 0]);
    let page = search(&app, &acme.admin, json!({ "text": called })).await;
    let (project, number) = called.split_once('.').unwrap();
    let dot = format!("displayId: [{project}].[{number}]");
    assert_eq!(fragments(&page), [dot]);
}

#[tokio::test]
async fn a_fragment_shows_where_a_word_was_found() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let long = format!(
        "{} The crème brûlée <b>is</b> burnt. {}",
        "x ".repeat(200),
        "y ".repeat(200)
    );
    app.seed([task(
        &acme.project,
        "Brûlée & crème",
        &long,
        &["plain", "Crème-de-la-crème"],
    )])
    .await;
    let page = search(&app, &acme.admin, json!({ "text": "creme brul" })).await;
    let shown = fragments(&page);
    assert_eq!(
        shown[..2],
        ["title: [Brûl]ée & [crème]", "labels: [Crème]-de-la-[crème]"]
    );
    assert!(
        shown[2].starts_with("description: …") && shown[2].ends_with('…'),
        "{shown:?}"
    );
    assert!(shown[2].contains("The [crème] [brûl]ée <b>is</b> burnt."), "{shown:?}");
}

#[tokio::test]
async fn pages_follow_each_other_and_a_place_of_another_list_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.seed((0..7).map(|_| task(&acme.project, "Wave", "", &[]))).await;
    let all = found(&app, &acme.admin, "wave").await;
    let (mut walked, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = search(&app, &acme.admin, json!({ "text": "wave", "first": 3, "after": after })).await;
        let info = &page["pageInfo"];
        assert_eq!(info["hasPreviousPage"], json!(!walked.is_empty()));
        assert_eq!(
            info["endCursor"],
            page["edges"].as_array().unwrap().last().unwrap()["cursor"]
        );
        walked.extend(ids(&page));
        after = info["endCursor"].clone();
        if info["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!((walked.len(), &walked), (7, &all));
    let past = search(&app, &acme.admin, json!({ "text": "wave", "after": after })).await;
    assert_eq!((ids(&past), &past["pageInfo"]["endCursor"]), (vec![], &Value::Null));
    let of_tasks = "{ tasks { pageInfo { endCursor } } }";
    let data = app.data(&acme.admin, of_tasks, json!({})).await;
    let other = data["tasks"]["pageInfo"]["endCursor"].as_str().unwrap();
    for after in ["", "x", "MTpzZWFyY2g6", &"x".repeat(10_000), other] {
        let (code, message) = app
            .error(&acme.admin, SEARCH, json!({ "text": "wave", "after": after }))
            .await;
        assert_eq!(code, "BAD_USER_INPUT", "{after}");
        assert!(message.starts_with("after: ") && message.len() < 250, "{message}");
    }
    for first in [0, -1, 101] {
        let (code, _) = app
            .error(&acme.admin, SEARCH, json!({ "text": "wave", "first": first }))
            .await;
        assert_eq!(code, "BAD_USER_INPUT", "{first}");
    }
}

#[tokio::test]
async fn a_search_asks_once_for_each_kind_and_then_the_cache() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let count = || ["tasks", "projects", "users", "comments"].map(|of| app.app.metrics.store_calls("pages", of));
    let before = count();
    found(&app, &acme.admin, "write").await;
    assert_eq!(count(), before.map(|calls| calls + 1));
    found(&app, &acme.admin, " WRITE!").await;
    assert_eq!(
        count(),
        before.map(|calls| calls + 1),
        "words are what is asked for, not how they are typed"
    );
}
