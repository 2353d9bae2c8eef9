//! What an answer that is kept in the process asks of Redis.

use std::time::Duration;

use serde_json::json;

use super::site::Site;
use crate::support::levels::Leveled;
use crate::support::redis::shared_url;

const PROJECT: &str = "query Show($id: ID!) { project(id: $id) { name } }";

/// The looks into Redis of a hit: how many keys and tags each was for.
async fn looks_of_a_hit(cache: &Leveled) -> Vec<(usize, usize)> {
    let site = Site::on_cache(cache.engine.clone()).await;
    let (_, ada) = site.admin("ada@example.org").await;
    let id = json!({ "id": site.project(&ada, "Website").await });
    for _ in 0..3 {
        site.hit(&ada, PROJECT, id.clone()).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    cache.far.looks();
    assert_eq!(site.ask(&ada, PROJECT, id).await.cache(), "HIT");
    cache.far.looks()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validated_hit_asks_for_versions_alone() {
    let looks = looks_of_a_hit(&Leveled::validated(&shared_url())).await;
    assert_eq!(
        looks.len(),
        1,
        "the session's, the person's and the answer's: {looks:?}"
    );
    assert!(looks.iter().all(|(keys, tags)| *keys == 0 && *tags > 0), "{looks:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tracked_hit_asks_nothing() {
    let cache = Leveled::tracked(&shared_url()).await;
    assert_eq!(looks_of_a_hit(&cache).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_kept_in_the_process_is_not_served_after_anothers_write() {
    let cache = Leveled::validated(&shared_url());
    let here = Site::on_cache(cache.engine.clone()).await;
    let there = here.beside_on(Leveled::validated(&shared_url()).engine).await;
    let (_, ada) = here.admin("ada@example.org").await;
    let project = here.project(&ada, "Website").await;
    for round in 0..5 {
        here.hit(&ada, PROJECT, json!({ "id": project })).await;
        let name = format!("Website {round}");
        there.rename(&ada, &project, &name).await;
        let seen = here.ask(&ada, PROJECT, json!({ "id": project })).await;
        assert_eq!(seen.data()["project"]["name"], name);
    }
}
