//! What others write to MongoDB, past this API, becomes visible through it: one process follows the changes at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Document, doc, oid::ObjectId};
use kanvaro::app::Engines;
use kanvaro::cache::{CacheBackend, Lease, MemoryBackend};
use kanvaro::invalidation::{Follower, epoch};
use kanvaro::model::{Clock, Id, Role, Session, Task, User};
use kanvaro::store::StoreBackend;
use mongodb::Collection;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::mongo::Scratch;
use crate::support::app::TestApp;
use crate::support::faulty::FaultyCache;
use crate::support::sample;
use crate::support::world::{Tenant, gid};

/// A process with its follower.
struct Process {
    app: TestApp,
    follower: Follower,
}

/// Processes on one database and one cache, and the way of somebody else into the same database.
struct Deployment {
    scratch: Arc<Scratch>,
    cache: Arc<dyn CacheBackend>,
}

impl Deployment {
    async fn new() -> Deployment {
        Deployment {
            scratch: Arc::new(Scratch::new().await),
            cache: Arc::new(MemoryBackend::new(16 << 20)),
        }
    }

    async fn process(&self) -> Process {
        self.process_with(self.cache.clone()).await
    }

    async fn process_with(&self, cache: Arc<dyn CacheBackend>) -> Process {
        let store: Arc<dyn StoreBackend> = self.scratch.backend.clone();
        let lease = Lease::unread();
        let engines = Engines {
            store: store.clone(),
            cache,
            lease: lease.clone(),
        };
        let app = TestApp::on(engines, Box::new((self.scratch.clone(), store.clone()))).await;
        epoch::keep(lease, &store).await;
        let (cache, metrics) = (app.app.cache.clone(), app.app.metrics.clone());
        let follower = Follower::spawn(store, cache, &Clock::system(), metrics, None);
        Process { app, follower }
    }

    /// The documents of a collection, as others write them.
    fn others(&self, collection: &str) -> Collection<Document> {
        self.scratch.database.collection(collection)
    }

    fn tasks(&self) -> Collection<Document> {
        self.others("tasks")
    }
}

impl Process {
    fn is_following(&self) -> bool {
        self.app.app.metrics.is_following()
    }

    /// Waits until it follows; the feed has begun then, or goes on from where another stopped.
    async fn follows(&self) {
        eventually("it follows", async || self.is_following()).await;
    }

    /// The epoch of the cache, while the process knows it.
    fn epoch(&self) -> Option<u64> {
        self.app.app.cache.lease().epoch()
    }

    async fn title(&self, who: &User, task: &Task) -> Value {
        let document = "query($id: ID!) { task(id: $id) { title } }";
        let answer = self.app.data(who, document, json!({ "id": gid(task) })).await;
        answer["task"]["title"].clone()
    }

    async fn titles(&self, tenant: &Tenant) -> Vec<String> {
        let document = "query($id: ID!) { board(projectId: $id) { columns { tasks(first: 100) { title } } } }";
        let id = json!({ "id": gid(&tenant.project) });
        let answer = self.app.data(&tenant.admin, document, id).await;
        let columns = answer["board"]["columns"].as_array().unwrap();
        let tasks = columns.iter().flat_map(|column| column["tasks"].as_array().unwrap());
        let mut titles: Vec<String> = tasks.map(|task| task["title"].as_str().unwrap().to_owned()).collect();
        titles.sort();
        titles
    }

    /// How many cached things, people left aside, were found to be older than a write. What is not looked for, while
    /// the process can't say which epoch it is, doesn't count.
    fn outdated(&self) -> u64 {
        let rendered = self.app.app.metrics.render();
        let stale = rendered.lines().filter(|line| {
            line.starts_with("kanvaro_cache_entries_total") && line.contains("\"stale\"") && !line.contains("\"User\"")
        });
        stale
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
            .sum()
    }
}

/// Waits for what must come true within ten seconds; returns how long it took.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !holds().await {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it never came true that {what}"
        );
        sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

fn oid(id: Id) -> ObjectId {
    ObjectId::from_bytes(*id.bytes())
}

