//! Shadow reads: they find what is wrong in the cache, and nothing in an honest one, however much is written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kanvaro::app::Engines;
use kanvaro::cache::{Lease, Mark, MemoryBackend};
use kanvaro::config::Config;
use kanvaro::metrics::Metrics;
use kanvaro::model::{Change, Role, Task, User};
use kanvaro::store::sqlite::SqliteBackend;
use kanvaro::store::{Outcome, Settle, Store, StoreError, Ticket};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::operators::poke;
use crate::support::app::TestApp;
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
            limit,
        }
    }

    async fn after(&self, _: Ticket, _: Outcome) {}

    async fn renew(&self, _: Option<&[kanvaro::model::Tag]>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// An API that shadows all it serves, and a way into its store that the cache is not told of.
async fn open() -> (TestApp, Store) {
    let data = TempDir::new().unwrap();
    let engine = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
    let engines = Engines {
        store: engine.clone(),
        cache: Arc::new(MemoryBackend::new(16 << 20)),
        lease: Lease::forever(),
    };
    let config = Config {
        shadow: 1.0,
        ..Config::default()
    };
    let app = TestApp::assembled(config, engines, Box::new(data)).await;
    let past = Store::new(engine, Arc::new(Silent), app.clock.clone(), Metrics::default());
    (app, past)
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
    let (app, past) = open().await;
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
    let (app, _) = open().await;
    let acme = Tenant::seed(&app).await;
    let bob = acme.member(&app, Role::TeamMember).await;
    let (project, absent) = (gid(&acme.project), gid(&sample::task(&acme.project)));
    let asked = json!({ "project": project, "task": absent });
    let talk = "query($id: ID!) { task(id: $id) { comments(first: 5) { totalCount nodes { body } } } }";
    for round in 0..30 {
        // What hangs below a project goes with it, under tags that stay as they are.
        let gone = sample::project(&acme.admin);
        let below: Task = sample::task(&gone);
        app.seed([gone.clone()]).await;
        app.seed([below.clone()]).await;
        app.seed([sample::comment(&below, acme.admin.id)]).await;
        let comments = json!({ "id": gid(&below) });
        app.data(&acme.admin, talk, comments.clone()).await;
        let make = json!({ "projectId": project, "title": format!("Task {round}") });
        let remove = json!({ "projectId": gid(&gone) });
        tokio::join!(
            app.data(&acme.admin, LISTS, asked.clone()),
            app.data(&bob, LISTS, asked.clone()),
            app.mutate(&acme.admin, "createTask", make),
            app.data(&acme.admin, talk, comments.clone()),
            app.mutate(&acme.admin, "deleteProject", remove),
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
