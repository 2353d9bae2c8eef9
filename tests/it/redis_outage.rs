//! Redis that isn't there, goes away, hangs, comes back, or holds what isn't ours: calls fail in time and then work again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kanvaro::cache::{CacheBackend, CacheError, Mark, version_key};
use tokio::time::sleep;

use crate::support::named::{key, tag};
use crate::support::redis::{LIMIT, Server, backend, try_backend};

const SHORT: Duration = Duration::from_millis(1_000);
/// What "at once" may take on a busy machine; far below every timeout here.
const AT_ONCE: Duration = Duration::from_millis(500);

async fn put_and_get(cache: &dyn CacheBackend) -> Result<Option<Bytes>, CacheError> {
    let put = (key("key"), Bytes::from_static(b"value"), Duration::from_secs(60));
    cache.put_many(vec![put]).await?;
    Ok(cache.get_many(&[key("key")], &[]).await?.values.remove(0))
}

async fn works_again(cache: &Arc<dyn CacheBackend>) {
    let start = Instant::now();
    while put_and_get(&**cache).await.ok().flatten().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never works again");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn fails_at_once(cache: &Arc<dyn CacheBackend>) {
    let start = Instant::now();
    cache.ping().await.unwrap_err();
    assert!(start.elapsed() < AT_ONCE, "it took {:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_comes_later_is_found() {
    let mut server = Server::absent();
    let cache = backend(&server.url(), SHORT);
    cache.ping().await.unwrap_err();
    fails_at_once(&cache).await;
    server.start();
    works_again(&cache).await;
}

#[tokio::test]
async fn the_first_call_waits_for_the_connection() {
    let server = Server::started();
    let found = put_and_get(&*backend(&server.url(), LIMIT)).await.unwrap();
    assert_eq!(found, Some(Bytes::from_static(b"value")));
}

#[tokio::test]
async fn a_server_that_dies_fails_calls_at_once_until_it_is_back() {
    let mut server = Server::started();
    let cache = backend(&server.url(), LIMIT);
    cache.ping().await.unwrap();
    server.stop();
    fails_at_once(&cache).await;
    fails_at_once(&cache).await;
    server.start();
    works_again(&cache).await;
}

#[tokio::test]
async fn a_server_that_hangs_costs_one_timeout_and_then_nothing() {
    let server = Server::started();
    let cache = backend(&server.url(), SHORT);
    cache.ping().await.unwrap();
    server.freeze();
    let start = Instant::now();
    cache.ping().await.unwrap_err();
    assert!(start.elapsed() <= SHORT + AT_ONCE, "it took {:?}", start.elapsed());
    fails_at_once(&cache).await;
    server.thaw();
    works_again(&cache).await;
}

#[tokio::test]
async fn a_server_that_hangs_from_the_start_costs_no_more_than_the_limit() {
    let server = Server::started();
    server.freeze();
    let cache = backend(&server.url(), SHORT);
    let start = Instant::now();
    cache.ping().await.unwrap_err();
    assert!(start.elapsed() <= SHORT + AT_ONCE, "it took {:?}", start.elapsed());
    server.thaw();
    works_again(&cache).await;
}

#[tokio::test]
async fn a_key_that_holds_no_text_is_none_and_can_be_put() {
    let server = Server::started();
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let _: i64 = redis::cmd("RPUSH")
        .arg(key("key").to_string())
        .arg("x")
        .query_async(&mut connection)
        .await
        .unwrap();
    let cache = backend(&server.url(), LIMIT);
    assert_eq!(cache.get_many(&[key("key")], &[]).await.unwrap().values, [None]);
    assert_eq!(put_and_get(&*cache).await.unwrap(), Some(Bytes::from_static(b"value")));
}

#[tokio::test]
async fn every_put_expires_and_nothing_looks_through_all_keys() {
    let server = Server::started();
    let cache = backend(&server.url(), LIMIT);
    put_and_get(&*cache).await.unwrap();
    let tags = ["a", "b"].map(tag);
    cache.versions(&tags).await.unwrap();
    cache.mark(&tags[1..], Mark::new(LIMIT)).await.unwrap();
    cache.purge(&[key("other")]).await.unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    for key in [key("key").to_string(), version_key(&tags[0]), version_key(&tags[1])] {
        let rest: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!((1..=86_400_000).contains(&rest), "{key}: {rest}");
    }
    let info: String = redis::cmd("INFO")
        .arg("commandstats")
        .query_async(&mut connection)
        .await
        .unwrap();
    for used in ["set", "mget", "get", "unlink"] {
        assert!(info.contains(&format!("cmdstat_{used}:")), "{used} in {info}");
    }
    for never in ["keys", "scan", "del", "flushall", "multi"] {
        assert!(!info.contains(&format!("cmdstat_{never}:")), "{never} in {info}");
    }
}

#[tokio::test]
async fn an_error_never_shows_the_password() {
    for url in [
        "redis://:hunter2@127.0.0.1:1",
        "redis://:hunter2@",
        "redis+cluster://:hunter2@127.0.0.1:1,127.0.0.1:2",
    ] {
        let made = try_backend(url, SHORT, None);
        let error = match made {
            Err(error) => error,
            Ok(cache) => cache.ping().await.unwrap_err(),
        };
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
