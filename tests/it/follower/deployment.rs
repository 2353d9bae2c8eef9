//! Processes that follow one database, and the way of somebody else into it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Document, oid::ObjectId};
use kanvaro::app::Engines;
use kanvaro::cache::{CacheBackend, Lease, MemoryBackend};
use kanvaro::invalidation::{Follower, epoch};
use kanvaro::model::{Clock, Id, Task, User};
use kanvaro::store::StoreBackend;
use mongodb::Collection;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::mongo::Scratch;
use crate::support::app::TestApp;
use crate::support::world::{Tenant, gid};

/// A process with its follower.
pub struct Process {
    pub app: TestApp,
    pub follower: Follower,
}

/// Processes on one database and one cache, and the way of somebody else into the same database.
pub struct Deployment {
    pub scratch: Arc<Scratch>,
    pub cache: Arc<dyn CacheBackend>,
}

impl Deployment {
    pub async fn new() -> Deployment {
        Deployment {
            scratch: Arc::new(Scratch::new().await),
            cache: Arc::new(MemoryBackend::new(16 << 20)),
        }
    }

    pub async fn process(&self) -> Process {
        self.process_with(self.cache.clone()).await
    }

    pub async fn process_with(&self, cache: Arc<dyn CacheBackend>) -> Process {
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
    pub fn others(&self, collection: &str) -> Collection<Document> {
        self.scratch.database.collection(collection)
    }

    pub fn tasks(&self) -> Collection<Document> {
        self.others("tasks")
    }
}

impl Process {
    pub fn is_following(&self) -> bool {
        self.app.app.metrics.is_following()
    }

    /// Waits until it follows; the feed has begun then, or goes on from where another stopped.
    pub async fn follows(&self) {
        eventually("it follows", async || self.is_following()).await;
    }

    /// The epoch of the cache, while the process knows it.
    pub fn epoch(&self) -> Option<u64> {
        self.app.app.cache.lease().epoch()
    }

    pub async fn title(&self, who: &User, task: &Task) -> Value {
        let document = "query($id: ID!) { task(id: $id) { title } }";
        let answer = self.app.data(who, document, json!({ "id": gid(task) })).await;
        answer["task"]["title"].clone()
    }

    pub async fn titles(&self, tenant: &Tenant) -> Vec<String> {
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
    pub fn outdated(&self) -> u64 {
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
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
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

pub fn oid(id: Id) -> ObjectId {
    ObjectId::from_bytes(*id.bytes())
}

/// A process that follows, with a tenant whose board has been read.
pub async fn followed(deployment: &Deployment) -> (Process, Tenant) {
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
