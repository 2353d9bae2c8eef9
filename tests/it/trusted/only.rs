//! A server that answers trusted documents and nothing else.

use serde_json::json;

use super::site::{Trusting, apollo, sha256};

const KIND: &str = "query Kind($with: Boolean = true) { kind: __typename viewer @include(if: $with) { role } }";
const OTHER: &str = "{ other: __typename }";

async fn site() -> Trusting {
    Trusting::only_these(&[("kind", KIND)]).await
}

fn is_refused(answer: &crate::support::server::Answer) -> bool {
    let tells_the_way_out =
        answer.message().contains("--documents FILE") && answer.message().contains("--documents-only");
    answer.code() == "DOCUMENT_NOT_TRUSTED" && answer.body.get("data").is_none() && tells_the_way_out
}

#[tokio::test]
async fn its_documents_are_answered_by_id_and_by_text_however_that_is_laid_out() {
    let site = site().await;
    assert_eq!(site.post(&json!({ "id": "kind" })).await.body["data"]["kind"], "Query");
    assert_eq!(
        site.get(&[("id", "kind"), ("variables", "{\"with\":false}")])
            .await
            .body["data"],
        json!({ "kind": "Query" })
    );
    let spread = KIND.replace(' ', "\n  ") + " # the same";
    assert_eq!(site.ask(&spread).await.body["data"]["kind"], "Query");
}

#[tokio::test]
async fn anything_else_is_refused_with_the_way_out() {
    let site = site().await;
    let introspection = "query IntrospectionQuery { __schema { queryType { name } } }";
    for text in [
        OTHER,
        introspection,
        "{ nonsense",
        &KIND.replace("kind:", "kinds:"),
        "mutation { logout { signedOut } }",
    ] {
        let refused = site.ask(text).await;
        assert!(is_refused(&refused), "{text}: {}", refused.body);
    }
    for body in [
        json!({ "id": "other" }),
        json!({ "documentId": sha256(OTHER) }),
        json!({ "extensions": apollo(&sha256(OTHER)) }),
        json!({ "extensions": apollo("other") }),
    ] {
        let refused = site.post(&body).await;
        assert!(is_refused(&refused), "{body}: {}", refused.body);
    }
    assert!(is_refused(&site.get(&[("query", OTHER)]).await));
    assert_eq!(site.ask(OTHER).await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn one_refusal_in_a_batch_leaves_the_others_alone() {
    let got = site()
        .await
        .post(&json!([{ "id": "kind" }, { "query": OTHER }]))
        .await
        .body;
    assert_eq!(got[0]["data"]["kind"], "Query");
    assert_eq!(got[1]["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
}

#[tokio::test]
async fn nothing_is_learnt_from_requests_nor_from_servers_with_the_same_cache() {
    let site = site().await;
    let by_hash = apollo(&sha256(OTHER));
    let register = json!({ "query": OTHER, "extensions": by_hash });
    assert!(is_refused(&site.post(&register).await));
    let elsewhere = site.plain.send(site.plain.post(&register)).await;
    assert_eq!(elsewhere.body["data"]["other"], "Query");
    let known = site
        .plain
        .send(site.plain.post(&json!({ "extensions": by_hash })))
        .await;
    assert_eq!(known.body["data"]["other"], "Query");
    assert!(is_refused(&site.post(&json!({ "extensions": by_hash })).await));
}

#[tokio::test]
async fn the_text_of_a_trusted_document_may_come_with_its_hash() {
    let site = site().await;
    let (hash, body) = (apollo(&sha256(KIND)), json!({ "query": KIND }));
    let mut with_hash = body.clone();
    with_hash["extensions"] = hash.clone();
    assert_eq!(site.post(&with_hash).await.body["data"]["kind"], "Query");
    assert!(is_refused(&site.post(&json!({ "extensions": hash })).await));
}
