//! What of the changes by others becomes visible, and that our own are passed over.

use std::sync::Arc;

use bson::{doc, oid::ObjectId};
use kanvaro::cache::TieredBackend;
use kanvaro::loader::{Assumed, Loaders};
use kanvaro::model::{Clock, Role, Session, Task};
use serde_json::{Value, json};

use super::deployment::{Deployment, Process, eventually, followed, oid};
use crate::support::sample;
use crate::support::world::Tenant;

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

/// A process that holds values asks for the tenant alone, once it knows that all is current: so that is renewed along.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_update_is_seen_where_only_the_tenant_is_asked_for() {
    let deployment = Deployment::new().await;
    let cache = TieredBackend::validated(deployment.cache.clone(), 16 << 20, Clock::system());
    let process = deployment.process_with(Arc::new(cache)).await;
    process.follows().await;
    eventually("the feed has begun", async || {
        process.app.app.metrics.followed_count("all") == 1
    })
    .await;
    let Tenant { task, .. } = Tenant::seed(&process.app).await;
    for round in 0..10 {
        for _ in 0..4 {
            assert_ne!(assumed(&process, &task).await, Some(format!("Round {round}")));
        }
        let title = doc! { "$set": { "title": format!("Round {round}") } };
        let id = doc! { "_id": oid(task.id) };
        deployment.tasks().update_one(id, title).await.unwrap();
        let seen = async || assumed(&process, &task).await == Some(format!("Round {round}"));
        eventually("the new title is seen", seen).await;
    }
    assert!(
        process.app.app.metrics.assumptions("held") > 20,
        "most was taken for current"
    );
}

/// The title as it is read where what is held counts until it is asked for.
async fn assumed(process: &Process, task: &Task) -> Option<String> {
    let (app, assumed) = (&process.app.app, Assumed::default());
    let title = async |loaders: Loaders| Some(loaders.get_as::<Task>(task.id).await.unwrap()?.title.clone());
    let told = title(app.assuming_loaders(&assumed)).await;
    match app.holds(&assumed.take(), Some(task.organization)).await {
        true => told,
        false => title(app.loaders()).await,
    }
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
    // It may be seen a moment before it is counted.
    eventually("it is counted", async || metrics.followed_count("renewed") > before).await;
    assert_eq!(metrics.followed_count("renewed"), before + 1, "the title alone");
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
