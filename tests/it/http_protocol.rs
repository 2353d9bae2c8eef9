//! GraphQL over HTTP as clients see it: methods, media types, status codes, batches, and what is wrong with a request.

use kanvaro::config::Config;
use serde_json::{Value, json};

use crate::support::server::{Answer, RESPONSE, TestServer};

const JSON: &str = "application/json";

/// A body and the status it has as `application/json` and as `application/graphql-response+json`.
async fn statuses(server: &TestServer, body: &str) -> (Answer, Answer) {
    let ask = |accept| {
        let request = server.client.post(server.url("/graphql")).header("content-type", JSON);
        request.header("accept", accept).body(body.to_owned()).send()
    };
    (
        Answer::of(ask(JSON).await.unwrap()).await,
        Answer::of(ask(RESPONSE).await.unwrap()).await,
    )
}

#[tokio::test]
async fn the_status_follows_the_media_type_and_what_is_wrong() {
    let server = TestServer::start().await;
    let cases: &[(&str, u16, u16, &str)] = &[
        (r#"{"query":"{ __typename }"}"#, 200, 200, ""),
        (
            r#"{"query":"{ __typename }","operationName":null,"variables":null,"extensions":null}"#,
            200,
            200,
            "",
        ),
        (r#"{"query":"{ __typename }","somethingElse":[1]}"#, 200, 200, ""),
        (
            r#"{"query":"{ node(id: \"nonsense\") { id } }"}"#,
            200,
            200,
            "BAD_USER_INPUT or UNAUTHENTICATED",
        ),
        (r#"{"query":"{"}"#, 200, 400, "BAD_USER_INPUT"),
        (r#"{"query":""}"#, 200, 400, "BAD_USER_INPUT"),
        (r#"{"query":"{ noSuchField }"}"#, 200, 400, "BAD_USER_INPUT"),
        (
            r#"{"query":"query($id: ID!) { node(id: $id) { id } }"}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"query($id: ID!) { node(id: $id) { id } }","variables":{"id":null}}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"query($ids: [ID!]!) { nodes(ids: $ids) { id } }","variables":{"ids":[null]}}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (r#"{"query":"{ node(id: $id) { id } }"}"#, 200, 400, "BAD_USER_INPUT"),
        (
            r#"{"query":"{ tasks(filter: { priority: [NONSENSE] }) { nodes { id } } }"}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"query A { __typename } query B { __typename }"}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"query A { __typename }","operationName":"B"}"#,
            200,
            400,
            "BAD_USER_INPUT",
        ),
        (r#"{"query":"subscription { x }"}"#, 200, 400, "BAD_USER_INPUT"),
        ("", 400, 400, "BAD_USER_INPUT"),
        ("{ \"not JSON", 400, 400, "BAD_USER_INPUT"),
        ("null", 400, 400, "BAD_USER_INPUT"),
        ("{}", 400, 400, "BAD_USER_INPUT"),
        (r#"{"query":1}"#, 400, 400, "BAD_USER_INPUT"),
        (
            r#"{"query":"{ __typename }","operationName":{}}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"{ __typename }","variables":[]}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"{ __typename }","extensions":"x"}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"{ __typename }","query":"{ __typename }"}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"{ __typename }","variables":{"a":1,"a":2}}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
        (
            r#"{"query":"{ __typename }","variables":{"a":1e400}}"#,
            400,
            400,
            "BAD_USER_INPUT",
        ),
    ];
    for (body, as_json, as_response, code) in cases {
        let (json, response) = statuses(&server, body).await;
        assert_eq!(
            (json.status, response.status),
            (*as_json, *as_response),
            "{body}: {}",
            response.body
        );
        assert!(json.header("content-type").starts_with("application/json"), "{body}");
        assert!(response.header("content-type").starts_with(RESPONSE), "{body}");
        for answer in [json, response] {
            let named = answer.code();
            assert!(
                named == *code || (!named.is_empty() && code.contains(named)),
                "{body}: {}",
                answer.body
            );
            let refused = answer.status == 400;
            assert!(!refused || answer.body.get("data").is_none(), "{body}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn other_methods_types_and_paths_are_refused_in_json() {
    let server = TestServer::start().await;
    let url = server.url("/graphql");
    let (client, query) = (&server.client, r#"{"query":"{ __typename }"}"#);
    let mutation = format!("{url}?query=mutation%20%7B__typename%7D");
    let cases = [
        (client.get(&mutation), 405, "POST"),
        (
            client.put(&url).header("content-type", JSON).body(query),
            405,
            "GET, HEAD, POST",
        ),
        (client.delete(&url), 405, "GET, HEAD, POST"),
        (client.post(&url).body(query), 415, ""),
        (
            client.post(&url).header("content-type", "text/plain").body(query),
            415,
            "",
        ),
        (
            client
                .post(&url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body("query={a}"),
            415,
            "",
        ),
        (
            client
                .post(&url)
                .header("content-type", "application/json; charset=utf-16")
                .body(query),
            415,
            "",
        ),
        (
            client
                .post(&url)
                .header("content-type", JSON)
                .header("content-encoding", "gzip")
                .body(query),
            415,
            "",
        ),
        (
            client
                .post(&url)
                .header("content-type", JSON)
                .header("accept", "text/html")
                .body(query),
            406,
            "",
        ),
        (client.get(server.url("/nowhere")), 404, ""),
        (client.post(server.url("/health")), 405, "GET, HEAD"),
    ];
    for (request, status, allow) in cases {
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, allow),
            "{}",
            answer.body
        );
        assert!(
            !answer.code().is_empty() && !answer.message().is_empty(),
            "{}",
            answer.body
        );
        assert!(answer.header("content-type").starts_with("application/json"));
    }
}

#[tokio::test]
async fn a_get_is_read_from_its_query_string() {
    let server = TestServer::start().await;
    let get = |pairs: &[(&str, &str)]| server.client.get(server.url("/graphql")).query(pairs);
    let query = "query T($name: String!) { __type(name: $name) { name } }";
    let found = server
        .send(get(&[("query", query), ("variables", r#"{"name":"User"}"#)]))
        .await;
    assert_eq!(found.body["data"]["__type"]["name"], "User");
    for wrong in [
        &[("query", query), ("variables", "{")][..],
        &[("query", query), ("variables", "[]")],
        &[("query", query), ("query", query)],
        &[("variables", "{}")],
    ] {
        assert_eq!(server.send(get(wrong)).await.status, 400, "{wrong:?}");
    }
}

#[tokio::test]
async fn an_unknown_operation_is_answered_with_the_names_there_are() {
    let server = TestServer::start().await;
    let body =
        json!({ "query": "query Beta { a: __typename } query Alpha { b: __typename }", "operationName": "Gamma" });
    let answer = server.send(server.post(&body)).await;
    assert!(
        answer.message().ends_with("it has: Alpha, Beta"),
        "{}",
        answer.message()
    );
    let one = json!({ "query": body["query"], "operationName": "Alpha" });
    assert_eq!(
        server.send(server.post(&one)).await.body["data"],
        json!({ "b": "Query" })
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_whether_or_not_its_length_is_announced() {
    let server = TestServer::with(Config {
        max_body_bytes: 1_000,
        ..Config::default()
    })
    .await;
    let long = json!({ "query": " ".repeat(300_000) });
    let announced = server.send(server.post(&long)).await;
    assert_eq!((announced.status, announced.code()), (413, "BAD_USER_INPUT"));
    assert!(
        announced.message().contains("at most 1000 bytes"),
        "{}",
        announced.message()
    );

    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1_000));
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let stream = server.raw(format!("{head}{chunk}{chunk}0\r\n\r\n").as_bytes()).await;
    let streamed = TestServer::read(stream).await;
    assert!(streamed.starts_with("HTTP/1.1 413 "), "{streamed}");
    assert_eq!(server.ask("{ __typename }").await.status, 200);
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order_each_with_its_own_errors() {
    let server = TestServer::start().await;
    let batch =
        json!([{ "query": "{ a: __typename }" }, { "query": "{ nonsense }" }, { "query": "{ c: __typename }" }]);
    let answer = server.send(server.post(&batch)).await;
    let kind = |index: usize| {
        (
            answer.body[index]["data"].clone(),
            answer.body[index]["errors"].is_array(),
        )
    };
    assert_eq!(answer.status, 200);
    assert_eq!(kind(0), (json!({ "a": "Query" }), false));
    assert_eq!(kind(1), (Value::Null, true));
    assert_eq!(kind(2), (json!({ "c": "Query" }), false));
}

#[tokio::test]
async fn a_batch_is_bounded_and_not_empty() {
    let server = TestServer::start().await;
    let of = |count| Value::Array(vec![json!({ "query": "{ __typename }" }); count]);
    assert_eq!(
        server.send(server.post(&of(10))).await.body.as_array().map(Vec::len),
        Some(10)
    );
    let eleven = server.send(server.post(&of(11))).await;
    assert_eq!((eleven.status, eleven.code()), (400, "BAD_USER_INPUT"));
    assert!(
        eleven.message().contains("11 operations, at most 10"),
        "{}",
        eleven.message()
    );
    assert_eq!(server.send(server.post(&of(0))).await.status, 400);
}

#[tokio::test]
async fn limits_say_what_how_much_and_how_much_is_allowed() {
    let server = TestServer::start().await;
    let deep = format!(
        "{{ __type(name: \"User\") {{ {}name{} }} }}",
        "ofType { ".repeat(15),
        " }".repeat(15)
    );
    let refused = server.ask(&deep).await;
    assert!(refused.message().contains("at most 15"), "{}", refused.message());
    let aliases: String = (0..31).map(|number| format!("a{number}: viewer {{ role }} ")).collect();
    let refused = server.ask(&format!("{{ {aliases} }}")).await;
    assert_eq!((refused.status, refused.code()), (400, "BAD_USER_INPUT"));
    assert!(refused.message().contains("at most 30"), "{}", refused.message());
}

#[tokio::test]
async fn what_quotes_the_input_stays_short() {
    let server = TestServer::start().await;
    let many: String = (0..5_000).map(|number| format!("nonsense{number} ")).collect();
    let refused = server.ask(&format!("{{ {many} }}")).await;
    assert!(refused.body["errors"].as_array().unwrap().len() <= 20);
    let operations: String = (0..20_000)
        .map(|number| format!("query q{number} {{ __typename }} "))
        .collect();
    for document in [format!("{{ {} ( }}", "x".repeat(900_000)), operations] {
        let long = server.ask(&document).await;
        assert_eq!(long.status, 400);
        let bytes = long.body.to_string().len();
        assert!(bytes < 5_000, "{bytes} bytes");
    }
}

#[tokio::test]
async fn answers_say_what_may_be_kept() {
    let server = TestServer::start().await;
    assert_eq!(
        server.ask("{ __typename }").await.header("cache-control"),
        "private, no-cache"
    );
    assert_eq!(
        server.ask("mutation { __typename }").await.header("cache-control"),
        "no-store"
    );
    assert_eq!(server.ask("{ nonsense }").await.header("cache-control"), "no-store");
    assert!(
        server
            .ask("{ __typename }")
            .await
            .header("vary")
            .contains("authorization")
    );
}

#[tokio::test]
async fn an_object_whose_fields_are_all_skipped_is_empty_not_null() {
    let server = TestServer::start().await;
    assert_eq!(
        server.ask("{ __typename @skip(if: true) }").await.body,
        json!({ "data": {} })
    );
}
