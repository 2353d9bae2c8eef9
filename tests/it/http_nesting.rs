//! Text nested so deep that a parser could take the process down: refused clearly, and the server lives.

use serde_json::json;

use crate::support::server::{Answer, TestServer};

const DEPTHS: [usize; 6] = [64, 65, 2_000, 3_000, 5_000, 10_000];

fn nested(open: &str, core: &str, close: &str, depth: usize) -> String {
    format!("{}{core}{}", open.repeat(depth), close.repeat(depth))
}

async fn is_refused(server: &TestServer, answer: Answer, what: &str, depth: usize) {
    assert_eq!(
        (answer.status, answer.code()),
        (400, "BAD_USER_INPUT"),
        "{what} {depth} deep: {}",
        answer.body
    );
    assert!(
        depth < 65 || answer.message().contains("at most 64"),
        "{what} {depth} deep: {}",
        answer.message()
    );
    assert_eq!(server.ask("{ __typename }").await.status, 200, "the server lives");
}

#[tokio::test]
async fn values_types_and_selections_nested_deep_are_refused() {
    let server = TestServer::start().await;
    for depth in DEPTHS {
        let documents = [
            (
                "a list",
                format!("{{ nodes(ids: {}) {{ id }} }}", nested("[", "", "]", depth)),
            ),
            (
                "an object",
                format!(
                    "{{ projects(filter: {}) {{ nodes {{ id }} }} }}",
                    nested("{a:", "1", "}", depth)
                ),
            ),
            ("a list never closed", format!("{{ nodes(ids: {}", "[".repeat(depth))),
            (
                "a default",
                format!("query($a: Int = {}) {{ __typename }}", nested("[", "1", "]", depth)),
            ),
            (
                "a type",
                format!("query($a: {}) {{ __typename }}", nested("[", "Int", "]", depth)),
            ),
            ("a selection", nested("{ a ", "", "}", depth)),
            (
                "inline fragments",
                format!("{{ {} }}", nested("... { ", "__typename", "}", depth)),
            ),
            (
                "a directive's argument",
                format!("{{ a @x(y: {}) }}", nested("[", "1", "]", depth)),
            ),
            (
                "behind a block string that never ends",
                format!("{{ nodes(ids: [\"\"\" \" {}", "[".repeat(depth)),
            ),
        ];
        for (what, document) in documents {
            is_refused(&server, server.ask(&document).await, what, depth).await;
        }
    }
}

#[tokio::test]
async fn json_nested_deep_is_refused() {
    let server = TestServer::start().await;
    for depth in DEPTHS.into_iter().skip(1) {
        let lists = nested("[", "1", "]", depth);
        let bodies = [
            (
                "variables",
                format!(r#"{{"query":"{{ __typename }}","variables":{{"a":{lists}}}}}"#),
            ),
            (
                "extensions",
                format!(
                    r#"{{"query":"{{ __typename }}","extensions":{}}}"#,
                    nested("{\"a\":", "1", "}", depth)
                ),
            ),
            ("the batch", lists.clone()),
        ];
        for (what, body) in bodies {
            let request = server
                .client
                .post(server.url("/graphql"))
                .header("content-type", "application/json");
            is_refused(&server, server.send(request.body(body)).await, what, depth).await;
        }
        let get = server.client.get(server.url("/graphql"));
        let get = get.query(&[
            ("query", "{ __typename }"),
            ("variables", &format!("{{\"a\":{lists}}}")),
        ]);
        is_refused(&server, server.send(get).await, "variables of a GET", depth).await;
    }
}

#[tokio::test]
async fn brackets_in_strings_are_only_text() {
    let server = TestServer::start().await;
    let text = "[{(".repeat(10_000);
    let query = format!("{{ a: __type(name: \"{text}\") {{ name }} b: __type(name: \"\"\"{text}\"\"\") {{ name }} }}");
    assert_eq!(server.ask(&query).await.body["data"], json!({ "a": null, "b": null }));
}

#[tokio::test]
async fn text_of_a_megabyte_and_zero_characters_are_only_text() {
    let server = TestServer::start().await;
    for text in ["x".repeat(1_000_000), "a\0b".to_owned()] {
        let body = json!({ "query": "query($a: String!) { __type(name: $a) { name } }", "variables": { "a": text } });
        assert_eq!(
            server.send(server.post(&body)).await.body["data"],
            json!({ "__type": null })
        );
    }
}

#[tokio::test]
async fn fragments_that_multiply_or_spread_themselves_are_refused_at_once() {
    let server = TestServer::start().await;
    let doubling: String = (0..40)
        .map(|n| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1))
        .collect();
    let document = format!("{{ ...f0 }} {doubling} fragment f40 on Query {{ __typename }}");
    let limit = std::time::Duration::from_secs(10);
    let answer = tokio::time::timeout(limit, server.ask(&document))
        .await
        .expect("it is refused before it multiplies");
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(
        server.ask("{ ...a } fragment a on Query { ...a }").await.code(),
        "BAD_USER_INPUT"
    );
}
