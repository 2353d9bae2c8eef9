//! What a request reads through its loaders: right answers, in few calls, with any cache or none.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{join_all, try_join_all};
use kanvaro::cache::{Cache, CacheBackend, entity_key};
use kanvaro::loader::{LoadError, Loaders, get_batch_data};
use kanvaro::model::{
    AnyEntity, Direction, Entity, EntityRef, Filter, Id, Kind, Project, Query, Sort, Task, User, Value,
};
use tokio::time::timeout;

use crate::support::faulty::{FaultyCache, FaultyStore};
use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

/// What every password hash begins with.
const HASH: &str = "$argon2id$";

/// An organisation with some users, projects and tasks.
struct World {
    stack: Stack,
    cache: Arc<FaultyCache>,
    engine: Arc<FaultyStore>,
    users: Vec<Arc<User>>,
    projects: Vec<Arc<Project>>,
    tasks: Vec<Arc<Task>>,
    _database: Database,
}

impl World {
    async fn new(cache: Arc<dyn CacheBackend>) -> World {
        let database = Database::new().await;
        let (cache, engine) = (FaultyCache::over(cache), FaultyStore::over(database.engine.clone()));
        let stack = Stack::on(engine.clone(), cache.clone());
        let mut world = World {
            stack,
            cache,
            engine,
            users: vec![],
            projects: vec![],
            tasks: vec![],
            _database: database,
        };
        let organization = sample::id();
        for _ in 0..20 {
            world
                .users
                .push(world.stack.store.insert(sample::user(organization)).await.unwrap());
        }
        for number in 0..20 {
            let mut project = sample::project(world.user(number));
            project.team_members = (0..10).map(|place| world.user(number + place).id).collect();
            for number in 0..5 {
                let assigned_to = vec![world.user(number).id];
                let task = Task {
                    assigned_to,
                    ..sample::task(&project)
                };
                world.tasks.push(world.stack.store.insert(task).await.unwrap());
            }
            world.projects.push(world.stack.store.insert(project).await.unwrap());
        }
        world
    }

    fn user(&self, place: usize) -> &Arc<User> {
        &self.users[place % self.users.len()]
    }

    fn request(&self) -> Loaders {
        self.stack.request()
    }

    /// How many cache multi-gets and store reads the work took.
    async fn reads_of<T>(&self, work: impl Future<Output = T>) -> ((u64, u64), T) {
        let before = self.stack.reads();
        let done = work.await;
        let after = self.stack.reads();
        ((after.0 - before.0, after.1 - before.1), done)
    }

    /// Two kinds, three of each.
    fn mixed(&self) -> Vec<EntityRef> {
        let users = self.users[..3].iter().map(|user| reference(user));
        let tasks = self.tasks[..3].iter().map(|task| reference(task));
        users.zip(tasks).flat_map(|(user, task)| [user, task]).collect()
    }
}

fn reference<E: Entity>(entity: &Arc<E>) -> EntityRef {
    EntityRef::new(E::KIND, entity.id())
}

fn references(found: &[Option<AnyEntity>]) -> Vec<Option<EntityRef>> {
    found
        .iter()
        .map(|entity| entity.as_ref().map(AnyEntity::reference))
        .collect()
}

fn tasks_of(project: Id) -> Query {
    Query {
        filter: Filter::Eq("project", Value::Id(project)),
        sort: Sort {
            field: "createdAt",
            direction: Direction::Descending,
        },
        after: None,
        skip: 0,
        limit: 100,
    }
}

macro_rules! on_each_cache {
    ($($case:ident)*) => {
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
        }
    };
}

