//! Hits, misses and bypasses, what their headers say, and how few round trips a hit takes.

use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::model::Kind;
use reqwest::Method;
use serde_json::json;

use super::site::{Site, on_each_site};

const PROJECT: &str = "query Show($id: ID!) { project(id: $id) { name } }";
const VARY: &str = "accept, accept-encoding, authorization, cookie";

async fn the_second_time_it_is_a_hit(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    let first = site.ask(&ada, PROJECT, id.clone()).await;
    assert_eq!((first.cache(), first.header("age")), ("MISS", ""));
    site.kept(1).await;
    site.clock.advance(std::time::Duration::from_secs(7));
    let second = site.ask(&ada, PROJECT, id).await;
    assert_eq!((second.cache(), second.header("age")), ("HIT", "7"));
    assert_eq!((&second.body, second.status), (&first.body, 200));
    let ttl = |header: &str| header.parse::<u64>().unwrap();
    let left = ttl(first.header("x-cache-ttl"));
    assert!((270..=300).contains(&left), "{left}");
    assert_eq!(ttl(second.header("x-cache-ttl")), left - 7);
    for got in [first, second] {
        assert_eq!(got.header("cache-control"), "private, no-cache");
        assert!(got.header("etag").starts_with("W/\""), "{got:?}");
        assert!(got.headers.get_all("vary").iter().any(|vary| vary == VARY), "{got:?}");
    }
}

async fn a_hit_of_a_request_that_is_new_asks_the_store_nothing_and_the_cache_three_times(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    site.hit(&ada, PROJECT, id.clone()).await;
    let metrics = &site.app.metrics;
    let cache = || ["get_many", "put_many", "versions", "mark"].map(|verb| metrics.cache_calls(verb));
    let store = || {
        let calls = Kind::ALL.iter().flat_map(|kind| {
            ["get_many", "pages", "ids", "count", "count_by"].map(|verb| metrics.store_calls(verb, kind.collection()))
        });
        calls.sum::<u64>()
    };
    let (cached, stored) = (cache(), store());
    let request = site.request(Method::POST, &ada).header("accept", "application/json");
    let got = Site::send(request.json(&json!({ "query": PROJECT, "variables": id }))).await;
    assert_eq!(got.cache(), "HIT");
    assert_eq!(
        cache(),
        [cached[0] + 3, cached[1], cached[2], cached[3]],
        "identity, entry, versions"
    );
    assert_eq!(store(), stored);
}

async fn the_same_question_in_other_words_is_a_hit(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = site.project(&ada, "Website").await;
    site.hit(&ada, PROJECT, json!({ "id": id })).await;
    let spread = "# the page's head\nquery Show ( $id : ID!, ) {\n\tproject ( id: $id, ) { name, }\n}";
    let body = json!({ "query": spread, "operationName": "Show", "variables": { "unused": 1, "id": id } });
    assert_eq!(site.post(&ada, &body).await.cache(), "HIT");
    let url = [
        ("query", PROJECT.to_owned()),
        ("variables", json!({ "id": id }).to_string()),
    ];
    let get = Site::send(site.request(Method::GET, &ada).query(&url)).await;
    assert_eq!(get.cache(), "HIT");
    let other = PROJECT.replace("name", "name number");
    assert_eq!(site.ask(&ada, &other, json!({ "id": id })).await.cache(), "MISS");
}

async fn both_media_types_share_what_is_kept(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    site.hit(&ada, PROJECT, id.clone()).await;
    for media in ["application/json", "application/graphql-response+json"] {
        let request = site.request(Method::POST, &ada).header("accept", media);
        let got = Site::send(request.json(&json!({ "query": PROJECT, "variables": id }))).await;
        assert_eq!(
            (got.cache(), got.header("content-type").starts_with(media)),
            ("HIT", true)
        );
    }
}

async fn whoever_has_the_body_is_told_so(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    let id = json!({ "id": project });
    let body = json!({ "query": PROJECT, "variables": id });
    let etag = site.hit(&ada, PROJECT, id).await.header("etag").to_owned();
    let ask = |control: &'static str| {
        let request = site.request(Method::POST, &ada).header("if-none-match", &etag);
        Site::send(request.header("cache-control", control).json(&body))
    };
    for (control, cache) in [("max-age=0", "HIT"), ("no-cache", "BYPASS")] {
        let got = ask(control).await;
        assert_eq!((got.status, got.cache(), got.body.len()), (304, cache, 0), "{got:?}");
        assert_eq!(
            (got.header("etag"), got.header("cache-control")),
            (etag.as_str(), "private, no-cache")
        );
    }
    site.rename(&ada, &project, "Shop").await;
    let got = ask("max-age=0").await;
    assert_eq!((got.status, got.cache()), (200, "MISS"), "{got:?}");
    site.rename(&ada, &project, "Website").await;
    let made_anew = ask("max-age=0").await;
    assert_eq!((made_anew.status, made_anew.cache()), (304, "MISS"), "{made_anew:?}");
}

