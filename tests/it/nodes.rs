//! Anything by its global id: order, duplicates, what is absent, what is no id.

use kanvaro::model::{EntityRef, Kind, Role};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

#[tokio::test]
async fn nodes_of_all_types_come_in_their_places_as_often_as_named() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let absent = EntityRef::new(Kind::Task, sample::id()).global();
    let session = gid(&sample::session(&acme.admin));
    let (task, user) = (gid(&acme.task), gid(&acme.admin));
    let (organization, project) = (gid(&acme.organization), gid(&acme.project));
    let ids = [
        &task,
        &absent,
        &user,
        &task,
        &organization,
        &project,
        &session,
        &gid(&acme.comment),
    ];
    let data = app.data(&acme.admin, NODES, json!({ "ids": ids })).await;
    let node = |name: &str, id: &str| json!({ "__typename": name, "id": id });
    let expected = json!([
        node("Task", &task),
        null,
        node("User", &user),
        node("Task", &task),
        node("Organization", &organization),
        node("Project", &project),
        null,
        node("Comment", &gid(&acme.comment)),
    ]);
    assert_eq!(data["nodes"], expected);
}

#[tokio::test]
async fn a_node_is_refetched_with_the_fields_of_its_type() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let document = "query($id: ID!) { node(id: $id) { id ... on Project { name } ... on Task { title } } }";
    let data = app
        .data(&acme.admin, document, json!({ "id": gid(&acme.project) }))
        .await;
    assert_eq!(data["node"], json!({ "id": gid(&acme.project), "name": "Website" }));
}

#[tokio::test]
async fn a_hundred_nodes_are_read_and_one_more_is_refused() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let ids = vec![gid(&acme.task); 100];
    let data = app.data(&acme.admin, NODES, json!({ "ids": ids })).await;
    assert_eq!(data["nodes"].as_array().map(Vec::len), Some(100));
    let (code, message) = app.error(&acme.admin, NODES, json!({ "ids": vec!["x"; 101] })).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert_eq!(message, "ids: 101 are more than the 100 of one call; ask in parts");
}

#[tokio::test]
async fn what_is_no_id_or_one_of_another_type_is_refused_by_name() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let (task, user) = (gid(&acme.task), gid(&acme.admin));
    let cases = [
        (
            format!("{{ project(id: \"{task}\") {{ id }} }}"),
            "id: takes the id of a Project, this is one of a Task",
        ),
        (
            format!("{{ task(id: \"{user}\") {{ id }} }}"),
            "id: takes the id of a Task, this is one of a User",
        ),
        (
            format!("{{ user(id: \"{task}\") {{ id }} }}"),
            "id: takes the id of a User, this is one of a Task",
        ),
        (
            format!("{{ board(projectId: \"{task}\") {{ project {{ id }} }} }}"),
            "projectId: takes the id of a Project",
        ),
        (
            "{ node(id: \"tsk_12\") { id } }".into(),
            "id: \"tsk_12\" is not an id of this API",
        ),
        ("{ node(id: \"\") { id } }".into(), "id: \"\" is not an id of this API"),
        (
            format!("{{ nodes(ids: [\"{task}\", \"zzz_1\"]) {{ id }} }}"),
            "ids[1]: \"zzz_1\" is not an id",
        ),
    ];
    for (document, expected) in cases {
        let (code, message) = app.error(&acme.admin, &document, json!({})).await;
        assert_eq!(code, "BAD_USER_INPUT", "{document}");
        assert!(message.contains(expected), "{document}: {message}");
    }
}

#[tokio::test]
async fn mixed_nodes_are_one_look_into_the_cache_and_one_find_a_kind() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let other = acme.member(&app, Role::Client).await;
    let before = |collection| app.app.metrics.store_calls("get_many", collection);
    let earlier = [before("users"), before("tasks"), before("projects")];
    let ids = [gid(&acme.admin), gid(&acme.task), gid(&other), gid(&acme.project)];
    app.data(&acme.admin, NODES, json!({ "ids": ids })).await;
    let later = [before("users"), before("tasks"), before("projects")];
    assert_eq!(later, earlier.map(|calls| calls + 1));
}

#[tokio::test]
async fn one_failing_root_leaves_the_others_be() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let document = format!(
        "{{ bad: node(id: \"?\") {{ id }} good: node(id: \"{}\") {{ id }} }}",
        gid(&acme.task)
    );
    let answer = app.query(&acme.admin, &document, json!({})).await;
    assert_eq!(answer["data"]["bad"], Value::Null);
    assert!(
        answer["data"].as_object().unwrap().contains_key("bad"),
        "null, not left out"
    );
    assert_eq!(answer["data"]["good"]["id"], json!(gid(&acme.task)));
    assert_eq!(answer["errors"][0]["path"], json!(["bad"]));
}