/// A process that follows, with a tenant whose board has been read.
async fn followed(deployment: &Deployment) -> (Process, Tenant) {
    let process = deployment.process().await;
    process.follows().await;
    // The first feed of all raises the epoch.
    eventually("the feed has begun", async || {
        process.app.app.metrics.followed_count("all") == 1
    })
    .await;
    let tenant = Tenant::seed(&process.app).await;
    process.titles(&tenant).await;
    (process, tenant)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_update_is_seen_soon() {
    let deployment = Deployment::new().await;
    let (process, Tenant { admin, task, .. }) = followed(&deployment).await;
    let mut delays = Vec::new();
    for round in 0..10 {
        assert_ne!(process.title(&admin, &task).await, json!(format!("Round {round}")));
        let title = doc! { "$set": { "title": format!("Round {round}") } };
        deployment
            .tasks()
            .update_one(doc! { "_id": oid(task.id) }, title)
            .await
            .unwrap();
        let seen = async || process.title(&admin, &task).await == json!(format!("Round {round}"));
        delays.push(eventually("the new title is seen", seen).await);
    }
    delays.sort();
    println!(
        "what others write was seen after {:?} (median), {:?} (longest)",
        delays[5], delays[9]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_insert_and_delete_is_seen_in_lists() {
    let deployment = Deployment::new().await;
    let (process, tenant) = followed(&deployment).await;
    assert_eq!(process.titles(&tenant).await, ["Write the text"]);
    // Others know nothing of versions, ranks and numbers.
    let mut foreign = deployment
        .tasks()
        .find_one(doc! { "_id": oid(tenant.task.id) })
        .await
        .unwrap()
        .unwrap();
    foreign.insert("_id", ObjectId::new());
    foreign.insert("title", "Foreign");
    for ours in ["version", "rank", "number", "searchTerms"] {
        foreign.remove(ours);
    }
    deployment.tasks().insert_one(&foreign).await.unwrap();
    let both = async || process.titles(&tenant).await == ["Foreign", "Write the text"];
    eventually("the new task is in the list", both).await;
    deployment
        .tasks()
        .delete_one(doc! { "_id": oid(tenant.task.id) })
        .await
        .unwrap();
    let one = async || process.titles(&tenant).await == ["Foreign"];
    eventually("the deleted task is out of the list", one).await;
    assert_eq!(process.title(&tenant.admin, &tenant.task).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_writes_are_passed_over() {
    let deployment = Deployment::new().await;
    let (process, tenant) = followed(&deployment).await;
    // Where the machine is too busy for the process to keep its trust in the cache, all is read anew for that reason.
    let mut trusted = false;
    for _ in 0..10 {
        let epoch = process.epoch();
        let counted = stale_by_own_writes(&deployment, &process, &tenant).await;
        trusted = epoch.is_some() && process.epoch() == epoch && counted.0 > 0;
        if trusted {
            assert_eq!(counted.0, counted.1, "the tasks are still cached");
            break;
        }
    }
    assert!(trusted, "the process never kept its trust in the cache for so long");
}

/// How many things our own writes have made stale, before and after the follower has come past them.
async fn stale_by_own_writes(deployment: &Deployment, process: &Process, tenant: &Tenant) -> (u64, u64) {
    let app = &process.app.app;
    let (renewed, stale) = (app.metrics.followed_count("renewed"), process.outdated());
    let mut task: Arc<Task> = app.store.get(tenant.task.id).await.unwrap().unwrap();
    for _ in 0..5 {
        process.titles(tenant).await;
        task = app.store.update(&task, Task::clone(&task)).await.unwrap();
    }
    for _ in 0..3 {
        process.titles(tenant).await;
    }
    let outdated = process.outdated() - stale;
    // A change by others comes after ours in the feed.
    let name = doc! { "$set": { "lastName": sample::number().to_string() } };
    let admin = doc! { "_id": oid(tenant.admin.id) };
    deployment.others("users").update_one(admin, name).await.unwrap();
    eventually("the change by others is seen", async || {
        app.metrics.followed_count("renewed") > renewed
    })
    .await;
    assert_eq!(
        app.metrics.followed_count("renewed"),
        renewed + 1,
        "one of theirs, none of ours"
    );
    process.titles(tenant).await;
    (outdated, process.outdated() - stale)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quiet_fields_renew_nothing() {
    let deployment = Deployment::new().await;
    let (process, tenant) = followed(&deployment).await;
    let metrics = &process.app.app.metrics;
    let before = metrics.followed_count("renewed");
    let users = deployment.others("users");
    let seen = doc! { "$set": { "lastLoginAt": bson::DateTime::now() } };
    users
        .update_one(doc! { "_id": oid(tenant.admin.id) }, seen)
        .await
        .unwrap();
    let session: Arc<Session> = process
        .app
        .app
        .store
        .insert(sample::session(&tenant.admin))
        .await
        .unwrap();
    let later = doc! { "$set": { "expiresAt": bson::DateTime::from_millis(session.expires_at.millis() + 1) } };
    deployment
        .others("sessions")
        .update_one(doc! { "_id": oid(session.id) }, later)
        .await
        .unwrap();
    deployment
        .tasks()
        .update_one(
            doc! { "_id": oid(tenant.task.id) },
            doc! { "$set": { "title": "Loud" } },
        )
        .await
        .unwrap();
    let loud = async || process.title(&tenant.admin, &tenant.task).await == json!("Loud");
    eventually("what came after it is seen", loud).await;
    assert_eq!(metrics.followed_count("renewed"), before + 1, "the title alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_process_follows_and_another_takes_over() {
    let deployment = Deployment::new().await;
    let (first, tenant) = followed(&deployment).await;
    let second = deployment.process().await;
    sleep(Duration::from_secs(2)).await;
    assert!(first.is_following() && !second.is_following());
    let retitle = async |title: &str| {
        let title = doc! { "$set": { "title": title } };
        deployment
            .tasks()
            .update_one(doc! { "_id": oid(tenant.task.id) }, title)
            .await
            .unwrap();
    };
    let seen_by =
        async |process: &Process, title: &str| process.title(&tenant.admin, &tenant.task).await == json!(title);
    // Killed: nothing is given back.
    let Process { app: killed, follower } = first;
    drop(follower);
    retitle("While nobody follows").await;
    let took = eventually("the other takes over", async || second.is_following()).await;
    let seen = eventually("it goes on where the first stopped", async || {
        seen_by(&second, "While nobody follows").await
    })
    .await;
    println!("another process took over after {took:?}, and had made up for it {seen:?} later");
    assert_eq!(second.app.app.metrics.followed_count("all"), 0, "nothing was lost");
    drop(killed);
    // Stopped: the right is given back.
    let third = deployment.process().await;
    let Process { app: stopped, follower } = second;
    follower.stop().await;
    let took = eventually("the third takes over", async || third.is_following()).await;
    println!("after a stop another took over after {took:?}");
    retitle("At last").await;
    eventually("the third follows", async || seen_by(&third, "At last").await).await;
    drop(stopped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_place_gives_up_all_that_is_cached() {
    let deployment = Deployment::new().await;
    let (first, tenant) = followed(&deployment).await;
    first.follower.stop().await;
    let epoch = deployment.scratch.backend.epoch().await.unwrap();
    let title = doc! { "$set": { "title": "Unseen" } };
    deployment
        .tasks()
        .update_one(doc! { "_id": oid(tenant.task.id) }, title)
        .await
        .unwrap();
    // A place that the server knows nothing of.
    let lost = bson::serialize_to_vec(&doc! { "token": { "_data": "8263A1" } }).unwrap();
    let lost = bson::Binary {
        subtype: bson::spec::BinarySubtype::Generic,
        bytes: lost,
    };
    deployment
        .others("freshness")
        .update_one(doc! { "_id": "follower" }, doc! { "$set": { "place": lost } })
        .await
        .unwrap();
    let second = deployment.process().await;
    second.follows().await;
    let raised = async || deployment.scratch.backend.epoch().await.unwrap() > epoch;
    eventually("the epoch is raised", raised).await;
    let seen = async || second.title(&tenant.admin, &tenant.task).await == json!("Unseen");
    eventually("nothing old is served", seen).await;
    let again = doc! { "$set": { "title": "Seen" } };
    deployment
        .tasks()
        .update_one(doc! { "_id": oid(tenant.task.id) }, again)
        .await
        .unwrap();
    let seen = async || second.title(&tenant.admin, &tenant.task).await == json!("Seen");
    eventually("it follows from there", seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_told_in_documents_gives_up_all_that_is_cached() {
    let deployment = Deployment::new().await;
    let (process, tenant) = followed(&deployment).await;
    let epoch = async || deployment.scratch.backend.epoch().await.unwrap();
    let before = epoch().await;
    deployment.tasks().drop().await.unwrap();
    let empty = async || process.titles(&tenant).await.is_empty();
    eventually("the dropped tasks are gone", empty).await;
    assert!(epoch().await > before);
    let before = epoch().await;
    // The new collection keeps no images.
    let task = deployment.tasks();
    task.insert_one(doc! { "title": "Half a task" }).await.unwrap();
    eventually("a document that can't be read", async || epoch().await > before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_cache_is_away_the_follower_waits_and_then_makes_up_for_it() {
    let deployment = Deployment::new().await;
    let cache = FaultyCache::over(deployment.cache.clone());
    let follower = deployment.process_with(cache.clone()).await;
    follower.follows().await;
    eventually("the feed has begun", async || {
        follower.app.app.metrics.followed_count("all") == 1
    })
    .await;
    let reader = deployment.process().await;
    let tenant = Tenant::seed(&reader.app).await;
    let title = async || reader.title(&tenant.admin, &tenant.task).await;
    assert_eq!(title().await, json!("Write the text"));
    cache.turn(false);
    let new = doc! { "$set": { "title": "Told late" } };
    deployment
        .tasks()
        .update_one(doc! { "_id": oid(tenant.task.id) }, new)
        .await
        .unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(title().await, json!("Write the text"), "nobody could tell the reader");
    assert!(follower.is_following(), "it keeps the right meanwhile");
    cache.turn(true);
    eventually("the reader is told", async || title().await == json!("Told late")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_others_end_admits_no_more() {
    let deployment = Deployment::new().await;
    let (process, tenant) = followed(&deployment).await;
    let app = &process.app.app;
    let session: Arc<Session> = app.store.insert(sample::session(&tenant.admin)).await.unwrap();
    let ends = async || {
        let session = app.loaders().get_as::<Session>(session.id).await.unwrap();
        session.map(|session| session.expires_at)
    };
    assert_eq!(ends().await, Some(session.expires_at));
    let over = doc! { "$set": { "expiresAt": bson::DateTime::from_millis(0) } };
    deployment
        .others("sessions")
        .update_one(doc! { "_id": oid(session.id) }, over)
        .await
        .unwrap();
    eventually("the end is seen", async || {
        ends().await.is_some_and(|end| end.millis() == 0)
    })
    .await;
    assert_eq!(tenant.admin.role, Role::Admin);
}
