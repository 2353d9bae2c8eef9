//! What `CacheBackend` promises, for every engine.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use kanvaro::cache::{CacheBackend, MemoryBackend, Put};
use tokio::time::sleep;

const LONG: Duration = Duration::from_secs(60);

/// An engine, and a prefix under which nobody else puts anything.
struct Subject {
    engine: Arc<dyn CacheBackend>,
    prefix: String,
}

impl Subject {
    fn new(engine: Arc<dyn CacheBackend>) -> Subject {
        let prefix = format!("test:{:032x}:", rand::random::<u128>());
        Subject { engine, prefix }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn put(&self, name: &str, value: impl Into<Bytes>, ttl: Duration) -> Put {
        (self.key(name), value.into(), ttl)
    }

    async fn puts(&self, pairs: &[(&str, &'static str)]) {
        let puts = pairs.iter().map(|(name, value)| self.put(name, *value, LONG)).collect();
        self.engine.put_many(puts).await.unwrap();
    }

    async fn get(&self, names: &[&str]) -> Vec<Option<Bytes>> {
        let keys: Vec<String> = names.iter().map(|name| self.key(name)).collect();
        self.engine.get_many(&keys).await.unwrap()
    }
}

fn some(text: &'static str) -> Option<Bytes> {
    Some(Bytes::from_static(text.as_bytes()))
}

macro_rules! promises {
    ($($promise:ident)*) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let engine = super::MemoryBackend::new(64 << 20);
                super::$promise(super::Subject::new(std::sync::Arc::new(engine))).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod redis {
            use crate::support::redis::{LIMIT, backend, shared_url};

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::Subject::new(backend(&shared_url(), LIMIT))).await;
            })*
        }
    };
}

promises! {
    values_come_in_the_order_of_their_keys
    a_key_asked_for_twice_is_answered_twice
    an_absent_key_is_none
    a_put_replaces_what_is_there
    the_last_of_two_puts_of_a_key_stands
    a_value_is_gone_when_its_time_has_run_out
    a_later_put_brings_its_own_time
    put_absent_puts_where_nothing_is
    put_absent_keeps_what_is_there_and_returns_it
    put_absent_puts_where_the_time_has_run_out
    put_absent_answers_in_the_order_of_its_keys
    concurrent_put_absent_agree_on_one_value
    a_put_during_put_absent_is_never_lost
    purge_takes_away_what_is_named_and_nothing_else
    a_value_of_four_megabytes_comes_back
    any_bytes_come_back_as_they_were
    a_thousand_keys_are_one_call
    nothing_asked_is_nothing_answered
    it_answers_a_ping
}

async fn values_come_in_the_order_of_their_keys(cache: Subject) {
    cache.puts(&[("a", "1"), ("b", "2"), ("c", "3")]).await;
    assert_eq!(cache.get(&["c", "a", "b"]).await, [some("3"), some("1"), some("2")]);
}

async fn a_key_asked_for_twice_is_answered_twice(cache: Subject) {
    cache.puts(&[("a", "1")]).await;
    assert_eq!(cache.get(&["a", "a"]).await, [some("1"), some("1")]);
}

async fn an_absent_key_is_none(cache: Subject) {
    cache.puts(&[("a", "1")]).await;
    assert_eq!(cache.get(&["x", "a", "y"]).await, [None, some("1"), None]);
}

async fn a_put_replaces_what_is_there(cache: Subject) {
    cache.puts(&[("a", "1")]).await;
    cache.puts(&[("a", "2")]).await;
    assert_eq!(cache.get(&["a"]).await, [some("2")]);
}

async fn the_last_of_two_puts_of_a_key_stands(cache: Subject) {
    cache.puts(&[("a", "1"), ("a", "2")]).await;
    assert_eq!(cache.get(&["a"]).await, [some("2")]);
}

async fn a_value_is_gone_when_its_time_has_run_out(cache: Subject) {
    let puts = vec![
        cache.put("short", "1", Duration::from_millis(100)),
        cache.put("long", "2", LONG),
    ];
    cache.engine.put_many(puts).await.unwrap();
    sleep(Duration::from_millis(250)).await;
    assert_eq!(cache.get(&["short", "long"]).await, [None, some("2")]);
}

async fn a_later_put_brings_its_own_time(cache: Subject) {
    for ttl in [Duration::from_millis(100), LONG] {
        cache.engine.put_many(vec![cache.put("a", "1", ttl)]).await.unwrap();
    }
    for ttl in [LONG, Duration::from_millis(100)] {
        cache.engine.put_many(vec![cache.put("b", "2", ttl)]).await.unwrap();
    }
    sleep(Duration::from_millis(250)).await;
    assert_eq!(cache.get(&["a", "b"]).await, [some("1"), None]);
}