on_each_cache! {
    order_and_duplicates_are_kept_and_absent_is_none
    a_mixed_batch_is_one_multi_get_and_one_find_a_kind
    a_second_request_asks_the_store_nothing
    half_a_batch_known_asks_for_the_other_half
    a_known_absence_asks_the_store_nothing
    what_was_absent_is_seen_once_it_is_there
    the_request_after_an_update_sees_it
    the_request_after_a_removal_sees_nothing
    a_request_remembers_until_it_is_cleared
    foreign_bytes_are_a_miss_and_are_replaced
    another_entity_under_the_key_is_a_miss
    a_foreign_version_is_never_filled_under
    no_reader_sees_a_password_hash
    without_the_cache_answers_are_right
    a_cache_that_comes_back_is_used_again
    the_dashboard_is_one_multi_get_a_level
    the_plain_function_answers_the_same
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
    let (hits, misses): (u64, u64) = (count("hit"), count("miss"));
    let (reads, _) = world.reads_of(world.request().get_many(&users)).await;
    assert_eq!(reads, (1, 1));
    assert_eq!((count("hit") - hits, count("miss") - misses), (10, 10));
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

async fn a_request_remembers_until_it_is_cleared(world: World) {
    let request = world.request();
    let before = request.get_as::<Project>(world.projects[0].id).await.unwrap().unwrap();
    let after = Project {
        name: "Renamed".into(),
        ..Project::clone(&before)
    };
    world.stack.store.update(&before, after).await.unwrap();
    let (reads, remembered) = world.reads_of(request.get_as::<Project>(before.id)).await;
    assert_eq!((reads, remembered.unwrap().unwrap().version), ((0, 0), 1));
    request.clear().await;
    assert_eq!(request.get_as::<Project>(before.id).await.unwrap().unwrap().version, 2);
}

async fn put(cache: &Cache, entity: &EntityRef, bytes: impl Into<Bytes>) {
    let put = (entity_key(entity), bytes.into(), Duration::from_secs(60));
    cache.put_many(vec![put]).await.unwrap();
}

async fn cached(cache: &Cache, key: String) -> Bytes {
    cache.get_many(&[key]).await.unwrap().remove(0).expect("it is cached")
}

async fn foreign_bytes_are_a_miss_and_are_replaced(world: World) {
    let task = reference(&world.tasks[0]);
    world.request().get(task).await.unwrap();
    let good = cached(&world.stack.cache, entity_key(&task)).await;
    let mut torn = vec![Bytes::new(), Bytes::from_static(b"foreign"), Bytes::from(vec![1; 500])];
    torn.extend((1..good.len()).map(|end| good.slice(..end)));
    torn.push([good.clone(), Bytes::from_static(b"more")].concat().into());
    torn.push([&[99], &good[1..]].concat().into());
    for bytes in torn {
        put(&world.stack.cache, &task, bytes).await;
        assert_eq!(references(&[world.request().get(task).await.unwrap()]), [Some(task)]);
        assert_eq!(cached(&world.stack.cache, entity_key(&task)).await, good);
    }
}

async fn another_entity_under_the_key_is_a_miss(world: World) {
    let (asked, other) = (reference(&world.tasks[0]), reference(&world.tasks[1]));
    world.request().get_many(&[asked, other]).await.unwrap();
    let mut swapped = cached(&world.stack.cache, entity_key(&other)).await.to_vec();
    swapped[..9].copy_from_slice(&cached(&world.stack.cache, entity_key(&asked)).await[..9]);
    put(&world.stack.cache, &asked, swapped).await;
    assert_eq!(references(&[world.request().get(asked).await.unwrap()]), [Some(asked)]);
}

async fn a_foreign_version_is_never_filled_under(world: World) {
    let task = &world.tasks[0];
    let key = format!("version:{}", entity_key(&reference(task)));
    let foreign = (key, Bytes::from_static(b"no version of ours"), Duration::from_secs(60));
    world.stack.cache.put_many(vec![foreign]).await.unwrap();
    for _ in 0..2 {
        let (reads, found) = world.reads_of(world.request().get(reference(task))).await;
        assert_eq!((reads, found.unwrap().is_some()), ((1, 1), true));
    }
    // The next write mends it.
    world.stack.store.update(task, Task::clone(task)).await.unwrap();
    world.request().get(reference(task)).await.unwrap();
    let (reads, _) = world.reads_of(world.request().get(reference(task))).await;
    assert_eq!(reads, (1, 0));
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
        assert!(matches!(user, AnyEntity::User(user) if user.password_hash.is_empty()));
    }
    let bytes = cached(&world.stack.cache, entity_key(&reference(ada))).await;
    assert!(!bytes.windows(HASH.len()).any(|window| window == HASH.as_bytes()));
    let stored = world.stack.store.get::<User>(ada.id).await.unwrap().unwrap();
    assert!(stored.password_hash.starts_with(HASH), "the store keeps it");
}

