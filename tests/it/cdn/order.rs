//! Versions first, then the CDN; and what a deployment without one pays: nothing.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::cache::TagState;
use kanvaro::invalidation::Invalidator;
use kanvaro::model::{Change, Entity, Kind, Tag};
use kanvaro::store::{Outcome, Settle, Write};
use tokio::time::sleep;

use super::rig::{Rig, on_each_engine};
use crate::support::sample;

on_each_engine! { the_cdn_is_told_only_when_the_versions_are_renewed, a_purge_of_the_cache_reaches_the_cdn }

async fn the_cdn_is_told_only_when_the_versions_are_renewed(rig: Rig) {
    let _working = rig.work();
    let project = sample::project(&sample::user(sample::id()));
    let door = Invalidator::new(rig.stack.cache.clone(), Arc::clone(&rig.engine)).purging(Some(rig.purging.clone()));
    let ticket = door.before(&[Change::Insert(project.clone().into())]).await;
    assert_eq!(ticket.purges.len(), 1);
    let written = ticket.purges.iter().cloned().map(Write::Purge).collect();
    let moment = rig.engine.write(written, sample::LIMIT).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    assert_eq!(rig.gate.seen(), [], "the versions are not renewed yet");
    door.after(ticket, Outcome::Written(moment)).await;
    let tag = Tag::entity(Kind::Project, project.id());
    let states = rig.stack.cache.get_many(&[], &[tag]).await.unwrap().tags;
    assert!(matches!(states[..], [TagState::Current(..)]), "{states:?}");
    assert_eq!(rig.told().await.len(), 1);
}

async fn a_purge_of_the_cache_reaches_the_cdn(rig: Rig) {
    let _working = rig.work();
    rig.stack
        .store
        .renew(&[Tag::entity(Kind::Project, sample::id())])
        .await
        .unwrap();
    assert_eq!(rig.told().await[0].items.len(), 1);
    rig.stack.store.renew_all().await.unwrap();
    let told = rig.told().await;
    assert_eq!(told[1].items, ["#api"]);
}

#[cfg(feature = "mongo")]
#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_to_the_database_is_purged_too() {
    use bson::doc;
    use kanvaro::invalidation::Follower;
    use kanvaro::model::Clock;

    let scratch = crate::mongo::Scratch::new().await;
    let rig = Rig::on(scratch.backend.clone()).await;
    let (project, tag) = rig.write().await;
    let (engine, cache) = (Arc::clone(&rig.engine), rig.stack.cache.clone());
    let purging = Some(rig.purging.clone());
    let follower = Follower::spawn(engine, cache, &Clock::system(), rig.metrics.clone(), purging);
    while !rig.metrics.is_following() || rig.metrics.followed_count("all") == 0 {
        sleep(Duration::from_millis(50)).await;
    }
    let _working = rig.work();
    let before = rig.told().await;
    // Where a feed begins, anything may have been written before.
    assert!(
        before.iter().any(|order| order.items.contains(&"#api".to_owned())),
        "{before:?}"
    );
    let id = bson::oid::ObjectId::from_bytes(*project.id.bytes());
    let projects = scratch.database.collection::<bson::Document>("projects");
    let changed = projects.update_one(doc! { "_id": id }, doc! { "$set": { "name": "By others" } });
    changed.await.unwrap();
    let start = std::time::Instant::now();
    let told = async || rig.distribution.invalidations().await.split_off(before.len());
    while !told().await.iter().any(|order| order.items.contains(&tag)) {
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", told().await);
        sleep(Duration::from_millis(100)).await;
    }
    follower.stop().await;
}

#[cfg(feature = "mongo")]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_cdn_or_writes_what_it_does_not_keep_pays_nothing() {
    use crate::support::stack::{Stack, memory};

    let scratch = crate::mongo::Scratch::new().await;
    let without = Stack::on(scratch.backend.clone(), memory());
    let user = || sample::user(sample::id());
    let writes = |commands: Vec<String>| {
        let mut commands: Vec<String> = commands.into_iter().filter(|command| command != "find").collect();
        commands.sort();
        commands
    };
    let insert = async |stack: &Stack| {
        let project = sample::project(&user());
        writes(scratch.commands(stack.store.insert(project)).await.1)
    };
    assert_eq!(insert(&without).await, ["findAndModify"]);
    let rig = Rig::on(scratch.backend.clone()).await;
    let (_, commands) = scratch.commands(rig.stack.store.insert(user())).await;
    assert_eq!(writes(commands), ["findAndModify"], "nobody keeps users");
    // The commit goes to another database.
    assert_eq!(insert(&rig.stack).await, ["insert", "update"]);
    assert_eq!(rig.waiting().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_store_is_called_as_often_with_a_cdn_as_without() {
    use crate::support::stack::{Database, Stack, memory};

    let database = Database::new().await;
    let without = Stack::on(database.engine.clone(), memory());
    without
        .store
        .insert(sample::project(&sample::user(sample::id())))
        .await
        .unwrap();
    assert_eq!(without.metrics.store_calls("write", "all"), 1);
    let rig = Rig::on(database.engine.clone()).await;
    assert_eq!(rig.waiting().await, 0, "nothing was queued without one");
    rig.write().await;
    assert_eq!(rig.stack.metrics.store_calls("write", "all"), 1);
    assert_eq!(rig.waiting().await, 1);
}