async fn what_is_not_to_be_kept_is_a_bypass_with_its_reason(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    let metrics = &site.app.metrics;
    let renamed = site.rename(&ada, &project, "Shop").await;
    assert_eq!(
        (renamed.cache(), renamed.header("cache-control")),
        ("BYPASS", "no-store")
    );
    assert_eq!(renamed.header("etag"), "");
    assert!(metrics.answers("bypass", "mutation") > 0);
    let cases = [
        ("{ nonsense }", "refused", "no-store"),
        ("{ node(id: \"nonsense\") { id } }", "error", "no-store"),
        (
            "{ tasks(first: 1000) { nodes { id } } viewer { role } }",
            "error",
            "no-store",
        ),
    ];
    for (query, reason, control) in cases {
        for _ in 0..2 {
            let before = metrics.answers("bypass", reason);
            let got = site.ask(&ada, query, json!({})).await;
            assert_eq!(
                (got.cache(), got.header("cache-control")),
                ("BYPASS", control),
                "{query}"
            );
            assert_eq!((got.header("etag"), got.header("x-cache-ttl")), ("", "0"), "{query}");
            assert_eq!(metrics.answers("bypass", reason), before + 1, "{query}");
        }
    }
}

async fn a_request_that_insists_on_a_new_answer_gets_one(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    site.hit(&ada, PROJECT, id.clone()).await;
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ] {
        let request = site.request(Method::POST, &ada).header(name, value);
        let got = Site::send(request.json(&json!({ "query": PROJECT, "variables": id }))).await;
        assert_eq!(got.cache(), "BYPASS", "{name}: {value}");
    }
    assert_eq!(site.app.metrics.answers("bypass", "request"), 3);
}

async fn each_operation_of_a_batch_is_looked_up(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    let one = site.hit(&ada, PROJECT, id.clone()).await;
    let names = "{ projects { nodes { name } } }";
    let batch = json!([{ "query": PROJECT, "variables": id }, { "query": names }]);
    let mixed = site.post(&ada, &batch).await;
    assert_eq!((mixed.cache(), &mixed.json()[0]), ("MISS", &one.json()));
    site.hit(&ada, names, json!({})).await;
    let both = site.post(&ada, &batch).await;
    assert_eq!((both.cache(), &both.body), ("HIT", &mixed.body));
    let request = site
        .request(Method::POST, &ada)
        .header("if-none-match", mixed.header("etag"));
    assert_eq!(Site::send(request.json(&batch)).await.status, 304);
}

on_each_site!(
    the_second_time_it_is_a_hit,
    a_hit_of_a_request_that_is_new_asks_the_store_nothing_and_the_cache_three_times,
    the_same_question_in_other_words_is_a_hit,
    both_media_types_share_what_is_kept,
    whoever_has_the_body_is_told_so,
    what_is_not_to_be_kept_is_a_bypass_with_its_reason,
    a_request_that_insists_on_a_new_answer_gets_one,
    each_operation_of_a_batch_is_looked_up,
);

#[tokio::test]
async fn switched_off_nothing_is_kept() {
    let config = Config {
        answer_seconds: 0,
        ..Config::default()
    };
    let site = Site::embedded_with(config).await;
    for _ in 0..2 {
        assert_eq!(site.ask("", "{ __typename }", json!({})).await.cache(), "BYPASS");
    }
    assert_eq!(site.app.metrics.answers("bypass", "off"), 2);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_kept() {
    let config = Config {
        answer_max_bytes: 40,
        ..Config::default()
    };
    let site = Site::embedded_with(config).await;
    site.hit("", "{ __typename }", json!({})).await;
    let long = "{ a: __typename b: __typename c: __typename }";
    assert_eq!(site.ask("", long, json!({})).await.cache(), "BYPASS");
    assert_eq!(site.app.metrics.answers("bypass", "large"), 1);
}

#[tokio::test]
async fn what_could_not_be_kept_is_not_looked_for_for_ten_seconds() {
    let config = Config {
        answer_max_bytes: 40,
        ..Config::default()
    };
    let site = Site::embedded_with(config).await;
    let looks = async || {
        let before = site.app.metrics.cache_calls("get_many");
        let long = "{ a: __typename b: __typename c: __typename }";
        site.ask("", long, json!({})).await;
        site.app.metrics.cache_calls("get_many") - before
    };
    assert_eq!([looks().await, looks().await], [1, 0]);
    site.clock.advance(Duration::from_secs(10));
    assert_eq!([looks().await, looks().await], [1, 0]);
}

#[tokio::test]
async fn a_cdn_may_keep_what_is_public_where_there_is_one() {
    let config = Config {
        answer_cdn_seconds: 60,
        ..Config::default()
    };
    let site = Site::embedded_with(config).await;
    let (_, ada) = site.admin("ada@example.org").await;
    let types = "{ __schema { queryType { name } } }";
    let public = site.ask("", types, json!({})).await;
    assert_eq!(public.header("cache-control"), "public, max-age=0, s-maxage=60");
    assert_eq!(public.header("cache-tag"), "api");
    site.kept(1).await;
    site.clock.advance(std::time::Duration::from_secs(10));
    let older = site.ask(&ada, types, json!({})).await;
    assert_eq!((older.cache(), older.header("age")), ("HIT", "10"));
    assert_eq!(older.header("cache-control"), "public, max-age=0, s-maxage=70");
    let own = site.ask(&ada, "{ viewer { role } }", json!({})).await;
    assert_eq!(own.header("cache-control"), "private, no-cache");
    assert_eq!(own.header("cache-tag"), "");
}