async fn without_the_cache_answers_are_right(world: World) {
    world.request().get_many(&world.mixed()).await.unwrap();
    world.cache.turn(false);
    let fills = world.stack.metrics.cache_calls("put_many") + world.stack.metrics.cache_calls("put_absent");
    let (reads, found) = world.reads_of(world.request().get_many(&world.mixed())).await;
    assert_eq!(reads, (1, 2));
    assert!(found.unwrap().iter().all(Option::is_some));
    let after = world.stack.metrics.cache_calls("put_many") + world.stack.metrics.cache_calls("put_absent");
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

/// What a dashboard reads: 20 projects, each with creator, ten members, five tasks and their assignees.
async fn dashboard(request: &Loaders, projects: &[Arc<Project>]) -> Result<(), LoadError> {
    let asked: Vec<Id> = projects.iter().map(|project| project.id).collect();
    let rows = asked.into_iter().map(|id| async move {
        let project = request.get_as::<Project>(id).await?.expect("it is there");
        let creator = request.get_as::<User>(project.created_by);
        let members = try_join_all(project.team_members.iter().map(|id| request.get_as::<User>(*id)));
        let tasks = async {
            let tasks = request.page(Kind::Task, tasks_of(id)).await?;
            let people = tasks.iter().flat_map(|task| match task {
                AnyEntity::Task(task) => task.assigned_to.clone(),
                other => panic!("{other:?} on a page of tasks"),
            });
            let people: Vec<Id> = people.collect();
            try_join_all(people.iter().map(|id| request.get_as::<User>(*id))).await
        };
        let progress = request.status_counts(id);
        let (creator, members, people, progress) = futures_util::try_join!(creator, members, tasks, progress)?;
        assert!(creator.is_some() && members.iter().chain(&people).all(Option::is_some));
        assert_eq!(*progress, BTreeMap::from([("todo".to_owned(), 5)]));
        Ok(())
    });
    try_join_all(rows).await.map(drop)
}

async fn the_dashboard_is_one_multi_get_a_level(world: World) {
    let (reads, done) = world.reads_of(dashboard(&world.request(), &world.projects)).await;
    done.unwrap();
    // Projects; then creators and members with pages and counts beside them. The assignees are known by then.
    assert_eq!(reads, (2, 4));
    let (reads, _) = world.reads_of(dashboard(&world.request(), &world.projects)).await;
    assert_eq!(reads, (2, 2), "warm: the pages and the counts");
}

async fn the_plain_function_answers_the_same(world: World) {
    let nobody = EntityRef::new(Kind::Project, sample::id());
    let asked = [world.mixed(), vec![nobody]].concat();
    let Stack {
        cache, store, metrics, ..
    } = &world.stack;
    for _ in ["cold", "warm"] {
        let found = get_batch_data(cache, store, metrics, &asked).await.unwrap();
        assert_eq!(found.len(), 7);
        for (asked, found) in found {
            assert_eq!(found.map(|found| found.reference()), (asked != nobody).then_some(asked));
        }
    }
}

#[tokio::test]
async fn a_hundred_joined_readers_of_twenty_users_are_one_batch() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..100).map(|reader| request.get(reference(world.user(reader))));
    let (reads, found) = world.reads_of(join_all(readers)).await;
    assert_eq!(reads, (1, 1));
    assert!(found.into_iter().all(|found| found.unwrap().is_some()));
}

#[tokio::test]
async fn five_thousand_joined_readers_are_one_batch() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..5_000).map(|_| request.get(EntityRef::new(Kind::Task, sample::id())));
    let (reads, found) = world.reads_of(join_all(readers)).await;
    assert_eq!(reads, (1, 1));
    assert!(found.into_iter().all(|found| found.unwrap().is_none()));
}

#[tokio::test]
async fn readers_that_are_spawned_side_by_side_all_get_their_answer() {
    let world = World::new(memory()).await;
    let request = world.request();
    let readers = (0..200).map(|reader| {
        let (request, asked) = (request.clone(), reference(world.user(reader)));
        tokio::spawn(async move { request.get(asked).await.unwrap().map(|found| found.reference()) == Some(asked) })
    });
    assert!(join_all(readers).await.into_iter().all(Result::unwrap));
}

