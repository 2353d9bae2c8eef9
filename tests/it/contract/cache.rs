//! What `CacheBackend` promises, for every engine.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use kanvaro::cache::{CacheBackend, Got, Key, Mark, MemoryBackend, Put, TagState, Version};
use kanvaro::model::{Moment, Tag};
use tokio::time::sleep;

use crate::support::named;

const LONG: Duration = Duration::from_secs(60);

/// An engine, and a prefix of names that nobody else has.
struct Subject {
    engine: Arc<dyn CacheBackend>,
    prefix: String,
    /// Whether it counts changes.
    counts: bool,
}

impl Subject {
    fn new(engine: Arc<dyn CacheBackend>) -> Subject {
        let prefix = format!("{:032x}", rand::random::<u128>());
        Subject {
            engine,
            prefix,
            counts: false,
        }
    }

    /// One that counts changes; the others have to be asked.
    fn counting(engine: Arc<dyn CacheBackend>) -> Subject {
        Subject {
            counts: true,
            ..Subject::new(engine)
        }
    }

    fn key(&self, name: &str) -> Key {
        named::key(&format!("{}{name}", self.prefix))
    }

    fn put(&self, name: &str, value: impl Into<Bytes>, ttl: Duration) -> Put {
        (self.key(name), value.into(), ttl)
    }

    async fn puts(&self, pairs: &[(&str, &'static str)]) {
        let puts = pairs.iter().map(|(name, value)| self.put(name, *value, LONG)).collect();
        self.engine.put_many(puts).await.unwrap();
    }

    async fn get(&self, names: &[&str]) -> Vec<Option<Bytes>> {
        let keys: Vec<Key> = names.iter().map(|name| self.key(name)).collect();
        self.engine.get_many(&keys, &[]).await.unwrap().values
    }
}

impl Subject {
    fn tags(&self, names: &[&str]) -> Vec<Tag> {
        let tag = |name: &&str| named::tag(&format!("{}{name}", self.prefix));
        names.iter().map(tag).collect()
    }

    async fn state(&self, name: &str) -> TagState {
        let tags = self.tags(&[name]);
        self.engine.get_many(&[], &tags).await.unwrap().tags.remove(0)
    }

    /// The version that a tag has or is given.
    async fn version(&self, name: &str) -> Version {
        let states = self.engine.versions(&self.tags(&[name])).await.unwrap();
        let [TagState::Current(version, _)] = states[..] else {
            panic!("{states:?}");
        };
        version
    }

    async fn mark(&self, name: &str, life: Duration) -> Mark {
        let mark = Mark::new(life);
        self.engine.mark(&self.tags(&[name]), mark).await.unwrap();
        mark
    }

    /// How many changes it has counted. One that is told of them may wait for a moment until it can vouch for its count.
    async fn changes(&self) -> Option<u64> {
        let start = Instant::now();
        while self.counts && self.engine.changes().is_none() && start.elapsed() < LONG {
            sleep(Duration::from_millis(10)).await;
        }
        self.engine.changes()
    }

    async fn settle(&self, name: &str, mark: Mark) {
        let tags = self.tags(&[name]);
        self.engine.settle(&tags, mark.id, Moment::NONE).await.unwrap();
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
                super::$promise(super::Subject::counting(std::sync::Arc::new(engine))).await;
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

        #[cfg(feature = "redis")]
        mod validated {
            use crate::support::levels::Leveled;
            use crate::support::redis::shared_url;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::Subject::new(Leveled::validated(&shared_url()).engine)).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod tracked {
            use crate::support::levels::Leveled;
            use crate::support::redis::shared_url;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::Subject::counting(Leveled::tracked(&shared_url()).await.engine)).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod redis_cluster {
            use crate::support::redis::{LIMIT, backend, shared_cluster_url};

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::Subject::new(backend(&shared_cluster_url(), LIMIT))).await;
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
    purge_takes_away_what_is_named_and_nothing_else
    a_key_exists_while_it_holds_a_value
    a_value_of_four_megabytes_comes_back
    any_bytes_come_back_as_they_were
    a_thousand_keys_are_one_call
    nothing_asked_is_nothing_answered
    a_tag_has_no_version_until_it_is_asked_to
    a_version_stays_until_a_write_settles
    all_who_ask_for_a_version_at_once_get_the_same
    a_tag_is_marked_until_the_last_write_settles
    a_mark_runs_out_into_no_version
    marking_again_prolongs_the_own_mark_only
    settling_renews_also_where_the_mark_has_run_out
    a_write_that_was_alone_knows_the_version_that_it_settles
    a_write_that_was_not_alone_settles_another_version_than_it_was_told
    a_settled_tag_carries_the_moment_of_the_write
    the_moment_of_the_last_write_outlives_marks_and_refused_writes
    where_changes_are_counted_none_is_missed
    values_and_states_come_in_one_call
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

async fn purge_takes_away_what_is_named_and_nothing_else(cache: Subject) {
    cache.puts(&[("a", "1"), ("b", "2"), ("c", "3")]).await;
    let keys = [cache.key("a"), cache.key("c"), cache.key("never")];
    cache.engine.purge(&keys).await.unwrap();
    assert_eq!(cache.get(&["a", "b", "c"]).await, [None, some("2"), None]);
}

async fn a_key_exists_while_it_holds_a_value(cache: Subject) {
    let puts = vec![
        cache.put("empty", "", LONG),
        cache.put("purged", "1", LONG),
        cache.put("short", "2", Duration::from_millis(100)),
    ];
    cache.engine.put_many(puts).await.unwrap();
    let keys = ["never", "empty", "purged", "short", "empty"].map(|name| cache.key(name));
    let before = cache.engine.exists(&keys).await.unwrap();
    cache.engine.purge(&[cache.key("purged")]).await.unwrap();
    sleep(Duration::from_millis(250)).await;
    let after = cache.engine.exists(&keys).await.unwrap();
    assert_eq!(before, [false, true, true, true, true]);
    assert_eq!(after, [false, true, false, false, true]);
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
    let keys: Vec<Key> = names.iter().map(|name| cache.key(name)).collect();
    let expected: Vec<Option<Bytes>> = names.into_iter().map(|name| Some(Bytes::from(name))).collect();
    assert_eq!(cache.engine.get_many(&keys, &[]).await.unwrap().values, expected);
}

async fn nothing_asked_is_nothing_answered(cache: Subject) {
    assert_eq!(cache.engine.get_many(&[], &[]).await.unwrap(), Got::default());
    assert!(cache.engine.versions(&[]).await.unwrap().is_empty());
    cache.engine.mark(&[], Mark::new(LONG)).await.unwrap();
    cache.engine.settle(&[], 1, Moment::NONE).await.unwrap();
    cache.engine.put_many(Vec::new()).await.unwrap();
    cache.engine.purge(&[]).await.unwrap();
    assert!(cache.engine.exists(&[]).await.unwrap().is_empty());
}

async fn it_answers_a_ping(cache: Subject) {
    cache.engine.ping().await.unwrap();
}

async fn a_tag_has_no_version_until_it_is_asked_to(cache: Subject) {
    assert_eq!(cache.state("a").await, TagState::Absent);
    let version = cache.version("a").await;
    assert_eq!(cache.state("a").await, TagState::Current(version, Moment::NONE));
}

async fn a_version_stays_until_a_write_settles(cache: Subject) {
    let before = cache.version("a").await;
    assert_eq!(cache.version("a").await, before);
    let mark = cache.mark("a", LONG).await;
    cache.settle("a", mark).await;
    assert_ne!(cache.version("a").await, before);
}

async fn all_who_ask_for_a_version_at_once_get_the_same(cache: Subject) {
    let cache = Arc::new(cache);
    for round in 0..20 {
        let racers = (0..16).map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.version(&round.to_string()).await })
        });
        let seen: HashSet<Version> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(seen.len(), 1, "{seen:?}");
    }
}

