//! What is written reaches CloudFront: once, in batches, and whatever fails on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use kanvaro::model::Project;
use tokio::time::sleep;

use super::gate::Way;
use super::rig::{Rig, on_each_engine};
use crate::support::aws::Invalidation;
use crate::support::stack::Database;

on_each_engine! {
    a_write_has_what_bears_its_tags_forgotten,
    what_is_written_together_goes_out_together_and_once,
    what_could_not_be_told_is_told_later,
    a_lost_answer_leads_to_the_same_order_again,
    a_worker_that_dies_leaves_the_same_order_to_the_next,
    what_the_cdn_never_takes_is_in_nobodys_way,
    no_more_is_on_its_way_than_the_cdn_takes,
    more_than_3000_paths_go_out_in_several_orders,
}

async fn a_write_has_what_bears_its_tags_forgotten(rig: Rig) {
    let _working = rig.work();
    let (project, tag) = rig.write().await;
    let told = rig.told().await;
    assert_eq!(told.len(), 1, "{told:?}");
    let lists = format!("#project:organization={}", project.organization);
    assert!(
        told[0].items.contains(&tag) && told[0].items.contains(&lists),
        "{told:?}"
    );
    assert!(told[0].reference.starts_with("kanvaro-"), "{told:?}");
}

async fn what_is_written_together_goes_out_together_and_once(rig: Rig) {
    let (mut project, tag) = rig.write().await;
    for number in 0..5 {
        let after = Project {
            name: format!("Name {number}"),
            ..Project::clone(&project)
        };
        project = rig.stack.store.update(&project, after).await.unwrap();
    }
    let (_, other) = rig.write().await;
    assert_eq!(rig.waiting().await, 7);
    let _working = rig.work();
    let told = rig.told().await;
    let times = |tag: &String| told[0].items.iter().filter(|item| *item == tag).count();
    assert_eq!((told.len(), times(&tag), times(&other)), (1, 1, 1), "{told:?}");
}

async fn what_could_not_be_told_is_told_later(rig: Rig) {
    rig.gate.becomes(Way::Closed);
    let _working = rig.work();
    let mut tags = BTreeSet::new();
    for _ in 0..3 {
        tags.insert(rig.write().await.1);
        rig.seen(rig.gate.seen().len() + 1).await;
    }
    assert_eq!(rig.distribution.invalidations().await, []);
    assert!(rig.waiting().await >= 3);
    let figures = rig.metrics.render();
    assert!(
        figures.contains("kanvaro_cdn_invalidations_total{outcome=\"unavailable\"}"),
        "{figures}"
    );
    rig.gate.becomes(Way::Busy);
    rig.seen(rig.gate.seen().len() + 1).await;
    assert_eq!(rig.distribution.invalidations().await, []);
    rig.gate.becomes(Way::Open);
    let told: BTreeSet<String> = rig.told().await.into_iter().flat_map(|order| order.items).collect();
    assert!(tags.is_subset(&told), "{tags:?} {told:?}");
}

async fn a_lost_answer_leads_to_the_same_order_again(rig: Rig) {
    rig.gate.becomes(Way::Deaf);
    rig.write().await;
    let _working = rig.work();
    rig.seen(1).await;
    // Another write comes in between; it goes out by itself.
    rig.write().await;
    rig.seen(rig.gate.seen().len() + 1).await;
    rig.gate.becomes(Way::Open);
    rig.told().await;
    let seen = rig.gate.seen();
    let first: Vec<&Invalidation> = seen
        .iter()
        .filter(|order| order.reference == seen[0].reference)
        .collect();
    assert!(
        first.len() >= 2 && first.iter().all(|order| **order == seen[0]),
        "{seen:?}"
    );
    let references: BTreeSet<&String> = seen.iter().map(|order| &order.reference).collect();
    assert_eq!(references.len(), 2, "{seen:?}");
}

async fn a_worker_that_dies_leaves_the_same_order_to_the_next(rig: Rig) {
    rig.gate.becomes(Way::Deaf);
    rig.write().await;
    let dies = rig.work();
    rig.seen(1).await;
    drop(dies);
    rig.write().await;
    rig.gate.becomes(Way::Open);
    let _next = rig.work();
    rig.told().await;
    let seen = rig.gate.seen();
    let last = seen.iter().rposition(|order| order.reference == seen[0].reference);
    assert!(last > Some(0) && seen[last.unwrap()] == seen[0], "{seen:?}");
}

async fn what_the_cdn_never_takes_is_in_nobodys_way(rig: Rig) {
    rig.gate.becomes(Way::Never("/bad".into()));
    rig.purge(["/good/1".into()]).await;
    rig.purge(["/bad".into()]).await;
    rig.purge(["/good/2".into()]).await;
    let _working = rig.work();
    while rig.waiting().await > 1 {
        sleep(Duration::from_millis(100)).await;
    }
    let told = rig.distribution.invalidations().await;
    let told: BTreeSet<String> = told.into_iter().flat_map(|order| order.items).collect();
    assert_eq!(told, ["/good/1", "/good/2"].map(str::to_owned).into());
}

async fn more_than_3000_paths_go_out_in_several_orders(rig: Rig) {
    rig.purge((0..3_500).map(|number| format!("/d{number}/x"))).await;
    let _working = rig.work();
    let told = rig.told().await;
    let sizes: Vec<usize> = told.iter().map(|order| order.items.len()).collect();
    assert_eq!(sizes, [3_000, 500]);
    let all: BTreeSet<&String> = told.iter().flat_map(|order| &order.items).collect();
    assert_eq!(all.len(), 3_500);
}

async fn no_more_is_on_its_way_than_the_cdn_takes(rig: Rig) {
    rig.gate.becomes(Way::Slow);
    rig.purge((0..3_500).map(|number| format!("/d{number}/x"))).await;
    let _working = rig.work();
    rig.seen(1).await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(rig.gate.seen().len(), 1, "the second waits until the first is done");
    rig.gate.becomes(Way::Open);
    assert_eq!(rig.told().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_paths_side_by_side_the_beginning_is_purged() {
    let database = Database::new().await;
    let rig = Rig::on(database.engine.clone()).await;
    rig.purge((0..60).map(|number| format!("/static/app/{number}.js")))
        .await;
    rig.purge(["/static/logo.svg".into()]).await;
    let _working = rig.work();
    assert_eq!(rig.told().await[0].items, ["/static/app/*", "/static/logo.svg"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tags_all_answers_of_the_api_are_purged() {
    let database = Database::new().await;
    let rig = Rig::with(database.engine.clone(), false).await;
    rig.write().await;
    rig.write().await;
    let _working = rig.work();
    let told = rig.told().await;
    assert_eq!((told.len(), &told[0].items[..]), (1, &["/graphql*".to_owned()][..]));
}

#[cfg(feature = "mongo")]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_does_the_work() {
    let scratch = crate::mongo::Scratch::new().await;
    let rig = Rig::on(scratch.backend.clone()).await;
    let working = [rig.work(), rig.work()];
    for _ in 0..3 {
        rig.write().await;
        sleep(Duration::from_millis(2_500)).await;
    }
    rig.told().await;
    let seen = rig.gate.seen();
    let references: BTreeSet<&String> = seen.iter().map(|order| &order.reference).collect();
    assert_eq!(references.len(), seen.len(), "something went out twice: {seen:?}");
    let [first, second] = working;
    first.stop().await;
    rig.write().await;
    rig.told().await;
    second.stop().await;
}
