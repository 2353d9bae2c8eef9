//! Shadow reads: they find what is wrong in the cache, and nothing in an honest one, however much is written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kanvaro::app::Engines;
use kanvaro::cache::{Lease, Mark, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Role, User};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Outcome, Settle, Store, StoreBackend, StoreError, Ticket};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::operators::poke;
use crate::support::app::TestApp;
use crate::support::faulty::FaultyStore;
use crate::support::sample;
use crate::support::server::TestServer;
use crate::support::world::{Tenant, gid};

const ME: &str = "{ viewer { user { firstName } } }";

async fn shadowed() -> (TestServer, String, User) {
    let server = TestServer::with(Config {
        shadow: 1.0,
        ..Config::default()
    })
    .await;
    let ada = User::clone(&*server.admin("ada@example.org").await);
    let password = kanvaro::service::Password::new(crate::support::server::PASSWORD);
    let login = server.app.services.login(&ada.email, &password, "test").await;
    (server, login.unwrap().0.text(), ada)
}

async fn ask(server: &TestServer, token: &str, query: &str, variables: Value) -> Value {
    let request = server.post(&json!({ "query": query, "variables": variables }));
    server.send(request.bearer_auth(token)).await.body
}

#[tokio::test]
async fn a_shadow_read_finds_a_wrong_entity_under_the_right_version() {
    let (server, token, ada) = shadowed().await;
    ask(&server, &token, ME, json!({})).await;
    let wrong = User {
        first_name: "Wrong".into(),
        password_hash: String::new(),
        ..ada
    };
    poke(&server.app, wrong).await;
    ask(&server, &token, ME, json!({})).await;
    let start = Instant::now();
    while server.app.metrics.shadows("User", "different") == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "it is never found");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let metrics = server.app.metrics.render();
    assert!(
        metrics.contains("kanvaro_shadow_fields_total{field=\"firstName\",kind=\"User\"}"),
        "{metrics}"
    );
}

