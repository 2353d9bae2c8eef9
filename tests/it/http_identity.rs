//! Who a request is taken for: by its token in `Authorization` or in the cookie.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::server::{Answer, PASSWORD, RESPONSE, TestServer};

const ROLE: &str = "{ viewer { role } }";

async fn with(server: &TestServer, name: &str, value: &str, accept: &str) -> Answer {
    let request = server.post(&json!({ "query": ROLE })).header(name, value);
    Answer::of(request.header("accept", accept).send().await.unwrap()).await
}

#[tokio::test]
async fn a_token_admits_by_header_and_by_cookie() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    for (name, value) in [
        ("authorization", format!("Bearer {token}")),
        ("authorization", format!("bearer {token}")),
        ("cookie", format!("theme=dark; kanvaro_session={token}")),
    ] {
        let answer = with(&server, name, &value, RESPONSE).await;
        assert_eq!(
            answer.body["data"]["viewer"]["role"], "ADMIN",
            "{name}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn without_a_token_nobody_is_signed_in() {
    let server = TestServer::start().await;
    assert_eq!(server.ask(ROLE).await.body, json!({ "data": { "viewer": null } }));
    let other = with(&server, "authorization", "Basic YTpi", RESPONSE).await;
    assert_eq!(other.body, json!({ "data": { "viewer": null } }));
}

#[tokio::test]
async fn a_sent_token_that_does_not_admit_is_refused_and_a_stale_cookie_is_not() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let altered = format!("{}{}", &token[..74], if token.ends_with('A') { 'E' } else { 'A' });
    for wrong in ["", "nonsense", &altered] {
        let refused = with(&server, "authorization", &format!("Bearer {wrong}"), RESPONSE).await;
        assert_eq!((refused.status, refused.code()), (401, "UNAUTHENTICATED"), "{wrong}");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        let as_json = with(&server, "authorization", &format!("Bearer {wrong}"), "application/json").await;
        assert_eq!((as_json.status, as_json.code()), (200, "UNAUTHENTICATED"));
        let stale = with(&server, "cookie", &format!("kanvaro_session={wrong}"), RESPONSE).await;
        assert_eq!(stale.body, json!({ "data": { "viewer": null } }));
    }
}

#[tokio::test]
async fn a_session_that_has_ended_admits_no_more() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    server.clock.advance(Duration::from_secs(31 * 86_400));
    let answer = with(&server, "authorization", &format!("Bearer {token}"), RESPONSE).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_session_that_is_used_lives_on() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let writes = || server.app.metrics.store_calls("write", "all");
    for _ in 0..3 {
        server.clock.advance(Duration::from_secs(20 * 86_400));
        let before = writes();
        let answer = with(&server, "cookie", &format!("kanvaro_session={token}"), RESPONSE).await;
        assert_eq!(answer.body["data"]["viewer"]["role"], "ADMIN");
        let cookie = answer.header("set-cookie");
        assert!(
            cookie.starts_with(&format!("kanvaro_session={token};")),
            "the browser keeps it as long: {cookie}"
        );
        // The renewal runs beside the request.
        let renewed = async {
            while writes() == before {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), renewed).await.unwrap();
        let rested = with(&server, "cookie", &format!("kanvaro_session={token}"), RESPONSE).await;
        assert_eq!(rested.body["data"]["viewer"]["role"], "ADMIN");
    }
}

#[tokio::test]
async fn session_and_user_are_one_batch() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let calls = || {
        let store = ["sessions", "users"].map(|of| server.app.metrics.store_calls("get_many", of));
        (server.app.metrics.cache_calls("get_many"), store)
    };
    let before = calls();
    with(&server, "authorization", &format!("Bearer {token}"), RESPONSE).await;
    let after = calls();
    assert_eq!(
        after.0 - before.0,
        2,
        "one multi-get for session, user and the viewer's role, and one that finds no answer kept"
    );
    assert_eq!([after.1[0] - before.1[0], after.1[1] - before.1[1]], [1, 1]);
}

#[tokio::test]
async fn signing_in_sets_the_cookie_and_signing_out_clears_it() {
    let server = TestServer::start().await;
    server.admin("ada@example.org").await;
    let login = json!({
        "query": "mutation($input: LoginInput!) { login(input: $input) { token } }",
        "variables": { "input": { "email": "ada@example.org", "password": PASSWORD } },
    });
    let answer = server.send(server.post(&login)).await;
    let token = answer.body["data"]["login"]["token"].as_str().unwrap().to_owned();
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with(&format!("kanvaro_session={token}; HttpOnly; SameSite=Lax")),
        "{cookie}"
    );

    let logout = server.post(&json!({ "query": "mutation { logout { signedOut } }" }));
    let answer = server
        .send(logout.header("cookie", format!("kanvaro_session={token}")))
        .await;
    assert!(
        answer.header("set-cookie").contains("Max-Age=0"),
        "{}",
        answer.header("set-cookie")
    );
    let after = with(&server, "authorization", &format!("Bearer {token}"), RESPONSE).await;
    assert_eq!(after.status, 401);
}

#[tokio::test]
async fn a_batch_runs_its_mutations_in_order() {
    let server = TestServer::start().await;
    let token = server.token("ada@example.org").await;
    let ask = |query: &str| json!({ "query": query });
    let batch = Value::Array(vec![
        ask(ROLE),
        ask("mutation { logout { signedOut } }"),
        ask("mutation { logout { signedOut } }"),
    ]);
    let answer = server.send(server.post(&batch).bearer_auth(token)).await;
    assert_eq!(answer.body[0]["data"]["viewer"]["role"], "ADMIN");
    assert_eq!(answer.body[1]["data"]["logout"]["signedOut"], true);
    assert_eq!(answer.body.as_array().map(Vec::len), Some(3));
}
