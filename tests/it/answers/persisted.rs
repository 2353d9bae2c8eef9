//! Automatic persisted queries: asked for by hash, sent along once.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::site::{Got, Site, on_each_site};

const QUERY: &str = "query Shown($with: Boolean!) { viewer @include(if: $with) { role } type: __typename }";

fn extensions(query: &str) -> Value {
    let hash = Sha256::digest(query);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn get(site: &Site, extensions: &Value) -> Got {
    let url = [
        ("extensions", extensions.to_string()),
        ("variables", json!({ "with": false }).to_string()),
        ("operationName", "Shown".to_owned()),
    ];
    Site::send(site.request(Method::GET, "").query(&url)).await
}

async fn register(site: &Site, query: &str, extensions: &Value) -> Got {
    let body = json!({ "query": query, "variables": { "with": false }, "extensions": extensions });
    site.post("", &body).await
}

async fn a_document_that_was_sent_once_is_known_by_its_hash(site: Site) {
    let by_hash = extensions(QUERY);
    let unknown = get(&site, &by_hash).await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (200, "PERSISTED_QUERY_NOT_FOUND")
    );
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown.header("cache-control"), "no-store");
    assert_eq!(
        register(&site, QUERY, &by_hash).await.data(),
        json!({ "type": "Query" })
    );
    assert_eq!(get(&site, &by_hash).await.data(), json!({ "type": "Query" }));
    let posted = site
        .post("", &json!({ "extensions": by_hash, "variables": { "with": true } }))
        .await;
    assert_eq!(posted.data(), json!({ "viewer": null, "type": "Query" }));
}

async fn other_processes_know_it_too(site: Site) {
    let (by_hash, other) = (extensions(QUERY), site.beside().await);
    register(&site, QUERY, &by_hash).await;
    for attempt in 0.. {
        let got = get(&other, &by_hash).await;
        if got.code().is_empty() {
            assert_eq!(got.data(), json!({ "type": "Query" }));
            return;
        }
        assert!(attempt < 200, "it is never known: {got:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn a_hash_that_is_not_the_documents_is_refused(site: Site) {
    let other = extensions("{ __typename }");
    assert_eq!(register(&site, QUERY, &other).await.code(), "BAD_USER_INPUT");
    assert_eq!(get(&site, &other).await.code(), "PERSISTED_QUERY_NOT_FOUND");
}

async fn a_document_that_is_not_valid_is_not_kept(site: Site) {
    for query in ["{ nonsense }", "query Shown($with: Boolean!) { a: ", "{ a(b: [[[ }"] {
        let by_hash = extensions(query);
        assert_eq!(
            register(&site, query, &by_hash).await.code(),
            "BAD_USER_INPUT",
            "{query}"
        );
        assert_eq!(
            get(&site, &by_hash).await.code(),
            "PERSISTED_QUERY_NOT_FOUND",
            "{query}"
        );
    }
}

on_each_site!(
    a_document_that_was_sent_once_is_known_by_its_hash,
    other_processes_know_it_too,
    a_hash_that_is_not_the_documents_is_refused,
    a_document_that_is_not_valid_is_not_kept,
);

#[tokio::test]
async fn a_malformed_request_is_told_what_is_wrong() {
    let site = Site::embedded().await;
    let hash = "ab".repeat(32);
    let cases = [
        (json!(1), "must be an object"),
        (json!({ "sha256Hash": hash }), "version must be 1"),
        (json!({ "version": 2, "sha256Hash": hash }), "version must be 1"),
        (json!({ "version": 1 }), "64 hexadecimal digits"),
        (json!({ "version": 1, "sha256Hash": 7 }), "64 hexadecimal digits"),
    ];
    for (persisted, expected) in cases {
        let got = site
            .post("", &json!({ "extensions": { "persistedQuery": persisted } }))
            .await;
        let message = got.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "BAD_USER_INPUT"),
            "{persisted}"
        );
        assert!(message.contains(expected), "{persisted}: {message}");
    }
}

#[tokio::test]
async fn what_is_neither_a_hash_nor_a_trusted_id_is_told_so() {
    let site = Site::embedded().await;
    for id in ["ab".to_owned(), "é".repeat(64)] {
        let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": id } });
        let got = site.post("", &json!({ "extensions": persisted })).await;
        assert_eq!(got.code(), "PERSISTED_QUERY_NOT_FOUND", "{id}");
        let with_text = json!({ "query": QUERY, "variables": { "with": false }, "extensions": persisted });
        let got = site.post("", &with_text).await;
        assert_eq!(got.code(), "BAD_USER_INPUT", "{id}");
        let message = got.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("must be 64 hexadecimal digits, or the id of a trusted document"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_mutation_by_hash_is_not_answered_to_a_get() {
    let site = Site::embedded().await;
    let query = "mutation Shown($with: Boolean!) { logout @include(if: $with) { signedOut } }";
    let by_hash = extensions(query);
    register(&site, query, &by_hash).await;
    assert_eq!(get(&site, &by_hash).await.status, 405);
}