#[tokio::test]
async fn shadow_reads_find_nothing_in_an_honest_cache_under_writes() {
    let (server, token, _) = shadowed().await;
    let rename = "mutation($name: String!) { updateProfile(input: { firstName: $name }) { user { firstName } } }";
    for round in 0..40 {
        let name = json!({ "name": format!("Ada {round}") });
        let (renamed, ..) = tokio::join!(
            ask(&server, &token, rename, name),
            ask(&server, &token, ME, json!({})),
            ask(&server, &token, ME, json!({})),
        );
        assert_eq!(renamed.get("errors"), None, "{renamed}");
        ask(&server, &token, ME, json!({})).await;
    }
    let metrics = &server.app.metrics;
    let start = Instant::now();
    while metrics.shadows("User", "same") < 20 {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", metrics.render());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let different = ["User", "Session", "Organization"].map(|kind| metrics.shadows(kind, "different"));
    assert_eq!(different, [0; 3]);
}

/// Tells the cache of no write, as a program that writes past this one.
struct Silent;

#[async_trait]
impl Settle for Silent {
    async fn before(&self, _: &[Change]) -> Ticket {
        let limit = Duration::from_secs(5);
        let (tags, mark) = (Vec::new(), Mark::new(limit).id);
        Ticket {
            tags,
            mark,
            raises_epoch: false,
            purges: Vec::new(),
            images: Vec::new(),
            limit,
        }
    }

    async fn after(&self, _: Ticket, _: Outcome) {}

    async fn renew(&self, _: Option<&[kanvaro::model::Tag]>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// An API that shadows all it serves, whose reads of the store can be held, and other ways into it.
struct Site {
    app: TestApp,
    store: Arc<FaultyStore>,
    /// Another process: its reads are never held.
    other: TestApp,
    /// A way that the cache is not told of.
    past: Store,
}

impl Site {
    async fn open() -> Site {
        let data = TempDir::new().unwrap();
        let engine: Arc<dyn StoreBackend> = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
        let cache = Arc::new(MemoryBackend::new(16 << 20));
        let store = FaultyStore::over(engine.clone());
        let on = |store: Arc<dyn StoreBackend>| Engines {
            store,
            cache: cache.clone(),
            lease: Lease::forever(),
        };
        let config = Config {
            shadow: 1.0,
            ..Config::default()
        };
        let app = TestApp::assembled(config, on(store.clone()), Box::new(data)).await;
        Site {
            past: Store::new(engine.clone(), Arc::new(Silent), app.clock.clone(), Metrics::default()),
            other: TestApp::on(on(engine), Box::new(())).await,
            app,
            store,
        }
    }
}

const LISTS: &str = "query($project: ID!, $task: ID!) { tasks(first: 5) { totalCount nodes { id } } \
    projects(first: 5) { nodes { id } } project(id: $project) { progress { total } } node(id: $task) { id } }";

/// Waits until so many comparisons came out so.
async fn until(app: &TestApp, kind: &str, outcome: &str, count: u64) {
    let (metrics, start) = (&app.app.metrics, Instant::now());
    while metrics.shadows(kind, outcome) < count {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{kind}: {}",
            metrics.render()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_shadow_read_finds_wrong_lists_counts_memberships_and_absences() {
    let Site { app, past, .. } = Site::open().await;
    let acme = Tenant::seed(&app).await;
    let bob = acme.member(&app, Role::TeamMember).await;
    let (new, theirs) = (sample::task(&acme.project), sample::project(&bob));
    app.seed([theirs.clone()]).await;
    let asked = json!({ "project": gid(&acme.project), "task": gid(&new) });
    for who in [&acme.admin, &bob] {
        app.data(who, LISTS, asked.clone()).await;
    }
    past.insert(new).await.unwrap();
    past.insert(sample::project(&bob)).await.unwrap();
    for who in [&acme.admin, &bob] {
        app.data(who, LISTS, asked.clone()).await;
    }
    for kind in ["page", "count", "status_counts", "memberships", "Task"] {
        until(&app, kind, "different", 1).await;
    }
    let metrics = app.app.metrics.render();
    for (field, kind) in [
        ("page", "Task"),
        ("page", "Project"),
        ("count", "Task"),
        ("status_counts", "Task"),
        ("memberships", "Project"),
        ("presence", "Task"),
    ] {
        let line = format!("kanvaro_shadow_fields_total{{field=\"{field}\",kind=\"{kind}\"}}");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shadow_reads_find_nothing_in_honest_lists_under_writes() {
    let Site { app, .. } = Site::open().await;
    let acme = Tenant::seed(&app).await;
    let bob = acme.member(&app, Role::TeamMember).await;
    let (project, absent) = (gid(&acme.project), gid(&sample::task(&acme.project)));
    let asked = json!({ "project": project, "task": absent });
    for round in 0..30 {
        let make = json!({ "projectId": project, "title": format!("Task {round}") });
        tokio::join!(
            app.data(&acme.admin, LISTS, asked.clone()),
            app.data(&bob, LISTS, asked.clone()),
            app.mutate(&acme.admin, "createTask", make),
            app.data(&acme.admin, LISTS, asked.clone()),
        );
        app.data(&acme.admin, LISTS, asked.clone()).await;
        app.data(&bob, LISTS, asked.clone()).await;
    }
    let kinds = ["page", "count", "status_counts", "memberships", "Task"];
    for kind in kinds {
        until(&app, kind, "same", 10).await;
    }
    let different = kinds.map(|kind| app.app.metrics.shadows(kind, "different"));
    assert_eq!(different, [0; 5], "{}", app.app.metrics.render());
}

#[tokio::test]
async fn what_goes_with_its_project_is_no_difference_though_its_own_tags_stay() {
    let site = Site::open().await;
    let Site { app, other, .. } = &site;
    let acme = Tenant::seed(app).await;
    let talk = "query($id: ID!) { task(id: $id) { title comments(first: 5) { totalCount nodes { body } } } }";
    let id = json!({ "id": gid(&acme.task) });
    for _ in ["cold", "its rows under their own keys"] {
        app.data(&acme.admin, talk, id.clone()).await;
    }
    until(app, "page", "same", 1).await;
    site.store.hold(true);
    app.data(&acme.admin, talk, id).await;
    other
        .done(&acme.admin, "deleteProject", json!({ "projectId": gid(&acme.project) }))
        .await;
    site.store.hold(false);
    let kinds = ["Task", "Comment", "page", "count"];
    for kind in kinds {
        until(app, kind, "overtaken", 1).await;
    }
    let different = kinds.map(|kind| app.app.metrics.shadows(kind, "different"));
    assert_eq!(different, [0; 4], "{}", app.app.metrics.render());
}
