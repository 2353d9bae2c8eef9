//! The server around the requests: ids, times, probes, metrics, other origins, panics, the page, and its end.

use std::time::Duration;

use kanvaro::config::{Config, LogFormat};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::lines::Logging;
use crate::support::server::{Answer, PASSWORD, RESPONSE, TestServer};
use crate::support::switch::Mode;

const SOON: Duration = Duration::from_secs(10);

fn login(email: &str) -> Value {
    json!({
        "query": "mutation Login($input: LoginInput!) { login(input: $input) { token } }",
        "variables": { "input": { "email": email, "password": PASSWORD } },
    })
}

async fn get(server: &TestServer, path: &str) -> Answer {
    Answer::of(server.client.get(server.url(path)).send().await.unwrap()).await
}

#[tokio::test]
async fn a_plain_request_id_comes_back_and_any_other_is_replaced() {
    let server = TestServer::start().await;
    let ask = |id: &'static str| {
        server
            .client
            .get(server.url("/health"))
            .header("x-request-id", id)
            .send()
    };
    assert_eq!(
        ask("order-66.a:b").await.unwrap().headers()["x-request-id"],
        "order-66.a:b"
    );
    for odd in ["", "two words", "a\"b", "a{b}"] {
        let answer = Answer::of(ask(odd).await.unwrap()).await;
        assert_eq!(answer.header("x-request-id").len(), 32, "{odd:?}");
    }
}