#[tokio::test]
async fn a_reader_dropped_in_the_middle_of_the_load_leaves_the_others_their_answer() {
    let world = World::new(memory()).await;
    world.engine.slow(Duration::from_millis(50));
    let request = world.request();
    let (one, other) = (reference(world.user(0)), reference(&world.tasks[0]));
    // Both register, the first leads the load, and is dropped during it.
    let mut leader = Box::pin(request.get(one));
    let mut follower = Box::pin(request.get(other));
    let both = [one, other];
    let mut many = Box::pin(request.get_many(&both));
    let started = async { futures_util::future::join3(&mut leader, &mut follower, &mut many).await };
    timeout(Duration::from_millis(20), started).await.unwrap_err();
    drop(leader);
    let left = futures_util::future::join(follower, many);
    let (follower, many) = timeout(Duration::from_secs(10), left).await.expect("nobody hangs");
    assert_eq!(references(&[follower.unwrap()]), [Some(other)]);
    assert_eq!(references(&many.unwrap()), [Some(one), Some(other)]);
}

#[tokio::test]
async fn a_kind_that_fails_fails_its_own_keys_only() {
    let world = World::new(memory()).await;
    world.engine.fail(Kind::Task);
    let request = world.request();
    let (project, user) = (&world.projects[0], world.user(0));
    let (found, failed, page, counts, memberships, count) = futures_util::join!(
        request.get(reference(user)),
        request.get(reference(&world.tasks[0])),
        request.page(Kind::Task, tasks_of(project.id)),
        request.status_counts(project.id),
        request.memberships(user.id),
        request.count(Kind::Project, Filter::everything()),
    );
    assert!(failed.is_err() && page.is_err() && counts.is_err());
    assert!(found.unwrap().is_some() && !memberships.unwrap().is_empty());
    assert_eq!(count.unwrap(), 20);
}

#[tokio::test]
async fn lists_and_counts_of_a_level_are_one_call_each() {
    let world = World::new(memory()).await;
    let request = world.request();
    let pages = world
        .projects
        .iter()
        .map(|project| request.page(Kind::Task, tasks_of(project.id)));
    let counts = world
        .projects
        .iter()
        .map(|project| request.count(Kind::Task, tasks_of(project.id).filter));
    let statuses = world.projects.iter().map(|project| request.status_counts(project.id));
    let all = futures_util::future::join3(try_join_all(pages), try_join_all(counts), try_join_all(statuses));
    let (reads, (pages, counts, statuses)) = world.reads_of(all).await;
    assert_eq!(reads, (0, 3));
    for (project, page) in world.projects.iter().zip(pages.unwrap()) {
        let of_it = |entity: &AnyEntity| matches!(entity, AnyEntity::Task(task) if task.project == project.id);
        assert!(page.len() == 5 && page.iter().all(of_it));
    }
    assert_eq!(counts.unwrap(), [5; 20]);
    assert!(statuses.unwrap().iter().all(|counts| counts["todo"] == 5));
}

#[tokio::test]
async fn the_entities_of_a_page_are_remembered() {
    let world = World::new(memory()).await;
    let request = world.request();
    let page = request.page(Kind::Task, tasks_of(world.projects[0].id)).await.unwrap();
    let asked: Vec<EntityRef> = page.iter().map(AnyEntity::reference).collect();
    let (reads, found) = world.reads_of(request.get_many(&asked)).await;
    assert_eq!((reads, found.unwrap().len()), ((0, 0), 5));
}

#[tokio::test]
async fn archived_tasks_are_not_counted_and_a_project_without_tasks_has_no_counts() {
    let world = World::new(memory()).await;
    let task = &world.tasks[0];
    let archived = Task {
        is_archived: true,
        ..Task::clone(task)
    };
    world.stack.store.update(task, archived).await.unwrap();
    let request = world.request();
    assert_eq!(request.status_counts(task.project).await.unwrap()["todo"], 4);
    assert!(request.status_counts(sample::id()).await.unwrap().is_empty());
}