async fn put_absent_puts_where_nothing_is(cache: Subject) {
    let there = cache.engine.put_absent(vec![cache.put("a", "1", LONG)]).await.unwrap();
    assert_eq!(there, ["1"]);
    assert_eq!(cache.get(&["a"]).await, [some("1")]);
}

async fn put_absent_keeps_what_is_there_and_returns_it(cache: Subject) {
    cache.puts(&[("a", "1")]).await;
    let there = cache.engine.put_absent(vec![cache.put("a", "2", LONG)]).await.unwrap();
    assert_eq!(there, ["1"]);
    assert_eq!(cache.get(&["a"]).await, [some("1")]);
}

async fn put_absent_puts_where_the_time_has_run_out(cache: Subject) {
    let put = cache.put("a", "1", Duration::from_millis(50));
    cache.engine.put_absent(vec![put]).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    let there = cache.engine.put_absent(vec![cache.put("a", "2", LONG)]).await.unwrap();
    assert_eq!(there, ["2"]);
}

async fn put_absent_answers_in_the_order_of_its_keys(cache: Subject) {
    cache.puts(&[("b", "there")]).await;
    let puts = ["c", "b", "a", "c"].map(|name| cache.put(name, name.to_owned(), LONG));
    let there = cache.engine.put_absent(puts.to_vec()).await.unwrap();
    assert_eq!(there, ["c", "there", "a", "c"]);
}

async fn concurrent_put_absent_agree_on_one_value(cache: Subject) {
    for round in 0..20 {
        let name = round.to_string();
        let racers = (0..16).map(|racer: u32| {
            let (engine, put) = (Arc::clone(&cache.engine), cache.put(&name, racer.to_string(), LONG));
            tokio::spawn(async move { engine.put_absent(vec![put]).await.unwrap().remove(0) })
        });
        let mut seen: HashSet<Bytes> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
        seen.extend(cache.get(&[&name]).await.remove(0));
        assert_eq!(seen.len(), 1, "{seen:?}");
    }
}

async fn a_put_during_put_absent_is_never_lost(cache: Subject) {
    for round in 0..50 {
        let name = round.to_string();
        let absent = (0..8).map(|racer: u32| cache.put(&name, format!("absent {racer}"), LONG));
        let racers: Vec<_> = absent
            .map(|put| {
                let engine = Arc::clone(&cache.engine);
                tokio::spawn(async move { engine.put_absent(vec![put]).await.unwrap() })
            })
            .collect();
        cache
            .engine
            .put_many(vec![cache.put(&name, "put", LONG)])
            .await
            .unwrap();
        assert_eq!(cache.get(&[&name]).await, [some("put")]);
        join_all(racers).await;
        assert_eq!(cache.get(&[&name]).await, [some("put")]);
    }
}

async fn purge_takes_away_what_is_named_and_nothing_else(cache: Subject) {
    cache.puts(&[("a", "1"), ("b", "2"), ("c", "3")]).await;
    let keys = [cache.key("a"), cache.key("c"), cache.key("never")];
    cache.engine.purge(&keys).await.unwrap();
    assert_eq!(cache.get(&["a", "b", "c"]).await, [None, some("2"), None]);
}

async fn a_value_of_four_megabytes_comes_back(cache: Subject) {
    let value: Vec<u8> = (0..4_u32 << 20).map(|place| (place % 251) as u8).collect();
    cache
        .engine
        .put_many(vec![cache.put("big", value.clone(), LONG)])
        .await
        .unwrap();
    assert!(cache.get(&["big"]).await == [Some(Bytes::from(value))]);
}

async fn any_bytes_come_back_as_they_were(cache: Subject) {
    let all: Vec<u8> = (0..=255).collect();
    let puts = vec![
        cache.put("all", all.clone(), LONG),
        cache.put("none", Bytes::new(), LONG),
    ];
    cache.engine.put_many(puts).await.unwrap();
    assert_eq!(cache.get(&["all", "none"]).await, [Some(Bytes::from(all)), some("")]);
}

async fn a_thousand_keys_are_one_call(cache: Subject) {
    let names: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    let puts = names.iter().map(|name| cache.put(name, name.clone(), LONG)).collect();
    cache.engine.put_many(puts).await.unwrap();
    let keys: Vec<String> = names.iter().map(|name| cache.key(name)).collect();
    let expected: Vec<Option<Bytes>> = names.into_iter().map(|name| Some(Bytes::from(name))).collect();
    assert_eq!(cache.engine.get_many(&keys).await.unwrap(), expected);
}

async fn nothing_asked_is_nothing_answered(cache: Subject) {
    assert!(cache.engine.get_many(&[]).await.unwrap().is_empty());
    assert!(cache.engine.put_absent(Vec::new()).await.unwrap().is_empty());
    cache.engine.put_many(Vec::new()).await.unwrap();
    cache.engine.purge(&[]).await.unwrap();
}

async fn it_answers_a_ping(cache: Subject) {
    cache.engine.ping().await.unwrap();
}
