//! A query that is sent after a mutation's reply is never answered with what was before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::site::{Site, on_each_site};

const PROJECT: &str = "query($id: ID!) { project(id: $id) { name } projects { nodes { name } } }";
const ROUNDS: u64 = 60;
const READERS: usize = 6;

async fn what_was_written_is_read_next(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    for round in 0..10 {
        let name = format!("Website {round}");
        site.hit(&ada, PROJECT, json!({ "id": project })).await;
        site.rename(&ada, &project, &name).await;
        let got = site.ask(&ada, PROJECT, json!({ "id": project })).await;
        assert_eq!(got.cache(), "MISS", "{got:?}");
        assert_eq!(
            got.data(),
            json!({ "project": { "name": name }, "projects": { "nodes": [{ "name": name }] } })
        );
    }
    assert!(site.app.metrics.answers("miss", "renewed") >= 10);
}

async fn what_appears_in_a_list_is_there_next(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    let tasks = "query($id: ID!) { project(id: $id) { tasks(first: 50) { totalCount nodes { title } } } \
                 tasks(filter: { status: [\"todo\"] }) { totalCount } }";
    for round in 1..6 {
        site.hit(&ada, tasks, json!({ "id": project })).await;
        let input = json!({ "title": "New", "status": "todo" });
        site.task(&ada, input, &project).await;
        let data = site.ask(&ada, tasks, json!({ "id": project })).await.data();
        assert_eq!(data["project"]["tasks"]["totalCount"], round, "{data}");
        assert_eq!(data["tasks"]["totalCount"], round, "{data}");
    }
}

/// What a reader saw, and what it must at least have seen.
struct Track {
    floor: AtomicU64,
    hits: AtomicU64,
    old: AtomicU64,
    running: AtomicBool,
}

async fn no_hit_is_old_while_writers_and_readers_race(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "0").await });
    let sites = [Arc::new(site.beside().await), Arc::new(site)];
    let track = Arc::new(Track {
        floor: AtomicU64::new(0),
        hits: AtomicU64::new(0),
        old: AtomicU64::new(0),
        running: AtomicBool::new(true),
    });
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (site, track) = (Arc::clone(&sites[reader % 2]), Arc::clone(&track));
            tokio::spawn(read(site, track, ada.clone(), id.clone()))
        })
        .collect();
    let project = id["id"].as_str().unwrap();
    for round in 1..=ROUNDS {
        sites[usize::from(round % 2 == 0)]
            .rename(&ada, project, &round.to_string())
            .await;
        track.floor.store(round, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    track.running.store(false, Ordering::SeqCst);
    join_all(readers).await.into_iter().for_each(Result::unwrap);
    assert_eq!(track.old.load(Ordering::SeqCst), 0);
    let hits = track.hits.load(Ordering::SeqCst);
    assert!(hits > 20, "only {hits} hits");
}

async fn read(site: Arc<Site>, track: Arc<Track>, ada: String, id: Value) {
    while track.running.load(Ordering::SeqCst) {
        let least = track.floor.load(Ordering::SeqCst);
        let got = site.ask(&ada, PROJECT, id.clone()).await;
        let data = got.data();
        for name in [&data["project"]["name"], &data["projects"]["nodes"][0]["name"]] {
            let seen: u64 = name.as_str().unwrap().parse().unwrap();
            if seen < least {
                track.old.fetch_add(1, Ordering::SeqCst);
            }
        }
        if got.cache() == "HIT" {
            track.hits.fetch_add(1, Ordering::SeqCst);
        }
    }
}

on_each_site!(
    what_was_written_is_read_next,
    what_appears_in_a_list_is_there_next,
    no_hit_is_old_while_writers_and_readers_race,
);
