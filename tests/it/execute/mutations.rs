//! What is asked for of mutations: each done once, in its order, and read by a plan below its payload.

use serde_json::{Value, json};

use super::Asked;
use super::asked::{errors, paths, text};
use crate::support::world::gid;

impl Asked {
    /// The answer to a mutation that may name `$id`, the project with the team member.
    async fn change(&self, document: &str) -> Value {
        serde_json::from_str(&self.data_with(document, json!({ "id": gid(&self.project) })).await).unwrap()
    }

    /// The titles of the project's tasks, newest last.
    async fn titles(&self) -> Vec<String> {
        let document = "query($id: ID!) { project(id: $id) { tasks(sort: CREATED_ASC) { nodes { title } } } }";
        let data = self.change(document).await;
        let tasks = data["project"]["tasks"]["nodes"].as_array().unwrap().iter();
        tasks.map(|task| task["title"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_mutation_that_stands_twice_is_done_once() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!) { createTask(input: { projectId: $id, title: \"one\" }) { task { title } } \
                    createTask(input: { projectId: $id, title: \"one\" }) { task { status } } }";
    let data = asked.change(document).await;
    assert_eq!(
        data,
        json!({ "createTask": { "task": { "title": "one", "status": "backlog" } } })
    );
    assert_eq!(asked.titles().await, ["one"]);
}

#[tokio::test]
async fn a_mutation_that_a_fragment_names_again_is_done_once() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!) { ...C createTask(input: { projectId: $id, title: \"one\" }) { task { title } } ...C } \
                    fragment C on Mutation { createTask(input: { projectId: $id, title: \"one\" }) { task { status } } }";
    asked.change(document).await;
    assert_eq!(asked.titles().await, ["one"]);
}

#[tokio::test]
async fn mutations_under_aliases_are_done_one_after_the_other() {
    let asked = Asked::new().await;
    let create = |alias: &str| {
        format!(
            "{alias}: createTask(input: {{ projectId: $id, title: \"{alias}\" }}) {{ task {{ project {{ tasks {{ totalCount }} }} }} }}"
        )
    };
    let document = format!(
        "mutation($id: ID!) {{ {} {} {} }}",
        create("b"),
        create("a"),
        create("c")
    );
    let data = asked.change(&document).await;
    let counts = ["b", "a", "c"].map(|alias| &data[alias]["task"]["project"]["tasks"]["totalCount"]);
    assert_eq!(counts, [&json!(1), &json!(2), &json!(3)]);
}

#[tokio::test]
async fn mutations_are_answered_in_their_order() {
    let asked = Asked::new().await;
    let document = "mutation { z: updateProfile(input: {}) { user { firstName } } ... on Mutation { a: updateProfile(input: {}) { __typename } } }";
    let expected = r#"{"z":{"user":{"firstName":"Ada"}},"a":{"__typename":"UserPayload"}}"#;
    assert_eq!(asked.data_with(document, json!({})).await, expected);
}

#[tokio::test]
async fn the_root_of_mutations_knows_the_name_of_its_type() {
    let asked = Asked::new().await;
    assert_eq!(
        asked.data("mutation { __typename }").await,
        r#"{"__typename":"Mutation"}"#
    );
}

#[tokio::test]
async fn a_mutation_that_is_skipped_is_not_done() {
    let asked = Asked::new().await;
    let document =
        "mutation($id: ID!) { createTask(input: { projectId: $id, title: \"one\" }) @skip(if: true) { task { id } } }";
    assert_eq!(asked.change(document).await, json!({}));
    assert!(asked.titles().await.is_empty());
}

#[tokio::test]
async fn a_payload_answers_what_is_asked_of_it_in_its_order() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!) { made: createTask(input: { projectId: $id, title: \"one\" }) \
                    { userErrors { field } ...P __typename } } \
                    fragment P on TaskPayload { task { ... on Node { __typename } title project { name team: members { firstName } } } }";
    let reply = asked.reply(document, json!({ "id": gid(&asked.project) })).await;
    let expected = r#"{"made":{"userErrors":[],"task":{"__typename":"Task","title":"one","project":{"name":"Shop","team":[{"firstName":"Ada"}]}},"__typename":"TaskPayload"}}"#;
    assert_eq!(text(&reply), expected);
}

#[tokio::test]
async fn a_payload_answers_lists_with_arguments() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!, $n: Int = 1) { createTask(input: { projectId: $id, title: \"one\" }) \
                    { task { project { tasks(first: $n) { totalCount nodes { title } } } } } }";
    let data = asked.change(document).await;
    let expected = json!({ "totalCount": 1, "nodes": [{ "title": "one" }] });
    assert_eq!(data["createTask"]["task"]["project"]["tasks"], expected);
}

#[tokio::test]
async fn a_field_denied_below_a_payload_has_its_whole_path() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!) { done: createTask(input: { projectId: $id, title: \"one\" }) { task { project { cost: budget { total { amount } } } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(paths(&reply), [json!(["done", "task", "project", "cost"])]);
}

#[tokio::test]
async fn a_mutation_that_fails_is_null_and_the_next_is_done() {
    let asked = Asked::new().await;
    let document = "mutation($id: ID!) { a: createTask(input: { projectId: \"?\", title: \"no\" }) { task { id } } \
                    b: createTask(input: { projectId: $id, title: \"one\" }) { task { title } } }";
    let reply = asked.reply(document, json!({ "id": gid(&asked.project) })).await;
    assert_eq!(text(&reply), r#"{"a":null,"b":{"task":{"title":"one"}}}"#);
    assert_eq!(errors(&reply)[0]["path"], json!(["a"]));
}

/// The start of the project after a change to `{ projectId: $id, startDate: $start }` with these variables beside.
async fn start_after(variables: Value) -> Value {
    let asked = Asked::new().await;
    let begun = "mutation($id: ID!) { updateProject(input: { projectId: $id, startDate: \"2026-01-02T00:00:00Z\" }) { project { startDate } } }";
    asked.change(begun).await;
    let document = "mutation($id: ID!, $start: DateTime) { updateProject(input: { projectId: $id, startDate: $start }) { project { startDate } } }";
    let mut with_id = variables;
    with_id["id"] = json!(gid(&asked.project));
    let data: Value = serde_json::from_str(&asked.data_with(document, with_id).await).unwrap();
    data["updateProject"]["project"]["startDate"].clone()
}

#[tokio::test]
async fn an_absent_variable_in_an_input_changes_nothing() {
    assert_eq!(start_after(json!({})).await, "2026-01-02T00:00:00.000Z");
}

#[tokio::test]
async fn a_null_variable_in_an_input_empties() {
    assert_eq!(start_after(json!({ "start": null })).await, Value::Null);
}
