//! Who follows when the one who did stops or dies, and what comes of a place that is lost and a cache that is away.

use std::time::Duration;

use bson::doc;
use kanvaro::store::StoreBackend;
use serde_json::json;
use tokio::time::sleep;

use super::deployment::{Deployment, Process, eventually, followed, oid};
use crate::support::faulty::FaultyCache;
use crate::support::world::Tenant;

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
