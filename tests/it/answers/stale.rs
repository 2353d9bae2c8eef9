//! Answers whose time is over while all that they were made of is current.

use std::time::Duration;

use kanvaro::cache::Key;
use kanvaro::model::{EntityRef, Kind};
use serde_json::json;

use super::site::{Site, on_each_site};
use crate::support::sample::after_noon;

const PROJECT: &str = "query($id: ID!) { project(id: $id) { name } }";
/// The time of a project's answer is over, and it may still be served while it is made anew.
const OVER: Duration = Duration::from_secs(305);
/// That is over, too, and it may still be served where it can't be made anew.
const LONG_OVER: Duration = Duration::from_secs(400);

async fn it_is_served_once_more_while_it_is_made_anew(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    site.hit(&ada, PROJECT, id.clone()).await;
    site.clock.advance(OVER);
    let kept = site.app.metrics.answers_filled();
    let stale = site.ask(&ada, PROJECT, id.clone()).await;
    assert_eq!(
        (stale.cache(), stale.header("x-cache-ttl"), stale.header("age")),
        ("STALE", "0", "305")
    );
    site.kept(kept + 1).await;
    let fresh = site.ask(&ada, PROJECT, id).await;
    assert_eq!((fresh.cache(), fresh.header("age")), ("HIT", "0"));
    assert_eq!(site.app.metrics.answers("stale", "revalidate"), 1);
}

async fn what_was_written_meanwhile_is_never_served_stale(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    site.hit(&ada, PROJECT, json!({ "id": project })).await;
    site.clock.advance(OVER);
    site.rename(&ada, &project, "Shop").await;
    let got = site.ask(&ada, PROJECT, json!({ "id": project })).await;
    assert_eq!(
        (got.cache(), got.data()["project"]["name"].as_str()),
        ("MISS", Some("Shop"))
    );
}

async fn it_is_served_when_it_cannot_be_made_anew(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    site.hit(&ada, PROJECT, json!({ "id": project })).await;
    site.clock.advance(LONG_OVER);
    site.store.fail(Kind::Project);
    let reference = EntityRef::parse_global(&project).unwrap();
    site.app.cache.purge(&[Key::Entity(reference)]).await.unwrap();
    let got = site.ask(&ada, PROJECT, json!({ "id": project })).await;
    assert_eq!(
        (got.cache(), got.data()["project"]["name"].as_str()),
        ("STALE", Some("Website"))
    );
    assert_eq!(site.app.metrics.answers("stale", "if_error"), 1);
    site.clock.advance(LONG_OVER);
    let over = site.ask(&ada, PROJECT, json!({ "id": project })).await;
    assert_eq!((over.cache(), over.code().as_str()), ("BYPASS", "UNAVAILABLE"));
}

async fn what_changes_at_a_moment_is_not_served_past_it(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    let due = json!({ "title": "Soon", "dueDate": after_noon(30).to_string() });
    let id = json!({ "id": site.task(&ada, due, &project).await });
    let overdue = "query($id: ID!) { task(id: $id) { isOverdue } }";
    let kept = site.hit(&ada, overdue, id.clone()).await;
    assert_eq!(kept.data()["task"]["isOverdue"], false);
    assert!(kept.header("x-cache-ttl").parse::<u64>().unwrap() <= 30);
    site.clock.advance(Duration::from_secs(31));
    let after = site.ask(&ada, overdue, id).await;
    assert_eq!(
        (after.cache(), &after.data()["task"]["isOverdue"]),
        ("MISS", &json!(true))
    );
}

on_each_site!(
    it_is_served_once_more_while_it_is_made_anew,
    what_was_written_meanwhile_is_never_served_stale,
    it_is_served_when_it_cannot_be_made_anew,
    what_changes_at_a_moment_is_not_served_past_it,
);
