//! Operations that the library executes, because they ask for the schema beside: they come to the same.

use serde_json::json;

use super::Asked;
use super::asked::{paths, text};
use crate::support::world::gid;

/// How many operations the library has executed for this reason.
fn fallen_back(asked: &Asked, reason: &str) -> u64 {
    let label = format!("kanvaro_fallbacks_total{{reason=\"{reason}\"}} ");
    let text = asked.app.app.metrics.render();
    let line = text.lines().find_map(|line| line.strip_prefix(&label));
    line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn beside_the_schema_the_same_data_are_answered() {
    let asked = Asked::new().await;
    let data = "project(id: $project) { name creator { firstName } tasks { nodes { title project { status } } } } viewer { role }";
    let alone = asked.data(&format!("query($project: ID!) {{ {data} }}")).await;
    let beside = format!("query($project: ID!) {{ {data} __schema {{ queryType {{ name }} }} }}");
    let schema = r#","__schema":{"queryType":{"name":"Query"}}}"#;
    let expected = format!("{}{schema}", alone.strip_suffix('}').unwrap());
    assert_eq!(asked.data(&beside).await, expected);
}

#[tokio::test]
async fn beside_a_type_fields_merge_too() {
    let asked = Asked::new().await;
    let document = "{ organization { name } __type(name: \"Money\") { name } ...O } fragment O on Query { organization { currency name } }";
    let expected = r#"{"organization":{"name":"Acme","currency":"EUR"},"__type":{"name":"Money"}}"#;
    assert_eq!(asked.data(document).await, expected);
}

#[tokio::test]
async fn beside_the_schema_errors_have_their_paths() {
    let asked = Asked::new().await;
    let document = "query($id: ID!) { __schema { queryType { name } } mine: project(id: $id) { name budget { total { amount } } } }";
    let reply = asked
        .reply_to(&asked.ada, document, json!({ "id": gid(&asked.project) }))
        .await;
    assert_eq!(
        (text(&reply).as_str(), paths(&reply)),
        (
            r#"{"__schema":{"queryType":{"name":"Query"}},"mine":{"name":"Shop","budget":null}}"#,
            vec![json!(["mine", "budget"])]
        )
    );
}

#[tokio::test]
async fn what_asks_for_the_schema_is_counted() {
    let asked = Asked::new().await;
    asked.data("{ __schema { queryType { name } } }").await;
    assert_eq!(fallen_back(&asked, "introspection"), 1);
}

#[tokio::test]
async fn what_asks_for_the_names_of_types_is_planned() {
    let asked = Asked::new().await;
    asked.data("{ __typename viewer { __typename } }").await;
    assert_eq!(fallen_back(&asked, "introspection"), 0);
}

#[tokio::test]
async fn what_is_skipped_of_the_schema_is_not_asked_for() {
    let asked = Asked::new().await;
    asked
        .data("{ viewer { role } __schema @skip(if: true) { queryType { name } } }")
        .await;
    assert_eq!(fallen_back(&asked, "introspection"), 0);
}

#[tokio::test]
async fn mutations_are_counted() {
    let asked = Asked::new().await;
    asked
        .data("mutation { updateProfile(input: {}) { user { id } } }")
        .await;
    assert_eq!(fallen_back(&asked, "mutation"), 1);
}