async fn the_moment_of_the_last_write_outlives_marks_and_refused_writes(cache: Subject) {
    // As MongoDB's are, longer than what a double holds exactly.
    let [early, late] = [7_700_000_000_000_000_001, 7_700_000_000_000_000_002].map(Moment);
    let settle = async |mark: Mark, moment| {
        let tags = cache.tags(&["a"]);
        cache.engine.settle(&tags, mark.id, moment).await.unwrap();
    };
    let moment = async || match cache.state("a").await {
        TagState::Current(_, moment) | TagState::Marked(moment) => moment,
        other => panic!("{other:?}"),
    };
    let (one, other) = (cache.mark("a", LONG).await, cache.mark("a", LONG).await);
    settle(one, late).await;
    assert_eq!(
        cache.state("a").await,
        TagState::Marked(late),
        "another write is under way"
    );
    settle(other, Moment::NONE).await;
    assert_eq!(moment().await, late, "the other was refused");
    let next = cache.mark("a", LONG).await;
    assert_eq!(cache.state("a").await, TagState::Marked(late));
    settle(next, early).await;
    assert_eq!(moment().await, late, "told later, done before");
    settle(Mark::new(LONG), Moment(late.0 + 1)).await;
    assert_eq!(moment().await, Moment(late.0 + 1));
}

async fn where_changes_are_counted_none_is_missed(cache: Subject) {
    cache.version("a").await;
    let before = cache.changes().await;
    let mark = cache.mark("a", LONG).await;
    let marked = cache.changes().await;
    cache.settle("a", mark).await;
    let counts = [before, marked, cache.changes().await];
    match cache.counts {
        true => assert!(
            before.is_some() && counts.is_sorted_by(|one, next| one < next),
            "{counts:?}"
        ),
        false => assert_eq!(counts, [None; 3]),
    }
}

