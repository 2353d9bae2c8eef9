//! Where errors say that they are: their paths, and all places in the document that they come from.
//! <https://spec.graphql.org/September2025/#sec-Errors.Error-Result-Format>

use kanvaro::model::Project;
use serde_json::json;

use super::Asked;
use super::asked::{errors, locations, paths, text};
use crate::support::sample;
use crate::support::world::gid;

#[tokio::test]
async fn an_error_has_message_place_path_and_code() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { project(id: $id) { name budget { total { amount } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    let expected = json!([{
        "message": "this needs the permission project:manage_budget",
        "locations": [{ "line": 1, "column": 43 }],
        "path": ["project", "budget"],
        "extensions": { "code": "FORBIDDEN" },
    }]);
    assert_eq!(errors(&reply), expected);
}

#[tokio::test]
async fn what_stands_beside_a_failed_field_is_answered() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { project(id: $id) { name budget { total { amount } } status } viewer { role } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    let expected = r#"{"project":{"name":"Shop","budget":null,"status":"ACTIVE"},"viewer":{"role":"TEAM_MEMBER"}}"#;
    assert_eq!(text(&reply), expected);
}

#[tokio::test]
async fn a_path_is_made_of_the_keys_of_the_answer() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { mine: project(id: $id) { cost: budget { total { amount } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(paths(&reply), [json!(["mine", "cost"])]);
}

#[tokio::test]
async fn an_error_names_every_place_of_a_merged_field() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) {\n project(id: $id) {\n  budget { total { amount } }\n  ...B\n  budget { spent { amount } }\n }\n}\n\
                    fragment B on Project {\n budget { remaining { amount } }\n}";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(locations(&reply), [[(3, 3), (9, 2), (5, 3)]]);
}

#[tokio::test]
async fn an_error_does_not_name_a_place_that_was_skipped() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) {\n project(id: $id) {\n  budget @skip(if: true) { total { amount } }\n  budget { spent { amount } }\n }\n}";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(locations(&reply), [[(4, 3)]]);
}

#[tokio::test]
async fn a_path_counts_the_places_in_lists() {
    let asked = Asked::new().await;
    let second = Project {
        team_members: vec![asked.ada.id],
        ..sample::project(&asked.acme.admin)
    };
    asked.app.seed([second]).await;
    let document = "{ projects { edges { node { budget { total { amount } } } } } }";
    let reply = asked.reply_to(&asked.ada, document, json!({})).await;
    let expected = [0, 1].map(|place| json!(["projects", "edges", place, "node", "budget"]));
    assert_eq!(paths(&reply), expected);
}

#[tokio::test]
async fn nulls_in_a_list_count_in_its_places() {
    let asked = Asked::new().await;
    let absent = gid(&sample::task(&asked.project));
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { budget { total { amount } } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "ids": [absent, gid(&asked.project)] }))
        .await;
    assert_eq!(
        (text(&reply).as_str(), paths(&reply)),
        (
            r#"{"nodes":[null,{"budget":null}]}"#,
            vec![json!(["nodes", 1, "budget"])]
        )
    );
}

#[tokio::test]
async fn a_failure_is_told_at_each_path_of_an_object_that_stands_twice() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { nodes(ids: [$id, $id]) { ... on Project { budget { total { amount } } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(paths(&reply), [0, 1].map(|place| json!(["nodes", place, "budget"])));
}

#[tokio::test]
async fn a_failure_is_told_under_each_alias() {
    let asked = Asked::new().await;
    let document =
        "query($id: ID!) { project(id: $id) { a: budget { total { amount } } b: budget { total { amount } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(paths(&reply), ["a", "b"].map(|key| json!(["project", key])));
}

#[tokio::test]
async fn a_failure_is_told_wherever_a_relation_leads_to_the_object() {
    let asked = Asked::new().await;
    let tasks = [sample::task(&asked.project), sample::task(&asked.project)];
    let ids = tasks.each_ref().map(gid);
    asked.app.seed(tasks).await;
    let document =
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { project { budget { total { amount } } } } } }";
    let reply = asked.reply_to(&asked.ada, document, json!({ "ids": ids })).await;
    assert_eq!(
        paths(&reply),
        [0, 1].map(|place| json!(["nodes", place, "project", "budget"]))
    );
}

#[tokio::test]
async fn a_refused_argument_fails_its_field_alone() {
    let asked = Asked::new().await;
    let document = "{ tasks(first: 0) { nodes { id } } viewer { role } }";
    let reply = asked.reply(document, json!({})).await;
    assert_eq!(
        (text(&reply).as_str(), paths(&reply)),
        (r#"{"tasks":null,"viewer":{"role":"ADMIN"}}"#, vec![json!(["tasks"])])
    );
}

#[tokio::test]
async fn errors_stand_in_the_order_of_the_answer() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { project(id: $id) { tasks(first: 0) { nodes { id } } budget { total { amount } } } \
                    node(id: \"?\") { id } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(
        paths(&reply),
        [
            json!(["project", "tasks"]),
            json!(["project", "budget"]),
            json!(["node"])
        ]
    );
}
