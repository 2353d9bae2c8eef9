//! The same request again: it gets the same answer with next to no work, and only while that is right.

use std::time::Duration;

use axum::http::Method;
use kanvaro::model::Role;
use serde_json::{Value, json};

use super::site::{Site, on_each_site};

const ME: &str = "{ viewer { user { email } role } }";
const PROJECT: &str = "query Show($id: ID!) { project(id: $id) { name } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_cache_in_the_process_it_is_answered_without_a_look_into_it() {
    let site = Site::embedded().await;
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    site.hit(&ada, PROJECT, id.clone()).await;
    let looks = || site.app.metrics.cache_calls("get_many");
    let before = looks();
    for _ in 0..5 {
        assert_eq!(site.ask(&ada, PROJECT, id.clone()).await.cache(), "HIT");
    }
    assert_eq!(looks(), before);
    let other = site.project(&ada, "Another").await;
    let before = looks();
    assert_eq!(site.ask(&ada, PROJECT, id.clone()).await.cache(), "HIT");
    assert_eq!(
        looks(),
        before + 1,
        "something has changed, so the versions are asked for once"
    );
    assert_eq!(site.ask(&ada, PROJECT, id.clone()).await.cache(), "HIT");
    assert_eq!(looks(), before + 1);
    site.rename(&ada, &other, "Not this one").await;
    site.rename(&ada, id["id"].as_str().unwrap(), "Shop").await;
    assert_eq!(site.ask(&ada, PROJECT, id).await.data()["project"]["name"], "Shop");
}

async fn whoever_is_no_longer_let_in_is_not_answered_again(site: Site) {
    let (organization, ada) = site.admin("ada@example.org").await;
    let bob = site.member(organization, "bob@example.org", Role::Viewer).await;
    for token in [&ada, &bob] {
        again(&site, token, ME, json!({})).await;
    }
    site.ask(&bob, "mutation { logout { userErrors { code } } }", json!({}))
        .await
        .data();
    assert_eq!(site.ask(&bob, ME, json!({})).await.code(), "UNAUTHENTICATED");
    assert_eq!(site.ask(&ada, ME, json!({})).await.data()["viewer"]["role"], "ADMIN");
    site.clock.advance(Duration::from_secs(400 * 86_400));
    assert_eq!(site.ask(&ada, ME, json!({})).await.code(), "UNAUTHENTICATED");
}

async fn everybody_gets_their_own_in_the_form_they_asked_for(site: Site) {
    let (organization, ada) = site.admin("ada@example.org").await;
    let bob = site.member(organization, "bob@example.org", Role::Viewer).await;
    for (token, email) in [(&ada, "ada@example.org"), (&bob, "bob@example.org")] {
        assert_eq!(
            again(&site, token, ME, json!({})).await["viewer"]["user"]["email"],
            email
        );
    }
    let nobody = site.ask("", ME, json!({})).await;
    assert_eq!(nobody.json()["data"]["viewer"], Value::Null);
    let form = "application/graphql-response+json";
    let request = site.request(Method::POST, &ada).header("accept", form);
    let got = Site::send(request.json(&json!({ "query": ME, "variables": {} }))).await;
    assert!(got.header("content-type").starts_with(form), "{got:?}");
    let batch = site.post(&ada, &json!([{ "query": ME, "variables": {} }])).await;
    assert!(batch.json().is_array(), "{batch:?}");
}

async fn its_age_is_told_and_its_end_is_kept(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    let first = site.hit(&ada, PROJECT, id.clone()).await;
    let number = |text: &str| text.parse::<u64>().unwrap();
    let life = number(first.header("x-cache-ttl"));
    site.clock.advance(Duration::from_secs(3));
    let later = site.ask(&ada, PROJECT, id.clone()).await;
    assert_eq!((later.cache(), later.header("age")), ("HIT", "3"));
    assert_eq!(number(later.header("x-cache-ttl")), life - 3);
    site.clock.advance(Duration::from_secs(life));
    assert_ne!(site.ask(&ada, PROJECT, id).await.cache(), "HIT");
}

/// The data of the same request, once it has been a hit twice.
async fn again(site: &Site, token: &str, query: &str, variables: Value) -> Value {
    site.hit(token, query, variables.clone()).await;
    let got = site.ask(token, query, variables).await;
    assert_eq!(got.cache(), "HIT");
    got.data()
}

on_each_site!(
    whoever_is_no_longer_let_in_is_not_answered_again,
    everybody_gets_their_own_in_the_form_they_asked_for,
    its_age_is_told_and_its_end_is_kept,
);
