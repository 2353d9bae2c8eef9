//! What stands in an answer's place in Redis and is none of ours is a miss, and is replaced.

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use serde_json::json;

use super::site::Site;

const QUERY: &str = "{ organization { name } }";

async fn connect(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn answers(redis: &mut MultiplexedConnection) -> Vec<String> {
    redis.keys("api:*").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_is_a_miss_and_is_replaced() {
    let (site, url) = Site::scaled().await;
    let (_, ada) = site.admin("ada@example.org").await;
    let right = site.hit(&ada, QUERY, json!({})).await;
    let mut redis = connect(&url).await;
    let keys = answers(&mut redis).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    let whole: Vec<u8> = redis.get(&keys[0]).await.unwrap();
    let junk: [&[u8]; 5] = [
        b"",
        b"junk",
        &whole[1..],
        &whole[..whole.len() - 1],
        &[&whole[..], b"x"].concat(),
    ];
    for bytes in junk {
        let before = site.app.metrics.answers("miss", "unreadable");
        let () = redis.set(&keys[0], bytes).await.unwrap();
        let got = site.ask(&ada, QUERY, json!({})).await;
        assert_eq!((got.cache(), &got.body), ("MISS", &right.body));
        assert_eq!(site.app.metrics.answers("miss", "unreadable"), before + 1);
        site.hit(&ada, QUERY, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_under_the_key_of_another_is_a_miss() {
    let (site, url) = Site::scaled().await;
    let (_, ada) = site.admin("ada@example.org").await;
    site.hit(&ada, QUERY, json!({})).await;
    let mut redis = connect(&url).await;
    let first = answers(&mut redis).await.remove(0);
    let other = "{ viewer { role } }";
    let right = site.hit(&ada, other, json!({})).await;
    let second = answers(&mut redis).await.into_iter().find(|key| *key != first).unwrap();
    let foreign: Vec<u8> = redis.get(&first).await.unwrap();
    let () = redis.set(&second, foreign).await.unwrap();
    let got = site.ask(&ada, other, json!({})).await;
    assert_eq!((got.cache(), &got.body), ("MISS", &right.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_expires() {
    let (site, url) = Site::scaled().await;
    let (_, ada) = site.admin("ada@example.org").await;
    site.hit(&ada, QUERY, json!({})).await;
    let mut redis = connect(&url).await;
    for key in answers(&mut redis).await {
        let rest: i64 = redis.ttl(&key).await.unwrap();
        assert!((1..=600).contains(&rest), "{key}: {rest}");
    }
}
