//! A request whose answer is known gets it in front of the routes: the same that it would get behind them.

use std::collections::BTreeMap;
use std::time::Duration;

use kanvaro::config::{Config, LogFormat};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::site::Site;
use crate::support::lines::Logging;

const VIEWER: &str = "query Me { viewer { user { email } } }";
/// What tells one response from another.
const OWN: [&str; 4] = ["date", "server-timing", "x-request-id", "x-response-time"];

/// A request that comes in one piece is answered in front, where it is known; one that comes in two goes on to the routes.
#[tokio::test]
async fn in_front_of_the_routes_and_behind_them_a_hit_is_the_same() {
    let site = Site::embedded().await;
    let (_, ada) = site.admin("ada@example.org").await;
    let body = json!({ "query": VIEWER }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\naccept: application/json\r\nauthorization: Bearer {ada}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(7);
    let mut front = Response::default();
    while front.header("x-cache") != "HIT" {
        front = Response::to(&site, &format!("{head}{body}"), "").await;
    }
    // The first hit is found behind; from then on it is known.
    front = Response::to(&site, &format!("{head}{body}"), "").await;
    let behind = Response::to(&site, &format!("{head}{first}"), second).await;
    assert_eq!(front.body, behind.body);
    for (name, value) in &front.headers {
        assert!(
            OWN.contains(&name.as_str()) || behind.header(name) == value,
            "{name}: {value}"
        );
    }
    assert!(front.headers.keys().eq(behind.headers.keys()), "{front:?}, {behind:?}");
}

#[tokio::test]
async fn a_hit_tells_another_origin_that_it_may_be_read_there() {
    let origins = vec!["https://app.example.org".to_owned()];
    let site = Site::embedded_with(Config {
        cors_origins: origins,
        ..Config::default()
    });
    let site = site.await;
    let (_, ada) = site.admin("ada@example.org").await;
    site.hit(&ada, VIEWER, json!({})).await;
    site.hit(&ada, VIEWER, json!({})).await;
    let request = site
        .request(Method::POST, &ada)
        .header("origin", "https://app.example.org");
    let got = Site::send(request.json(&json!({ "query": VIEWER, "variables": {} }))).await;
    assert_eq!(
        (got.cache(), got.header("access-control-allow-origin")),
        ("HIT", "https://app.example.org")
    );
}

#[tokio::test]
async fn a_hit_has_its_line_in_the_log_under_the_id_of_its_request() {
    let logging = Logging::start(LogFormat::Json);
    let site = Site::embedded().await;
    let (_, ada) = site.admin("ada@example.org").await;
    site.hit(&ada, VIEWER, json!({})).await;
    for id in ["one", "two"] {
        let request = site.request(Method::POST, &ada).header("x-request-id", id);
        let got = Site::send(request.json(&json!({ "query": VIEWER, "variables": {} }))).await;
        assert_eq!((got.cache(), got.header("x-request-id")), ("HIT", id));
        let text = logging.lines.text();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let line = lines
            .find(|line| line["span"]["id"] == id)
            .expect("the request has a line");
        assert_eq!(
            (&line["cache"], &line["operation"], &line["status"]),
            (&json!("HIT"), &json!("Me"), &json!(200)),
        );
    }
}

#[tokio::test]
async fn nobody_is_told_to_go_on_with_a_body_that_is_refused_by_its_length() {
    let site = Site::embedded().await;
    let mut stream = TcpStream::connect(site.address()).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\n\
        content-type: application/json\r\ncontent-length: 2000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
}

/// What a server wrote on a connection.
#[derive(Debug, Default)]
struct Response {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Response {
    /// What comes of these bytes, the second a moment after the first.
    async fn to(site: &Site, first: &str, second: &str) -> Response {
        let mut stream = TcpStream::connect(site.address()).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        if !second.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            stream.write_all(second.as_bytes()).await.unwrap();
        }
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let headers = head.lines().skip(1).map(|line| line.split_once(": ").unwrap());
        Response {
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}
