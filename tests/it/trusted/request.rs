//! The ways in which clients name a document, and what they are told when there is none.

use serde_json::{Value, json};

use crate::support::server::PASSWORD;

use super::site::{Trusting, apollo, sha256};

const KIND: &str = "query Kind { __typename }";
/// Its MD5, as Relay's compiler names it.
const MD5: &str = "c57e94b6ab7c37361b9e4eab3bdcfd32";
const TWO: &str = "query A { a: __typename } query B { b: __typename }";
const LOGIN: &str = "mutation Login($input: LoginInput!) { login(input: $input) { token } }";

async fn site() -> Trusting {
    let hash = sha256(KIND);
    Trusting::these(&[(&hash, KIND), (MD5, KIND), ("two/v1", TWO), ("login", LOGIN)]).await
}

fn answered() -> Value {
    json!({ "data": { "__typename": "Query" } })
}

#[tokio::test]
async fn a_document_is_asked_for_by_its_id_in_every_way_that_clients_have() {
    let (site, hash) = (site().await, sha256(KIND));
    let prefixed = format!("sha256:{hash}");
    for body in [
        json!({ "extensions": apollo(&hash) }),
        json!({ "extensions": apollo(MD5), "operationName": "Kind" }),
        json!({ "documentId": prefixed }),
        json!({ "documentId": hash.to_uppercase(), "query": null }),
        json!({ "id": MD5, "query": "" }),
        json!({ "doc_id": MD5, "id": null, "variables": {} }),
        json!({ "doc_id": MD5, "id": MD5 }),
    ] {
        let got = site.post(&body).await;
        assert_eq!((got.status, &got.body), (200, &answered()), "{body}");
    }
    let extensions = apollo(&hash).to_string();
    for parameters in [
        ("extensions", extensions.as_str()),
        ("documentId", &prefixed),
        ("id", MD5),
        ("doc_id", MD5),
    ] {
        let got = site.get(&[parameters]).await;
        assert_eq!((got.status, &got.body), (200, &answered()), "{parameters:?}");
    }
}

#[tokio::test]
async fn an_id_of_any_form_may_stand_for_several_operations() {
    let site = site().await;
    for (name, expected) in [("A", json!({ "a": "Query" })), ("B", json!({ "b": "Query" }))] {
        let named = json!({ "documentId": "two/v1", "operationName": name });
        assert_eq!(site.post(&named).await.body["data"], expected);
        let named = json!({ "extensions": apollo("two/v1"), "operationName": name });
        assert_eq!(site.post(&named).await.body["data"], expected);
    }
    assert_eq!(
        site.post(&json!({ "documentId": "two/v1" })).await.code(),
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn each_operation_of_a_batch_may_have_its_own() {
    let site = site().await;
    let batch = json!([{ "doc_id": MD5 }, { "query": "{ a: __typename }" }, { "documentId": "none" }]);
    let got = site.post(&batch).await.body;
    assert_eq!((&got[0], &got[1]["data"]["a"]), (&answered(), &json!("Query")));
    assert_eq!(got[2]["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn the_answer_is_the_one_that_was_kept_for_the_text() {
    let site = site().await;
    let first = site.ask(&KIND.replace(' ', "\n")).await;
    let second = site.post(&json!({ "doc_id": MD5 })).await;
    assert_eq!((first.header("x-cache"), second.header("x-cache")), ("MISS", "HIT"));
    let last = site.get(&[("documentId", MD5)]).await;
    assert_eq!(last.header("x-cache"), "HIT");
}

#[tokio::test]
async fn a_mutation_by_its_id_is_not_answered_to_a_get() {
    let site = site().await;
    site.plain.admin("ada@example.com").await;
    let variables = json!({ "input": { "email": "ada@example.com", "password": PASSWORD } });
    let by_get = [("id", "login"), ("variables", &variables.to_string())];
    assert_eq!(site.get(&by_get).await.status, 405);
    let posted = site.post(&json!({ "id": "login", "variables": variables })).await;
    assert!(posted.body["data"]["login"]["token"].is_string(), "{}", posted.body);
}

#[tokio::test]
async fn an_id_that_is_unknown_is_told_as_its_protocol_does() {
    let site = site().await;
    let unknown = sha256("other");
    for body in [
        json!({ "extensions": apollo(&unknown) }),
        json!({ "documentId": unknown }),
    ] {
        let got = site.post(&body).await;
        assert_eq!(
            (got.code(), got.message()),
            ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"),
            "{body}"
        );
    }
    let got = site.post(&json!({ "doc_id": "Board-v7" })).await;
    assert_eq!(got.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert!(
        got.message()
            .starts_with("there is no document \"Board-v7\": send its text"),
        "{}",
        got.message()
    );
}

#[tokio::test]
async fn what_is_sent_once_by_its_hash_is_known_by_it_afterwards() {
    let (site, text) = (site().await, "{ later: __typename }");
    let register = json!({ "query": text, "extensions": apollo(&sha256(text)) });
    assert_eq!(site.post(&register).await.body["data"]["later"], "Query");
    let known = site
        .post(&json!({ "documentId": format!("sha256:{}", sha256(text)) }))
        .await;
    assert_eq!(known.body["data"]["later"], "Query");
}

#[tokio::test]
async fn a_text_that_comes_with_its_trusted_id_has_to_be_that() {
    let site = site().await;
    let own = json!({ "query": TWO, "operationName": "A", "extensions": apollo("two/v1") });
    assert_eq!(site.post(&own).await.body["data"]["a"], "Query");
    let other = json!({ "query": KIND, "extensions": apollo("two/v1") });
    let refused = site.post(&other).await;
    assert_eq!(refused.code(), "BAD_USER_INPUT");
    assert!(
        refused.message().contains("or the id of a trusted document"),
        "{}",
        refused.message()
    );
}

#[tokio::test]
async fn ids_that_cannot_be_meant_are_refused() {
    let site = site().await;
    for (body, said) in [
        (json!({ "id": 7 }), "id must be the id of a document, a string"),
        (
            json!({ "id": "a", "doc_id": "b" }),
            "id and doc_id name different documents",
        ),
        (json!({ "documentId": "" }), "documentId must be the id of a document"),
        (
            json!({}),
            "\"query\" is missing: the text of the GraphQL document; or \"documentId\"",
        ),
    ] {
        let got = site.post(&body).await;
        assert_eq!((got.status, got.code()), (400, "BAD_USER_INPUT"), "{body}");
        assert!(got.message().starts_with(said), "{body}: {}", got.message());
    }
    let with_text = json!({ "query": KIND, "id": 7, "doc_id": "none" });
    assert_eq!(site.post(&with_text).await.body, answered());
}