#[tokio::test]
async fn every_answer_tells_its_time_and_is_not_sniffed() {
    let server = TestServer::start().await;
    for path in ["/health", "/nowhere", "/graphql"] {
        let answer = get(&server, path).await;
        let time = answer.header("x-response-time").trim_end_matches("ms").parse::<f64>();
        assert!(time.is_ok_and(|time| time > 0.0), "{path}: {:?}", answer.headers);
        assert!(answer.header("server-timing").starts_with("total;dur="), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn readiness_names_what_is_away_and_health_does_not_care() {
    let server = TestServer::start().await;
    assert_eq!(get(&server, "/ready").await.body["status"], "ready");

    server.cache.set(Mode::Fails);
    let degraded = get(&server, "/ready").await;
    assert_eq!((degraded.status, &degraded.body["status"]), (200, &json!("degraded")));
    assert!(
        degraded.body["cache"]["reason"]
            .as_str()
            .unwrap()
            .contains("took it away")
    );

    server.store.set(Mode::Fails);
    let unavailable = get(&server, "/ready").await;
    assert_eq!(
        (unavailable.status, &unavailable.body["status"]),
        (503, &json!("unavailable"))
    );
    assert!(
        unavailable.body["store"]["reason"]
            .as_str()
            .unwrap()
            .contains("took it away")
    );
    assert_eq!(get(&server, "/health").await.status, 200);
}

#[tokio::test]
async fn a_store_that_is_away_is_unavailable_for_what_needs_it_only() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    server.store.set(Mode::Fails);
    assert_eq!(server.ask("{ __typename }").await.status, 200);
    let signed = server
        .post(&json!({ "query": "{ viewer { role } }" }))
        .bearer_auth(token);
    let answer = server.send(signed).await;
    assert_eq!((answer.status, answer.code()), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn metrics_count_operations_by_kind_name_and_outcome() {
    let server = TestServer::start().await;
    server.ask("query Own { __typename }").await;
    server.ask("query Own { __typename }").await;
    server.ask("mutation { __typename }").await;
    server.ask("query Wrong { nonsense }").await;
    server.ask("{").await;
    let response = server.client.get(server.url("/metrics")).send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    for line in [
        r#"kanvaro_requests_total{kind="query",name="Own",outcome="ok"} 2"#,
        r#"kanvaro_requests_total{kind="mutation",name="anonymous",outcome="ok"} 1"#,
        r#"kanvaro_requests_total{kind="query",name="other",outcome="refused"} 1"#,
        r#"kanvaro_requests_total{kind="none",name="anonymous",outcome="refused"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn only_the_named_origins_may_call_from_a_browser() {
    let origin = "https://app.example.org";
    let server = TestServer::with(Config {
        cors_origins: vec![origin.into()],
        ..Config::default()
    })
    .await;
    let preflight = |from: &'static str| {
        let request = server.client.request(reqwest::Method::OPTIONS, server.url("/graphql"));
        let request = request
            .header("origin", from)
            .header("access-control-request-method", "POST");
        request
            .header("access-control-request-headers", "content-type,authorization")
            .send()
    };
    let ours = preflight(origin).await.unwrap();
    assert_eq!(ours.status(), 200);
    assert_eq!(ours.headers()["access-control-allow-origin"], origin);
    assert_eq!(ours.headers()["access-control-allow-credentials"], "true");
    let foreign = preflight("https://evil.example.org").await.unwrap();
    assert!(foreign.headers().get("access-control-allow-origin").is_none());

    let silent = TestServer::start().await;
    let asked = silent
        .client
        .get(silent.url("/health"))
        .header("origin", origin)
        .send()
        .await
        .unwrap();
    assert!(asked.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_server_lives() {
    let server = TestServer::start().await;
    server.store.set(Mode::Panics);
    let answer = get(&server, "/ready").await;
    assert_eq!((answer.status, answer.code()), (500, "INTERNAL_SERVER_ERROR"));
    assert_eq!(answer.header("x-request-id").len(), 32);
    server.store.set(Mode::Works);
    assert_eq!(get(&server, "/ready").await.status, 200);
}

#[tokio::test]
async fn http_2_is_spoken_without_tls() {
    let server = TestServer::start().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    let request = client
        .post(server.url("/graphql"))
        .json(&json!({ "query": "{ __typename }" }));
    let response = request.send().await.unwrap();
    assert_eq!(
        (response.version(), response.status().as_u16()),
        (reqwest::Version::HTTP_2, 200)
    );
}

#[tokio::test]
async fn a_stop_finishes_what_runs_and_takes_nothing_new() {
    let mut server = TestServer::start().await;
    server.admin("ada@example.org").await;
    server.store.set(Mode::HoldsWrites);
    let running = tokio::spawn(server.post(&login("ada@example.org")).header("accept", RESPONSE).send());
    timeout(SOON, server.store.held()).await.unwrap();

    server.tell_to_stop();
    let refused = async {
        while !server.refuses().await {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, refused).await.unwrap();
    assert!(!running.is_finished());
    server.store.set(Mode::Works);
    let answer = Answer::of(running.await.unwrap().unwrap()).await;
    assert!(answer.body["data"]["login"]["token"].is_string(), "{}", answer.body);
    timeout(SOON, server.stopped()).await.unwrap();
}

#[tokio::test]
async fn a_stop_cuts_off_what_takes_longer_than_it_may() {
    let mut server = TestServer::with(Config {
        shutdown_seconds: 1,
        ..Config::default()
    })
    .await;
    server.admin("ada@example.org").await;
    server.store.set(Mode::HoldsWrites);
    let running = tokio::spawn(server.post(&login("ada@example.org")).send());
    timeout(SOON, server.store.held()).await.unwrap();
    let store = server.store.clone();
    server.tell_to_stop();
    timeout(SOON, server.stopped()).await.unwrap();
    assert!(running.await.unwrap().is_err());
    store.set(Mode::Works);
}

#[tokio::test]
async fn a_mutation_comes_to_its_end_though_the_client_hangs_up() {
    let server = TestServer::start().await;
    let admin = server.admin("ada@example.org").await;
    server.store.set(Mode::HoldsWrites);
    let body = login("ada@example.org").to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let stream = server.raw(format!("{head}{body}").as_bytes()).await;
    timeout(SOON, server.store.held()).await.unwrap();
    drop(stream);
    server.store.set(Mode::Works);
    // The last of the mutation's writes, after the one that was held.
    let noted = async {
        loop {
            let user: std::sync::Arc<kanvaro::model::User> = server.app.store.get(admin.id).await.unwrap().unwrap();
            if user.last_login_at.is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, noted).await.expect("the mutation went on to its end");
}

#[tokio::test]
async fn the_page_is_whole_in_itself_and_its_policy_fits_it() {
    let server = TestServer::start().await;
    let response = server.client.get(server.url("/plain")).send().await.unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let page = response.text().await.unwrap();
    for foreign in ["http://", "https://", "src=\"//", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for (element, directive) in [("script", "script-src"), ("style", "style-src")] {
        assert_eq!(page.matches(&format!("<{element}")).count(), 1, "one {element}");
        let content = page.split_once(&format!("<{element}>")).unwrap().1;
        let content = content.split_once(&format!("</{element}>")).unwrap().0;
        let hash = sha256(content);
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    assert!(
        !page.contains("style=") && !page.contains("onclick="),
        "the policy allows none inline"
    );
    assert!(
        policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"),
        "{policy}"
    );
}

fn sha256(text: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text))
}

#[tokio::test]
async fn the_examples_of_the_page_are_valid() {
    let server = TestServer::start().await;
    let page = server
        .client
        .get(server.url("/plain"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let listed = page
        .split_once("const examples = {")
        .unwrap()
        .1
        .split_once("\n};")
        .unwrap()
        .0;
    let examples = listed.trim().trim_end_matches(',');
    let examples: serde_json::Map<String, Value> = serde_json::from_str(&format!("{{{examples}}}")).unwrap();
    assert!(examples.len() >= 4);
    for (name, query) in examples {
        let variables = json!({ "project": "x", "text": "x" });
        let answer = server
            .send(server.post(&json!({ "query": query, "variables": variables })))
            .await;
        assert!(answer.body.get("data").is_some(), "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn where_the_page_is_off_the_root_names_the_api() {
    let server = TestServer::with(Config {
        playground: Some(false),
        ..Config::default()
    })
    .await;
    let answer = get(&server, "/").await;
    assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
    assert!(answer.message().contains("/graphql"));
}

#[tokio::test]
async fn every_log_line_of_a_request_bears_its_id() {
    for format in [LogFormat::Json, LogFormat::Text] {
        let logging = Logging::start(format);
        let server = TestServer::start().await;
        server.admin("ada@example.org").await;
        server.cache.set(Mode::Fails);
        logging.lines.clear();
        let request = server.post(&login("ada@example.org")).header("x-request-id", "mine-66");
        assert_eq!(request.send().await.unwrap().status(), 200);
        let text = logging.lines.text();
        assert!(
            text.contains("the cache can't be told") && text.contains("answered"),
            "{text}"
        );
        for line in text.lines() {
            assert!(line.contains("mine-66"), "{line}");
        }
    }
}
