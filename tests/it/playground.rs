//! The page over HTTP: where it is, that it needs nothing from elsewhere, and when it is off.

use kanvaro::config::{Config, Environment};
use reqwest::Response;

use crate::support::server::{Answer, TestServer};

/// Where the page and what belongs to it is.
const PAGES: [&str; 3] = ["/", "/graphiql", "/plain"];

async fn get(server: &TestServer, path: &str) -> Response {
    server.client.get(server.url(path)).send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// What a page names in attributes, without its own data.
fn named(text: &str) -> Vec<&str> {
    let attributes = ["src=\"", "href=\""].into_iter();
    let starts = attributes.flat_map(|attribute| text.split(attribute).skip(1));
    let values = starts.map(|rest| rest.split('"').next().unwrap());
    values.filter(|value| !value.starts_with("data:")).collect()
}

#[tokio::test]
async fn each_page_comes_with_a_policy_and_names_nothing_from_elsewhere() {
    let server = TestServer::start().await;
    for path in PAGES {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(header(&response, "content-type").starts_with("text/html"), "{path}");
        let policy = header(&response, "content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src "), "{policy}");
        let scripts = policy.split("script-src").nth(1).unwrap().split(';').next().unwrap();
        assert!(!scripts.contains("unsafe"), "{policy}");
        for source in policy.split([' ', ';']) {
            assert!(!source.contains("//") && source != "*", "{policy}");
        }
        let text = response.text().await.unwrap();
        for name in named(&text) {
            assert!(
                name.starts_with("./"),
                "{path} names {name}, which only works without a prefix"
            );
        }
    }
}

#[tokio::test]
async fn what_the_page_names_is_there_for_clients_of_every_coding() {
    let server = TestServer::start().await;
    let text = get(&server, "/").await.text().await.unwrap();
    for name in named(&text) {
        let path = name.trim_start_matches('.');
        let plain = get(&server, path).await;
        assert_eq!(
            (plain.status().as_u16(), header(&plain, "content-encoding")),
            (200, ""),
            "{path}"
        );
        assert!(header(&plain, "cache-control").contains("immutable"));
        assert!(header(&plain, "content-security-policy").contains("script-src 'self'"));
        let plain = plain.bytes().await.unwrap();
        let request = server.client.get(server.url(path)).header("accept-encoding", "gzip");
        let packed = request.send().await.unwrap();
        assert_eq!(header(&packed, "content-encoding"), "gzip");
        assert!(packed.bytes().await.unwrap().len() < plain.len(), "{path}");
    }
}

#[tokio::test]
async fn one_place_serves_the_page_and_a_slash_leads_there_under_any_prefix() {
    let server = TestServer::start().await;
    let none = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(none).build().unwrap();
    let response = client.get(server.url("/graphiql/")).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (308, "../graphiql")
    );
}

#[tokio::test]
async fn a_file_that_is_not_there_is_refused() {
    let server = TestServer::start().await;
    let answer = Answer::of(get(&server, "/playground/none.js").await).await;
    assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn production_shows_page_and_schema_only_if_told() {
    let production = |told: Option<bool>| Config {
        env: Environment::Production,
        playground: told,
        introspection: told,
        ..Config::default()
    };
    for (told, status) in [(None, 404), (Some(false), 404), (Some(true), 200)] {
        let server = TestServer::with(production(told)).await;
        for path in PAGES {
            assert_eq!(get(&server, path).await.status(), status, "{path}, {told:?}");
        }
        let schema = server.ask("{ __schema { queryType { name } } }").await;
        let shown = schema.body["data"]["__schema"]["queryType"]["name"] == "Query";
        assert_eq!(shown, status == 200, "{told:?}: {}", schema.body);
    }
}