async fn a_tag_is_marked_until_the_last_write_settles(cache: Subject) {
    let before = cache.version("a").await;
    let (one, other) = (cache.mark("a", LONG).await, cache.mark("a", LONG).await);
    assert_eq!(cache.state("a").await, TagState::Marked(Moment::NONE));
    cache.settle("a", one).await;
    assert_eq!(cache.state("a").await, TagState::Marked(Moment::NONE));
    assert_eq!(
        cache.engine.versions(&cache.tags(&["a"])).await.unwrap(),
        [TagState::Marked(Moment::NONE)]
    );
    cache.settle("a", other).await;
    assert_ne!(cache.version("a").await, before);
}

async fn a_mark_runs_out_into_no_version(cache: Subject) {
    let before = cache.version("a").await;
    cache.mark("a", Duration::from_millis(100)).await;
    sleep(Duration::from_millis(250)).await;
    assert_eq!(cache.state("a").await, TagState::Absent);
    assert_ne!(cache.version("a").await, before);
}

async fn marking_again_prolongs_the_own_mark_only(cache: Subject) {
    let own = cache.mark("a", Duration::from_millis(200)).await;
    cache.mark("a", Duration::from_millis(200)).await;
    cache
        .engine
        .mark(&cache.tags(&["a"]), Mark { life: LONG, ..own })
        .await
        .unwrap();
    sleep(Duration::from_millis(400)).await;
    assert_eq!(cache.state("a").await, TagState::Marked(Moment::NONE), "the own stands");
    cache.settle("a", own).await;
    assert_ne!(
        cache.state("a").await,
        TagState::Marked(Moment::NONE),
        "the other had run out"
    );
}

async fn settling_renews_also_where_the_mark_has_run_out(cache: Subject) {
    let mark = cache.mark("a", Duration::from_millis(50)).await;
    sleep(Duration::from_millis(200)).await;
    let meanwhile = cache.version("a").await;
    cache.settle("a", mark).await;
    assert_ne!(cache.version("a").await, meanwhile);
}

async fn a_settled_tag_carries_the_moment_of_the_write(cache: Subject) {
    let tags = cache.tags(&["a"]);
    cache.engine.settle(&tags, 1, Moment(7 << 32 | 3)).await.unwrap();
    let state = cache.state("a").await;
    assert!(
        matches!(state, TagState::Current(_, Moment(moment)) if moment == 7 << 32 | 3),
        "{state:?}"
    );
}

async fn values_and_states_come_in_one_call(cache: Subject) {
    cache.puts(&[("a", "1")]).await;
    let version = cache.version("b").await;
    cache.mark("c", LONG).await;
    let keys = [cache.key("x"), cache.key("a")];
    let got = cache
        .engine
        .get_many(&keys, &cache.tags(&["c", "b", "d"]))
        .await
        .unwrap();
    let current = TagState::Current(version, Moment::NONE);
    assert_eq!(got.values, [None, some("1")]);
    assert_eq!(got.tags, [TagState::Marked(Moment::NONE), current, TagState::Absent]);
}

/// What a new mark of this tag is told.
async fn told(cache: &Subject, name: &str, life: Duration) -> (Mark, Version) {
    let mark = Mark::new(life);
    let told = cache.engine.mark(&cache.tags(&[name]), mark).await.unwrap();
    (mark, told[0])
}

async fn a_write_that_was_alone_knows_the_version_that_it_settles(cache: Subject) {
    for _ in 0..2 {
        let (mark, told) = told(&cache, "a", LONG).await;
        cache.engine.mark(&cache.tags(&["a"]), mark).await.unwrap();
        cache.settle("a", mark).await;
        assert_eq!(cache.version("a").await, told);
        assert_eq!(cache.state("a").await, TagState::Current(told, Moment::NONE));
    }
}

async fn a_write_that_was_not_alone_settles_another_version_than_it_was_told(cache: Subject) {
    let (own, told_own) = told(&cache, "a", LONG).await;
    let (other, told_other) = told(&cache, "a", LONG).await;
    cache.settle("a", other).await;
    cache.settle("a", own).await;
    let version = cache.version("a").await;
    assert!(version != told_own && version != told_other, "others marked it");

    let (own, told_own) = told(&cache, "b", LONG).await;
    cache.settle("b", Mark::new(LONG)).await;
    assert_eq!(cache.state("b").await, TagState::Marked(Moment::NONE));
    cache.settle("b", own).await;
    assert_ne!(cache.version("b").await, told_own, "somebody renewed it");

    let (own, told_own) = told(&cache, "c", Duration::from_millis(100)).await;
    sleep(Duration::from_millis(250)).await;
    cache.settle("c", own).await;
    assert_ne!(cache.version("c").await, told_own, "its mark had run out");

    let (other, _) = told(&cache, "d", Duration::from_millis(100)).await;
    let (own, told_own) = told(&cache, "d", LONG).await;
    sleep(Duration::from_millis(250)).await;
    cache.settle("d", own).await;
    assert_ne!(
        cache.version("d").await,
        told_own,
        "another's mark has run out beside it"
    );
    cache.settle("d", other).await;
}
