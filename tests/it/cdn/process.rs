//! The real program: killed between the reply of a mutation and the purge, and started again.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::gate::{Gate, Way};
use crate::support::aws::Distribution;
use crate::support::process::{Place, Server};

/// A server with demo data, whose CDN is told of projects.
struct Running {
    gate: Gate,
    distribution: Distribution,
    place: Place,
}

impl Running {
    async fn at(place: Place) -> Running {
        let (gate, distribution) = (Gate::new().await, Distribution::new().await);
        let place = place
            .with("KANVARO_CDN", &format!("cloudfront://{}", distribution.id))
            .with("KANVARO_CDN_ENDPOINT", &gate.url)
            .with("KANVARO_CDN_TAGS", "true")
            .with("KANVARO_CDN_KINDS", "project");
        Running {
            gate,
            distribution,
            place,
        }
    }

    fn serve(&self) -> Server {
        block_in_place(|| self.place.serve())
    }

    async fn is_told_of(&self, tag: &str) -> bool {
        let told = self.distribution.invalidations().await;
        told.iter().any(|order| order.items.iter().any(|item| item == tag))
    }
}

async fn ask(server: &Server, token: &str, query: &str, variables: Value) -> Value {
    let request = Client::new().post(format!("{}/graphql", server.url));
    let request = request.json(&json!({ "query": query, "variables": variables }));
    let request = if token.is_empty() {
        request
    } else {
        request.bearer_auth(token)
    };
    request.send().await.unwrap().json().await.unwrap()
}

async fn nothing_waits(server: &Server) {
    let start = Instant::now();
    loop {
        let figures = reqwest::get(format!("{}/metrics", server.url))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        // Only after the first look at the queue is the figure one.
        let looked = figures.contains("kanvaro_cdn_invalidations_total{outcome=\"accepted\"}");
        if looked && figures.contains("\nkanvaro_cdn_queue_entries 0\n") {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{figures}");
        sleep(Duration::from_millis(200)).await;
    }
}

async fn killed_before_the_purge_it_is_made_up_for(place: Place) {
    let running = Running::at(place).await;
    let server = running.serve();
    let told = |label| server.told(label).unwrap().to_owned();
    let login = json!({ "input": { "email": told("Sign in as"), "password": told("Password") } });
    let query = "mutation($input: LoginInput!) { login(input: $input) { token } }";
    let answer = ask(&server, "", query, login).await;
    let token = answer["data"]["login"]["token"].as_str().unwrap().to_owned();
    nothing_waits(&server).await;
    let answer = ask(&server, &token, "{ projects(first: 1) { nodes { id } } }", json!({})).await;
    let id = answer["data"]["projects"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let tag = format!("#project:{}", id.split_once('_').unwrap().1);
    let before = running.distribution.invalidations().await.len();
    running.gate.becomes(Way::Closed);
    let query = "mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { name } userErrors { message } } }";
    let answer = ask(
        &server,
        &token,
        query,
        json!({ "input": { "projectId": id, "name": "Renamed" } }),
    )
    .await;
    assert_eq!(
        answer["data"]["updateProject"]["project"]["name"], "Renamed",
        "{answer}"
    );
    // Dropped, it is killed.
    drop(server);
    running.gate.becomes(Way::Open);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        running.distribution.invalidations().await.len(),
        before,
        "it was told too early to show anything"
    );
    let server = running.serve();
    let start = Instant::now();
    let now = async || running.distribution.invalidations().await.split_off(before);
    while !now().await.iter().any(|order| order.items.contains(&tag)) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "the purge is lost: {:?}",
            now().await
        );
        sleep(Duration::from_millis(200)).await;
    }
    assert!(running.is_told_of(&tag).await);
    let ready: Value = reqwest::get(format!("{}/ready", server.url))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((&ready["status"], &ready["cdn"]["ok"]), (&json!("ready"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_embedded_store() {
    killed_before_the_purge_it_is_made_up_for(Place::new()).await;
}

#[cfg(feature = "mongo")]
#[tokio::test(flavor = "multi_thread")]
async fn on_mongodb() {
    let scratch = crate::mongo::Scratch::bare().await;
    let uri = crate::mongo::uri_of(scratch.database.name());
    killed_before_the_purge_it_is_made_up_for(Place::new().with("KANVARO_DATABASE", &uri)).await;
}
