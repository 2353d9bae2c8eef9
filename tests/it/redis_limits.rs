//! What Redis refuses or has forgotten: a full memory, flushed scripts, foreign values, thousands of keys.

use std::time::Duration;

use bytes::Bytes;
use kanvaro::cache::{Key, Mark, Put, TagState, version_key};
use kanvaro::model::Moment;

use crate::support::named::{key, many, tag};
use crate::support::redis::{LIMIT, Server, backend};

const LIFE: Duration = Duration::from_secs(60);

fn put(key: Key, bytes: usize) -> Put {
    (key, vec![7; bytes].into(), LIFE)
}

fn calls(server: &Server, command: &str) -> u64 {
    let info: String = server.run("INFO commandstats");
    let line = info
        .lines()
        .find(|line| line.starts_with(&format!("cmdstat_{command}:")));
    line.and_then(|line| line.split("calls=").nth(1)?.split(',').next()?.parse().ok())
        .unwrap_or(0)
}

#[tokio::test]
async fn a_full_memory_refuses_writes_and_still_answers_reads() {
    let server = Server::started();
    let (cache, tags) = (backend(&server.url(), LIMIT), [tag("a")]);
    cache.put_many(vec![put(key("a"), 10)]).await.unwrap();
    let _: () = server.run("CONFIG SET maxmemory-policy noeviction");
    let _: () = server.run("CONFIG SET maxmemory 1");
    let refusals = [
        cache.put_many(vec![put(key("b"), 10)]).await.unwrap_err(),
        cache.versions(&tags).await.unwrap_err(),
        cache.mark(&tags, Mark::new(LIFE)).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert!(refusal.to_string().contains("OOM"), "{refusal}");
    }
    let got = cache.get_many(&[key("a")], &tags).await.unwrap();
    assert_eq!(got.tags, [TagState::Absent]);
    assert!(got.values[0].is_some());
    let _: () = server.run("CONFIG SET maxmemory 0");
    cache.mark(&tags, Mark::new(LIFE)).await.unwrap();
}

#[tokio::test]
async fn scripts_are_sent_once_a_connection_and_again_when_they_were_flushed() {
    let server = Server::started();
    let (cache, tags) = (backend(&server.url(), LIMIT), many(tag, 100));
    let mark = Mark::new(LIFE);
    cache.mark(&tags, mark).await.unwrap();
    assert_eq!((calls(&server, "evalsha"), calls(&server, "eval")), (100, 0));
    let _: () = server.run("SCRIPT FLUSH");
    cache.settle(&tags, mark.id, Moment(3)).await.unwrap();
    let states = cache.versions(&tags).await.unwrap();
    assert!(
        states
            .iter()
            .all(|state| matches!(state, TagState::Current(_, Moment(3)))),
        "{states:?}"
    );
    cache.mark(&tags, mark).await.unwrap();
    assert_eq!(cache.versions(&tags).await.unwrap(), [TagState::Marked(Moment(3)); 100]);
}

#[tokio::test]
async fn a_tag_that_holds_no_text_is_foreign_until_it_is_settled() {
    let server = Server::started();
    let (cache, tags) = (backend(&server.url(), LIMIT), [tag("list"), tag("text")]);
    let [list, text] = tags.each_ref().map(version_key);
    let _: i64 = server.run(&format!("RPUSH {list} x"));
    let _: () = server.run(&format!("SET {text} hello"));
    assert_eq!(cache.versions(&tags).await.unwrap(), [TagState::Foreign; 2]);
    let mark = Mark::new(LIFE);
    cache.mark(&tags, mark).await.unwrap();
    assert_eq!(
        cache.versions(&tags).await.unwrap(),
        [TagState::Marked(Moment::NONE); 2]
    );
    cache.settle(&tags, mark.id, Moment::NONE).await.unwrap();
    let states = cache.get_many(&[], &tags).await.unwrap().tags;
    assert!(
        states.iter().all(|state| matches!(state, TagState::Current(..))),
        "{states:?}"
    );
}

#[tokio::test]
async fn thousands_of_keys_come_in_few_commands_of_bounded_size() {
    let server = Server::started();
    let cache = backend(&server.url(), LIMIT);
    let (keys, tags) = (many(key, 3_000), many(tag, 1_200));
    cache
        .put_many(keys.iter().map(|key| put(*key, 1_000)).collect())
        .await
        .unwrap();
    let states = cache.versions(&tags).await.unwrap();
    let got = cache.get_many(&keys, &tags).await.unwrap();
    let values = vec![Some(Bytes::from(vec![7; 1_000])); 3_000];
    assert!((got.values, got.tags) == (values, states));
    assert_eq!(calls(&server, "mget"), 6 + 3);
    cache.purge(&keys).await.unwrap();
    assert_eq!(calls(&server, "unlink"), 6);
    assert_eq!(server.run::<i64>("DBSIZE"), 1_200);
}

#[tokio::test]
async fn a_user_with_the_rights_that_the_docs_name_is_enough() {
    let server = Server::started();
    let _: () = server.run(
        "ACL SETUSER few on >geheim ~* -@all +mget +get +set +unlink +ping +info +eval +evalsha +script|load +time +select",
    );
    let url = server.url().replace("redis://", "redis://few:geheim@") + "/1";
    let (cache, tags) = (backend(&url, LIMIT), many(tag, 2));
    let mark = Mark::new(LIFE);
    cache.ping().await.unwrap();
    cache.versions(&tags).await.unwrap();
    cache.mark(&tags, mark).await.unwrap();
    let _: () = server.run("SCRIPT FLUSH");
    cache.settle(&tags, mark.id, Moment::NONE).await.unwrap();
    cache.put_many(vec![put(key("a"), 1)]).await.unwrap();
    let got = cache.get_many(&[key("a")], &tags).await.unwrap();
    assert!(
        got.values[0].is_some() && matches!(got.tags[1], TagState::Current(..)),
        "{got:?}"
    );
    cache.purge(&[key("a")]).await.unwrap();
}