#[tokio::test]
async fn memberships_are_as_creator_as_client_and_as_member() {
    let world = World::new(memory()).await;
    let me = sample::id();
    let mut expected = HashSet::new();
    let parts: [fn(&mut Project, Id); 3] = [
        |project, me| project.created_by = me,
        |project, me| project.client = Some(me),
        |project, me| project.team_members.push(me),
    ];
    for part in parts {
        let mut project = sample::project(world.user(0));
        part(&mut project, me);
        expected.insert(world.stack.store.insert(project).await.unwrap().id);
    }
    assert_eq!(*world.request().memberships(me).await.unwrap(), expected);
    assert!(world.request().memberships(sample::id()).await.unwrap().is_empty());
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
    let mut lives = HashSet::new();
    for user in &users {
        let (entry, version) = (
            rest(entity_key(user)).await,
            rest(format!("version:{}", entity_key(user))).await,
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

/// The same dashboard as async-graphql executes it, with a level more.
mod executed {
    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};

    use super::*;

    struct Root;
    struct Row(Arc<Project>);
    struct Card(Arc<Task>);
    struct Person(Arc<User>);

    async fn people(context: &Context<'_>, ids: &[Id]) -> Vec<Person> {
        let asked: Vec<EntityRef> = ids.iter().map(|id| EntityRef::new(Kind::User, *id)).collect();
        let found = context.data_unchecked::<Loaders>().get_many(&asked).await.unwrap();
        found
            .into_iter()
            .flatten()
            .filter_map(|any| any.try_into().ok())
            .map(Person)
            .collect()
    }

    async fn person(context: &Context<'_>, id: Id) -> Option<Person> {
        context
            .data_unchecked::<Loaders>()
            .get_as(id)
            .await
            .unwrap()
            .map(Person)
    }

    #[Object]
    impl Root {
        async fn rows(&self, context: &Context<'_>) -> Vec<Row> {
            let ids = context.data_unchecked::<Vec<EntityRef>>();
            let found = context.data_unchecked::<Loaders>().get_many(ids).await.unwrap();
            found
                .into_iter()
                .flatten()
                .filter_map(|any| any.try_into().ok())
                .map(Row)
                .collect()
        }
    }

    #[Object]
    impl Row {
        async fn creator(&self, context: &Context<'_>) -> Option<Person> {
            person(context, self.0.created_by).await
        }

        async fn members(&self, context: &Context<'_>) -> Vec<Person> {
            people(context, &self.0.team_members).await
        }

        async fn cards(&self, context: &Context<'_>) -> Vec<Card> {
            let loaders = context.data_unchecked::<Loaders>();
            let page = loaders.page(Kind::Task, tasks_of(self.0.id)).await.unwrap();
            page.iter()
                .cloned()
                .filter_map(|any| any.try_into().ok())
                .map(Card)
                .collect()
        }

        async fn progress(&self, context: &Context<'_>) -> usize {
            context
                .data_unchecked::<Loaders>()
                .status_counts(self.0.id)
                .await
                .unwrap()
                .len()
        }
    }

    #[Object]
    impl Card {
        async fn assignees(&self, context: &Context<'_>) -> Vec<Person> {
            people(context, &self.0.assigned_to).await
        }

        async fn creator(&self, context: &Context<'_>) -> Option<Person> {
            person(context, self.0.created_by).await
        }
    }

    #[Object]
    impl Person {
        async fn name(&self) -> &str {
            &self.0.first_name
        }
    }

    /// Multi-gets and store reads of a query over all rows.
    async fn reads_of(world: &World, query: &str) -> (u64, u64) {
        let schema = Schema::new(Root, EmptyMutation, EmptySubscription);
        let rows: Vec<EntityRef> = world.projects.iter().map(reference).collect();
        let request = async_graphql::Request::new(query).data(world.request()).data(rows);
        let (reads, answer) = world.reads_of(schema.execute(request)).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        reads
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_level_is_one_batch_under_the_executor() {
        let world = World::new(memory()).await;
        // Assignees of a world's tasks that are creators of nothing, so that the last level has something to ask for.
        for task in &world.tasks {
            let stranger = world.stack.store.insert(sample::user(task.organization)).await.unwrap();
            let assigned_to = vec![stranger.id, task.assigned_to[0]];
            world
                .stack
                .store
                .update(
                    task,
                    Task {
                        assigned_to,
                        ..Task::clone(task)
                    },
                )
                .await
                .unwrap();
        }
        let query = "{ rows { creator { name } members { name } progress \
                      cards { creator { name } assignees { name } } } }";
        // Projects; users beside pages and counts; the strangers.
        assert_eq!(reads_of(&world, query).await, (3, 5));
        assert_eq!(reads_of(&world, query).await, (3, 2));
    }
}
