//! What every cache must do for a reader: right answers, each thing asked of the store once, nothing old, no secrets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
#[cfg(feature = "redis")]
use kanvaro::cache::version_key;
use kanvaro::cache::{Cache, Key};
use kanvaro::loader::{BatchKey, Loaders};
use kanvaro::model::{Entity, EntityRef, Filter, Id, Kind, Project, Query, Row, Task, User};

use super::rounds::Rounds;
use super::world::{World, reference, references, tasks_of};
use crate::support::sample;
use crate::support::stack::memory;

/// What every password hash begins with.
const HASH: &str = "$argon2id$";

macro_rules! on_each_cache {
    (everywhere: { $($case:ident)* } shared: { $($shared:ident)* }) => {
        mod memory_cache {
            $(#[tokio::test]
            async fn $case() {
                super::$case(super::World::new(super::memory()).await).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod redis_cache {
            use crate::support::redis::{LIMIT, backend, shared_url};

            $(#[tokio::test]
            async fn $case() {
                super::$case(super::World::new(backend(&shared_url(), LIMIT)).await).await;
            })*

            $(#[tokio::test]
            async fn $shared() {
                super::$shared(super::World::new(backend(&shared_url(), LIMIT)).await).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod validated_cache {
            use crate::support::levels::Leveled;
            use crate::support::redis::shared_url;

            $(#[tokio::test]
            async fn $case() {
                super::$case(super::World::new(Leveled::validated(&shared_url()).engine).await).await;
            })*

            $(#[tokio::test]
            async fn $shared() {
                super::$shared(super::World::new(Leveled::validated(&shared_url()).engine).await).await;
            })*
        }

        #[cfg(feature = "redis")]
        mod tracked_cache {
            use crate::support::levels::Leveled;
            use crate::support::redis::shared_url;

            $(#[tokio::test]
            async fn $case() {
                super::$case(super::World::new(Leveled::tracked(&shared_url()).await.engine).await).await;
            })*

            $(#[tokio::test]
            async fn $shared() {
                super::$shared(super::World::new(Leveled::tracked(&shared_url()).await.engine).await).await;
            })*
        }
    };
}

on_each_cache! {
    everywhere: {
    order_and_duplicates_are_kept_and_absent_is_none
    a_mixed_batch_is_one_multi_get_and_one_find_a_kind
    a_second_request_asks_the_store_nothing
    half_a_batch_known_asks_for_the_other_half
    a_known_absence_asks_the_store_nothing
    what_was_absent_is_seen_once_it_is_there
    the_request_after_an_update_sees_it
    the_request_after_a_removal_sees_nothing
    foreign_bytes_are_a_miss_and_are_replaced
    another_entity_under_the_key_is_a_miss
    no_reader_sees_a_password_hash
    without_the_cache_answers_are_right
    a_cache_that_comes_back_is_used_again
    the_dashboard_is_one_multi_get_a_round
    the_plain_function_answers_the_same
    }
    shared: {
    a_foreign_version_is_replaced_before_anything_is_filled
    }
}

async fn order_and_duplicates_are_kept_and_absent_is_none(world: World) {
    let nobody = EntityRef::new(Kind::User, sample::id());
    let mut asked = world.mixed();
    asked.extend([nobody, asked[0], asked[3]]);
    for _ in ["cold", "warm"] {
        let found = world.request().get_many(&asked).await.unwrap();
        let expected: Vec<_> = asked
            .iter()
            .map(|entity| (*entity != nobody).then_some(*entity))
            .collect();
        assert_eq!(references(&found), expected);
    }
}

async fn a_mixed_batch_is_one_multi_get_and_one_find_a_kind(world: World) {
    let asked = world.mixed();
    let twice = [asked.clone(), asked].concat();
    let (reads, _) = world.reads_of(world.request().get_many(&twice)).await;
    assert_eq!(reads, (1, 2));
}

async fn a_second_request_asks_the_store_nothing(world: World) {
    world.request().get_many(&world.mixed()).await.unwrap();
    let (reads, found) = world.reads_of(world.request().get_many(&world.mixed())).await;
    assert_eq!(reads, (1, 0));
    assert!(found.unwrap().iter().all(Option::is_some));
}

async fn half_a_batch_known_asks_for_the_other_half(world: World) {
    let users: Vec<EntityRef> = world.users.iter().map(reference).collect();
    world.request().get_many(&users[..10]).await.unwrap();
    let rendered = || world.stack.metrics.render();
    let count = |outcome: &str| {
        let label = format!("kanvaro_cache_entries_total{{kind=\"User\",outcome=\"{outcome}\"}} ");
        let text = rendered();
        text.lines()
            .find_map(|line| line.strip_prefix(&label))
            .map_or(0, |count| count.parse().unwrap())
    };
    let (hits, misses): (u64, u64) = (count("hit"), count("absent"));
    let (reads, _) = world.reads_of(world.request().get_many(&users)).await;
    assert_eq!(reads, (1, 1));
    assert_eq!((count("hit") - hits, count("absent") - misses), (10, 10));
}

async fn a_known_absence_asks_the_store_nothing(world: World) {
    let nobody = EntityRef::new(Kind::User, sample::id());
    world.request().get(nobody).await.unwrap();
    let (reads, found) = world.reads_of(world.request().get(nobody)).await;
    assert_eq!(reads, (1, 0));
    assert!(found.unwrap().is_none());
}

async fn what_was_absent_is_seen_once_it_is_there(world: World) {
    let newcomer = sample::user(sample::id());
    assert!(world.request().get_as::<User>(newcomer.id).await.unwrap().is_none());
    let id = world.stack.store.insert(newcomer).await.unwrap().id;
    assert!(world.request().get_as::<User>(id).await.unwrap().is_some());
}

async fn the_request_after_an_update_sees_it(world: World) {
    let before = &world.projects[0];
    world.request().get_as::<Project>(before.id).await.unwrap();
    let after = Project {
        name: "Renamed".into(),
        ..Project::clone(before)
    };
    world.stack.store.update(before, after).await.unwrap();
    let seen = world.request().get_as::<Project>(before.id).await.unwrap().unwrap();
    assert_eq!((seen.name.as_str(), seen.version), ("Renamed", 2));
}

async fn the_request_after_a_removal_sees_nothing(world: World) {
    let gone = &world.tasks[0];
    assert!(world.request().get(reference(gone)).await.unwrap().is_some());
    world.stack.store.remove(gone).await.unwrap();
    assert!(world.request().get(reference(gone)).await.unwrap().is_none());
}

async fn put(cache: &Cache, entity: &EntityRef, bytes: impl Into<Bytes>) {
    let put = (Key::Entity(*entity), bytes.into(), Duration::from_secs(60));
    cache.put_many(vec![put]).await.unwrap();
}

async fn cached(cache: &Cache, key: Key) -> Bytes {
    cache
        .get_many(&[key], &[])
        .await
        .unwrap()
        .values
        .remove(0)
        .expect("it is cached")
}

async fn foreign_bytes_are_a_miss_and_are_replaced(world: World) {
    let task = reference(&world.tasks[0]);
    world.request().get(task).await.unwrap();
    let good = cached(&world.stack.cache, Key::Entity(task)).await;
    let mut torn = vec![Bytes::new(), Bytes::from_static(b"foreign"), Bytes::from(vec![1; 500])];
    torn.extend((1..good.len()).map(|end| good.slice(..end)));
    torn.push([good.clone(), Bytes::from_static(b"more")].concat().into());
    torn.push([&[99], &good[1..]].concat().into());
    for bytes in torn {
        put(&world.stack.cache, &task, bytes).await;
        assert_eq!(references(&[world.request().get(task).await.unwrap()]), [Some(task)]);
        // All but the times of the fill.
        let mended = cached(&world.stack.cache, Key::Entity(task)).await;
        assert_eq!((&mended[..9], &mended[23..]), (&good[..9], &good[23..]));
    }
}

async fn another_entity_under_the_key_is_a_miss(world: World) {
    let (asked, other) = (reference(&world.tasks[0]), reference(&world.tasks[1]));
    world.request().get_many(&[asked, other]).await.unwrap();
    let mut swapped = cached(&world.stack.cache, Key::Entity(other)).await.to_vec();
    swapped[..23].copy_from_slice(&cached(&world.stack.cache, Key::Entity(asked)).await[..23]);
    put(&world.stack.cache, &asked, swapped).await;
    assert_eq!(references(&[world.request().get(asked).await.unwrap()]), [Some(asked)]);
}

#[cfg(feature = "redis")]
async fn a_foreign_version_is_replaced_before_anything_is_filled(world: World) {
    let task = &world.tasks[0];
    let client = redis::Client::open(crate::support::redis::shared_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut foreign = redis::cmd("SET");
    foreign
        .arg(version_key(&kanvaro::model::Tag::entity(Kind::Task, task.id)))
        .arg("no version of ours")
        .arg("EX")
        .arg(60);
    let _: () = foreign.query_async(&mut connection).await.unwrap();
    // The first reader mends it, the second fills, the third is served.
    for _ in 0..2 {
        let found = world.request().get(reference(task)).await;
        assert!(found.unwrap().is_some());
    }
    let (reads, _) = world.reads_of(world.request().get(reference(task))).await;
    assert_eq!(reads, (1, 0));
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn no_reader_sees_a_password_hash(world: World) {
    let ada = world.user(0);
    let everybody = Query {
        filter: Filter::everything(),
        ..tasks_of(ada.id)
    };
    for _ in ["cold", "warm"] {
        assert_eq!(
            world
                .request()
                .get_as::<User>(ada.id)
                .await
                .unwrap()
                .unwrap()
                .password_hash,
            ""
        );
    }
    for user in world.request().page(Kind::User, everybody).await.unwrap().iter() {
        assert_eq!(User::from_row(user).unwrap().password_hash, "");
        assert!(!holds(user.bytes(), HASH));
    }
    let bytes = cached(&world.stack.cache, Key::Entity(reference(ada))).await;
    assert!(!holds(&bytes, HASH));
    let stored = world.stack.store.get::<User>(ada.id).await.unwrap().unwrap();
    assert!(stored.password_hash.starts_with(HASH), "the store keeps it");
}

async fn without_the_cache_answers_are_right(world: World) {
    world.request().get_many(&world.mixed()).await.unwrap();
    world.cache.turn(false);
    let fills = world.stack.metrics.cache_calls("put_many") + world.stack.metrics.cache_calls("versions");
    let (reads, found) = world.reads_of(world.request().get_many(&world.mixed())).await;
    assert_eq!(reads, (1, 2));
    assert!(found.unwrap().iter().all(Option::is_some));
    let after = world.stack.metrics.cache_calls("put_many") + world.stack.metrics.cache_calls("versions");
    assert_eq!(after, fills, "a cache that couldn't be asked isn't filled");
}

async fn a_cache_that_comes_back_is_used_again(world: World) {
    world.cache.turn(false);
    world.request().get_many(&world.mixed()).await.unwrap();
    world.cache.turn(true);
    world.request().get_many(&world.mixed()).await.unwrap();
    let (reads, _) = world.reads_of(world.request().get_many(&world.mixed())).await;
    assert_eq!(reads, (1, 0));
}

/// What a dashboard reads, in rounds: 20 projects, each with creator, ten members, five tasks and their assignees.
async fn dashboard(request: Loaders, projects: &[Arc<Project>]) {
    let mut rounds = Rounds::of(request);
    let asked: Vec<EntityRef> = projects.iter().map(reference).collect();
    rounds
        .load(asked.iter().map(|project| BatchKey::Entity(*project)))
        .await;
    let lists = |id: Id| [BatchKey::page(Kind::Task, tasks_of(id)), BatchKey::StatusCounts(id)];
    let people: Vec<BatchKey> = asked.iter().flat_map(|project| people(&rounds.row(*project))).collect();
    let below = asked.iter().flat_map(|project| lists(project.id));
    rounds.load(people.iter().cloned().chain(below)).await;
    let tasks = |id: Id| rounds.get(&lists(id)[0]).page();
    let assignees = |task: &Row| task.many(Task::SLOTS.assigned_to).map(user).collect::<Vec<_>>();
    let pages = asked.iter().map(|project| tasks(project.id));
    let assignees: Vec<BatchKey> = pages
        .flat_map(|page| page.iter().flat_map(assignees).collect::<Vec<_>>())
        .collect();
    rounds.load(assignees.iter().cloned()).await;
    assert!(
        people
            .iter()
            .chain(&assignees)
            .all(|key| rounds.get(key).entity().is_some())
    );
    for project in asked {
        let progress = rounds.get(&lists(project.id)[1]).status_counts();
        assert_eq!(*progress, BTreeMap::from([("todo".to_owned(), 5)]));
    }
}

fn people(project: &Row) -> Vec<BatchKey> {
    let creator = project.one(Project::SLOTS.created_by).map(user);
    project
        .many(Project::SLOTS.team_members)
        .map(user)
        .chain(creator)
        .collect()
}

fn user(id: Id) -> BatchKey {
    BatchKey::Entity(EntityRef::new(Kind::User, id))
}

async fn the_dashboard_is_one_multi_get_a_round(world: World) {
    let (reads, ()) = world.reads_of(dashboard(world.request(), &world.projects)).await;
    // Projects; then creators and members with pages and counts beside them. The assignees are known by then.
    assert_eq!(reads, (2, 4));
    let (reads, _) = world.reads_of(dashboard(world.request(), &world.projects)).await;
    // The cache knows which tasks are on the pages; what they are it learns now, by their ids.
    assert_eq!(reads, (3, 1), "lists and counts known");
    let (reads, _) = world.reads_of(dashboard(world.request(), &world.projects)).await;
    assert_eq!(reads, (3, 0), "all known");
}

async fn the_plain_function_answers_the_same(world: World) {
    let nobody = EntityRef::new(Kind::Project, sample::id());
    let asked = [world.mixed(), vec![nobody]].concat();
    for _ in ["cold", "warm"] {
        let found = world.stack.source.get_batch_data(&asked).await.unwrap();
        assert_eq!(found.len(), 7);
        for (asked, found) in found {
            assert_eq!(references(&[found]), [(asked != nobody).then_some(asked)]);
        }
    }
}

/// Milliseconds that a key of the shared Redis has left.
#[cfg(feature = "redis")]
async fn rest(key: String) -> i64 {
    let client = redis::Client::open(crate::support::redis::shared_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("PTTL").arg(key).query_async(&mut connection).await.unwrap()
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn fills_live_as_long_as_their_kind_says_more_or_less_and_versions_longer() {
    let url = crate::support::redis::shared_url();
    let world = World::new(crate::support::redis::backend(&url, crate::support::redis::LIMIT)).await;
    let nobody = EntityRef::new(Kind::User, sample::id());
    let users: Vec<EntityRef> = world.users.iter().map(reference).chain([nobody]).collect();
    world.request().get_many(&users).await.unwrap();
    let mut lives = std::collections::HashSet::new();
    for user in &users {
        let (entry, version) = (
            rest(Key::Entity(*user).to_string()).await,
            rest(format!("version:{}", Key::Entity(*user))).await,
        );
        let minutes = if *user == nobody { 0.5 } else { 30.0 };
        assert!(
            ((minutes * 53_000.0) as i64..(minutes * 66_001.0) as i64).contains(&entry),
            "{entry}"
        );
        assert!(version > 23 * 3_600_000, "{version}");
        lives.insert(entry / 10_000);
    }
    assert!(lives.len() > 5, "they don't run out together: {lives:?}");
}
