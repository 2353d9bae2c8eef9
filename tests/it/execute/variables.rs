//! Variables: absent, null and by default, and what is refused, worded as the reference implementation words it.
//! <https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values>

use serde_json::{Value, json};

use super::Asked;
use super::asked::{errors, locations, text};
use crate::support::world::gid;

/// How many of the 30 tasks of a project a page has that is asked for so.
async fn rows(document: &str, variables: Value) -> usize {
    let asked = Asked::new().await;
    let tasks = (0..30).map(|_| crate::support::sample::task(&asked.project));
    asked.app.seed(tasks).await;
    let data: Value = serde_json::from_str(&asked.data_with(document, variables).await).unwrap();
    data["tasks"]["nodes"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_absent_variable_leaves_the_argument_absent() {
    assert_eq!(
        rows("query($n: Int) { tasks(first: $n) { nodes { id } } }", json!({})).await,
        20
    );
}

#[tokio::test]
async fn an_absent_variable_has_its_default() {
    assert_eq!(
        rows("query($n: Int = 3) { tasks(first: $n) { nodes { id } } }", json!({})).await,
        3
    );
}

#[tokio::test]
async fn a_sent_variable_overrides_its_default() {
    let document = "query($n: Int = 3) { tasks(first: $n) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "n": 5 })).await, 5);
}

#[tokio::test]
async fn a_null_is_not_replaced_by_the_default() {
    let document = "query($n: Int = 3) { tasks(first: $n) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "n": null })).await, 20);
}

#[tokio::test]
async fn a_variable_in_an_object_counts_as_if_it_stood_there() {
    let document = "query($s: [String!]) { tasks(filter: { status: $s }) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "s": ["nowhere"] })).await, 0);
}

#[tokio::test]
async fn an_absent_variable_in_an_object_is_left_out_of_it() {
    let document = "query($s: [String!], $a: Boolean) { tasks(filter: { status: $s, archived: $a }) { nodes { id } } }";
    assert_eq!(rows(document, json!({})).await, 20);
}

#[tokio::test]
async fn one_value_for_a_list_is_a_list_of_it() {
    let document = "query($s: [String!]) { tasks(filter: { status: $s }) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "s": "nowhere" })).await, 0);
}

#[tokio::test]
async fn a_variable_that_nobody_declared_is_ignored() {
    let document = "query($n: Int) { tasks(first: $n) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "n": 2, "m": {} })).await, 2);
}

#[tokio::test]
async fn a_number_without_fraction_is_an_int() {
    let document = "query($n: Int) { tasks(first: $n) { nodes { id } } }";
    assert_eq!(rows(document, json!({ "n": 2.0 })).await, 2);
}

#[tokio::test]
async fn an_argument_keeps_its_own_default_when_its_variable_is_absent() {
    let asked = Asked::new().await;
    asked
        .app
        .seed((0..3).map(|_| crate::support::sample::task(&asked.project)))
        .await;
    let document = "query($id: ID!, $n: Int) { board(projectId: $id) { columns { tasks(first: $n) { id } } } }";
    let data = asked.data_with(document, json!({ "id": gid(&asked.project) })).await;
    assert_eq!(data.matches("tsk_").count(), 3, "{data}");
}

#[tokio::test]
async fn null_for_an_argument_that_takes_none_fails_the_field_alone() {
    let asked = Asked::new().await;
    let document = "query($id: ID!, $n: Int) { board(projectId: $id) { columns { key tasks(first: $n) { id } } } }";
    let reply = asked
        .reply(document, json!({ "id": gid(&asked.project), "n": null }))
        .await;
    assert!(
        text(&reply).starts_with(r#"{"board":{"columns":[{"key":"backlog","tasks":null},"#),
        "{}",
        text(&reply)
    );
    let first = &errors(&reply)[0];
    let expected = json!([
        r#"Argument "first" of non-null type "Int!" must not be null."#,
        ["board", "columns", 0, "tasks"]
    ]);
    assert_eq!(json!([first["message"], first["path"]]), expected);
}

/// The type of a variable, what is sent, and what is wrong with it.
const REFUSED: &[(&str, &str, &str)] = &[
    ("ID!", "{}", "of required type \"ID!\" was not provided."),
    ("ID!", r#"{"v": null}"#, "of non-null type \"ID!\" must not be null."),
    (
        "ID!",
        r#"{"v": true}"#,
        "got invalid value true; ID cannot represent value: true",
    ),
    (
        "ID!",
        r#"{"v": {"a": 1, "b": ["x"]}}"#,
        "got invalid value { a: 1, b: [\"x\"] }; ID cannot represent value: { a: 1, b: [\"x\"] }",
    ),
    (
        "ID!",
        r#"{"v": {}}"#,
        "got invalid value {}; ID cannot represent value: {}",
    ),
    (
        "Int",
        r#"{"v": "x"}"#,
        "got invalid value \"x\"; Int cannot represent non-integer value: \"x\"",
    ),
    (
        "Int",
        r#"{"v": 1.5}"#,
        "got invalid value 1.5; Int cannot represent non-integer value: 1.5",
    ),
    (
        "Int",
        r#"{"v": 3000000000}"#,
        "got invalid value 3000000000; Int cannot represent non 32-bit signed integer value: 3000000000",
    ),
    (
        "Boolean!",
        r#"{"v": "true"}"#,
        "got invalid value \"true\"; Boolean cannot represent a non boolean value: \"true\"",
    ),
    (
        "[ID!]!",
        r#"{"v": ["a", null]}"#,
        "got invalid value null at \"v[1]\"; Expected non-nullable type \"ID!\" not to be null.",
    ),
    (
        "[ID!]!",
        r#"{"v": [["a"]]}"#,
        "got invalid value [\"a\"] at \"v[0]\"; ID cannot represent value: [\"a\"]",
    ),
    (
        "ProjectFilter",
        r#"{"v": {"status": "NO"}}"#,
        "got invalid value \"NO\" at \"v.status\"; Value \"NO\" does not exist in \"ProjectStatus\" enum.",
    ),
    (
        "ProjectFilter",
        r#"{"v": {"status": 5}}"#,
        "got invalid value 5 at \"v.status\"; Enum \"ProjectStatus\" cannot represent non-string value: 5.",
    ),
    (
        "ProjectFilter",
        r#"{"v": {"search": 5}}"#,
        "got invalid value 5 at \"v.search\"; String cannot represent a non string value: 5",
    ),
    (
        "ProjectFilter",
        r#"{"v": {"no": 5}}"#,
        "got invalid value { no: 5 }; Field \"no\" is not defined by type \"ProjectFilter\".",
    ),
    (
        "ProjectFilter",
        r#"{"v": 5}"#,
        "got invalid value 5; Expected type \"ProjectFilter\" to be an object.",
    ),
    (
        "TaskFilter",
        r#"{"v": {"status": ["a", null]}}"#,
        "got invalid value null at \"v.status[1]\"; Expected non-nullable type \"String!\" not to be null.",
    ),
];

fn about(of: &str) -> String {
    let selected = match of {
        "ID!" => "node(id: $v) { id }",
        "Int" => "tasks(first: $v) { nodes { id } }",
        "Boolean!" => "viewer @skip(if: $v) { role }",
        "[ID!]!" => "nodes(ids: $v) { id }",
        "ProjectFilter" => "projects(filter: $v) { nodes { id } }",
        _ => "tasks(filter: $v) { nodes { id } }",
    };
    format!("query($v: {of}) {{ {selected} }}")
}

#[tokio::test]
async fn what_a_variable_cannot_be_is_said_as_the_reference_says_it() {
    let asked = Asked::new().await;
    for (of, variables, expected) in REFUSED {
        let reply = asked.reply(&about(of), serde_json::from_str(variables).unwrap()).await;
        let found: Vec<&str> = reply.errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(found, [format!("Variable \"$v\" {expected}")], "{of} {variables}");
    }
}

#[tokio::test]
async fn an_operation_with_a_refused_variable_is_not_executed() {
    let asked = Asked::new().await;
    let reply = asked.reply(&about("Int"), json!({ "v": "x" })).await;
    assert_eq!(
        (text(&reply), asked.app.app.metrics.cache_calls("get_many")),
        ("null".into(), 0)
    );
}

#[tokio::test]
async fn a_refusal_points_at_the_variable() {
    let asked = Asked::new().await;
    let reply = asked
        .reply("query(\n  $v: ID!\n) { node(id: $v) { id } }", json!({}))
        .await;
    assert_eq!(locations(&reply), [[(2, 3)]]);
}

#[tokio::test]
async fn all_variables_that_are_refused_are_told() {
    let asked = Asked::new().await;
    let document = "query($a: ID!, $b: ID!) { a: node(id: $a) { id } b: node(id: $b) { id } }";
    let reply = asked.reply(document, json!({ "b": null })).await;
    assert_eq!(locations(&reply), [[(1, 7)], [(1, 16)]]);
}

#[tokio::test]
async fn a_value_that_is_no_date_is_refused_though_nothing_asks_for_it() {
    let asked = Asked::new().await;
    let document = "query($d: DateTime) { tasks(filter: { dueTo: $d }) @skip(if: true) { __typename } }";
    let reply = asked.reply(document, json!({ "d": "yesterday" })).await;
    let why = "a DateTime is RFC 3339 text like 2026-03-01T09:30:00Z, between the years 1900 and 9999";
    let expected = format!("Variable \"$d\" got invalid value \"yesterday\"; {why}");
    assert_eq!(errors(&reply)[0]["message"], expected);
}
