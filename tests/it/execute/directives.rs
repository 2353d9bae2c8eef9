//! `@skip` and `@include`. <https://spec.graphql.org/September2025/#sec-Type-System.Directives>

use serde_json::json;

use super::Asked;
use super::asked::text;

/// The fields of an organisation that a document says in `$yes`, which is true, and `$no`, which is not.
async fn organization(selected: &str) -> String {
    let fragment = if selected.contains("...N") {
        " fragment N on Organization { name }"
    } else {
        ""
    };
    let used = |name: &str| selected.contains(name).then(|| format!("{name}: Boolean!"));
    let declared: Vec<String> = ["$yes", "$no"].into_iter().filter_map(used).collect();
    let head = match declared.is_empty() {
        true => String::new(),
        false => format!("query({})", declared.join(", ")),
    };
    let document = format!("{head} {{ organization {{ {selected} }} }}{fragment}");
    let asked = Asked::new().await;
    asked.data_with(&document, json!({ "yes": true, "no": false })).await
}

/// Makes a test of each: what is selected of the organisation, and what of it is answered.
macro_rules! selections {
    ($($name:ident: $selected:literal => $expected:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(organization($selected).await, concat!("{\"organization\":", $expected, "}"));
        }
    )*};
}

selections! {
    a_field_is_skipped: "name @skip(if: true) currency" => r#"{"currency":"EUR"}"#;
    a_field_is_not_skipped: "name @skip(if: false) currency" => r#"{"name":"Acme","currency":"EUR"}"#;
    a_field_is_included: "name @include(if: true) currency" => r#"{"name":"Acme","currency":"EUR"}"#;
    a_field_is_not_included: "name @include(if: false) currency" => r#"{"currency":"EUR"}"#;
    a_field_is_skipped_by_a_variable: "name @skip(if: $yes) currency @skip(if: $no)" => r#"{"currency":"EUR"}"#;
    a_field_is_included_by_a_variable: "name @include(if: $yes) currency @include(if: $no)" => r#"{"name":"Acme"}"#;
    a_spread_is_skipped: "...N @skip(if: true) currency" => r#"{"currency":"EUR"}"#;
    a_spread_is_included_by_a_variable: "...N @include(if: $yes) currency" => r#"{"name":"Acme","currency":"EUR"}"#;
    a_spread_is_not_included_by_a_variable: "...N @include(if: $no) currency" => r#"{"currency":"EUR"}"#;
    a_spread_that_is_skipped_counts_where_it_stands_again:
        "...N @skip(if: true) currency ...N" => r#"{"currency":"EUR","name":"Acme"}"#;
    an_inline_fragment_is_skipped: "... @skip(if: true) { name } currency" => r#"{"currency":"EUR"}"#;
    an_inline_fragment_with_a_type_is_skipped_by_a_variable:
        "... on Node @skip(if: $yes) { id } currency" => r#"{"currency":"EUR"}"#;
    an_inline_fragment_is_included_by_a_variable:
        "... @include(if: $yes) { name } currency" => r#"{"name":"Acme","currency":"EUR"}"#;
    skip_wins_where_both_speak: "name @skip(if: true) @include(if: true) currency" => r#"{"currency":"EUR"}"#;
    neither_leaves_out_what_both_take: "name @skip(if: $no) @include(if: $yes)" => r#"{"name":"Acme"}"#;
    a_field_counts_where_it_is_not_skipped: "name @skip(if: true) currency name" => r#"{"currency":"EUR","name":"Acme"}"#;
    an_object_without_a_field_left_is_empty: "name @skip(if: true)" => "{}";
    what_is_skipped_takes_what_stands_in_it_along:
        "... @skip(if: $yes) { name @include(if: $yes) } currency" => r#"{"currency":"EUR"}"#;
}

#[tokio::test]
async fn an_operation_without_a_field_left_is_empty() {
    let asked = Asked::new().await;
    assert_eq!(asked.data("{ viewer @skip(if: true) { role } }").await, "{}");
}

#[tokio::test]
async fn the_objects_of_a_list_without_a_field_left_are_empty() {
    let asked = Asked::new().await;
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id @include(if: false) } }";
    assert_eq!(asked.data(document).await, r#"{"nodes":[{},{}]}"#);
}

#[tokio::test]
async fn a_variable_that_is_not_sent_decides_by_its_default() {
    let asked = Asked::new().await;
    let document = "query($no: Boolean! = false) { organization { name @include(if: $no) currency } }";
    assert_eq!(
        asked.data_with(document, json!({})).await,
        r#"{"organization":{"currency":"EUR"}}"#
    );
}

#[tokio::test]
async fn what_is_skipped_is_not_read() {
    let asked = Asked::new().await;
    let document = "query($task: ID!) { task(id: $task) @skip(if: true) { project { name } } viewer { role } }";
    asked.data(document).await;
    assert_eq!(asked.app.app.metrics.cache_calls("get_many"), 0);
}

#[tokio::test]
async fn one_document_answers_each_choice_of_its_variables() {
    let asked = Asked::new().await;
    let document = kanvaro::graphql::Document::parse(
        "query($a: Boolean!, $b: Boolean!) { organization { name @include(if: $a) currency @skip(if: $b) } }",
    );
    let document = document.unwrap();
    let mut answers = Vec::new();
    for (a, b) in [(true, true), (true, false), (false, true), (false, false), (true, true)] {
        let viewer =
            kanvaro::model::Viewer::new(&asked.acme.admin, &crate::support::sample::session(&asked.acme.admin));
        let app = &asked.app.app;
        let scope = app.scope(Some(viewer), app.loaders(), "test".into());
        let variables = async_graphql::Variables::from_json(json!({ "a": a, "b": b }));
        let reply = app.executor.execute(&document, None, &variables, scope).await;
        answers.push(text(&reply));
    }
    let expected = [
        r#"{"name":"Acme"}"#,
        r#"{"name":"Acme","currency":"EUR"}"#,
        "{}",
        r#"{"currency":"EUR"}"#,
        r#"{"name":"Acme"}"#,
    ];
    assert_eq!(
        answers,
        expected.map(|organization| format!("{{\"organization\":{organization}}}"))
    );
}
