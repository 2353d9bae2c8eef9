//! What a page of another site can send in a person's name without being asked first - a form, an image, a fetch with a
//! simple content type - changes nothing, though the browser should send the cookie along.

use kanvaro::model::{Filter, Kind};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::server::TestServer;

const LOGOUT: &str = "mutation { logout { signedOut } }";

/// Every content type that a browser sends to another origin without asking it, and some that pretend to be one of ours.
const SIMPLE: [Option<&str>; 9] = [
    None,
    Some(""),
    Some("text/plain"),
    Some("text/plain; charset=utf-8"),
    Some("text/plain; application/json"),
    Some("text/plain, application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data; boundary=x"),
    Some("multipart/form-data; boundary=application/json"),
];

/// As a browser sends it on behalf of another site, with the cookie all the same.
fn from_elsewhere(request: RequestBuilder, token: &str) -> RequestBuilder {
    request
        .header("cookie", format!("kanvaro_session={token}"))
        .header("origin", "https://evil.example")
        .header("accept", "*/*")
}

/// All bodies that such a page can write.
fn bodies(boundary: &str) -> Vec<String> {
    let json = json!({ "query": LOGOUT }).to_string();
    let part = |name: &str, value: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = format!("{}{}--{boundary}--\r\n", part("operations", &json), part("map", "{}"));
    let form = "query=mutation%20%7B%20logout%20%7B%20signedOut%20%7D%20%7D";
    // A form of type text/plain writes name=value.
    let plain = format!("{json}=");
    vec![json, multipart, form.to_owned(), plain]
}

/// How many sessions there are.
async fn sessions(server: &TestServer) -> u64 {
    let all = [Filter::everything()];
    server.app.store.count(Kind::Session, &all).await.unwrap()[0]
}

#[tokio::test]
async fn no_simple_content_type_changes_anything() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    for content_type in SIMPLE {
        let boundary = content_type
            .and_then(|text| text.split_once("boundary="))
            .map_or("x", |(_, text)| text);
        for body in bodies(boundary) {
            for path in ["/graphql".to_owned(), format!("/graphql?query={LOGOUT}")] {
                let mut request = server.client.post(server.url(&path)).body(body.clone());
                if let Some(content_type) = content_type {
                    request = request.header("content-type", content_type);
                }
                let answer = from_elsewhere(request, &token).send().await.unwrap();
                let (status, cookie) = (answer.status().as_u16(), answer.headers().contains_key("set-cookie"));
                assert!(
                    [400, 415].contains(&status) && !cookie,
                    "{content_type:?} {body}: {status}"
                );
            }
        }
    }
    assert_eq!(sessions(&server).await, 1, "the session lives");
}

#[tokio::test]
async fn no_address_that_is_only_visited_changes_anything() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    for method in [Method::GET, Method::HEAD] {
        for content_type in [None, Some("application/json")] {
            let url = server.url(&format!("/graphql?query={}", LOGOUT.replace(' ', "%20")));
            let mut request = server.client.request(method.clone(), url);
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            let answer = from_elsewhere(request, &token).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 405, "{method} {content_type:?}");
            assert!(!answer.headers().contains_key("set-cookie"));
        }
    }
    assert_eq!(sessions(&server).await, 1, "the session lives");
}

#[tokio::test]
async fn another_site_that_asks_first_is_told_no_and_reads_nothing() {
    let server = TestServer::start().await;
    let asked = server
        .client
        .request(Method::OPTIONS, server.url("/graphql"))
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap();
    assert!(
        !asked.headers().contains_key("access-control-allow-origin"),
        "{asked:?}"
    );
    let token = server.token("ada@example.org").await;
    let query = server.post(&json!({ "query": "{ viewer { role } }" }));
    let read = from_elsewhere(query, &token).send().await.unwrap();
    assert!(!read.headers().contains_key("access-control-allow-origin"), "{read:?}");
}

#[tokio::test]
async fn the_same_as_json_is_done() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let request = server.post(&json!({ "query": LOGOUT }));
    let answer = from_elsewhere(request, &token).send().await.unwrap();
    assert_eq!(
        answer.status().as_u16(),
        200,
        "what the other tests would see if they were let through"
    );
    assert_eq!(sessions(&server).await, 0);
}
