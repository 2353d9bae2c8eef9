//! Uploads to the real program: on disk by default, in S3, where neither can be reached, and killed in between.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::direct::hash;
use super::site::{Part, body, document};
use crate::media::sample;
use crate::support::process::{Place, Server};

/// A server with its demo data, and its admin signed in.
struct Running {
    server: Server,
    client: Client,
    token: String,
}

/// How to sign in as somebody in the demo data of a place.
struct Login {
    email: String,
    password: String,
}

impl Login {
    fn told(server: &Server) -> Login {
        let told = |label| server.told(label).unwrap().to_owned();
        Login {
            email: told("Sign in as"),
            password: told("Password"),
        }
    }
}

impl Running {
    async fn start(place: &Place, login: Option<&Login>) -> (Running, Login) {
        let server = place.serve();
        let login = login.map_or_else(
            || Login::told(&server),
            |login| Login {
                email: login.email.clone(),
                password: login.password.clone(),
            },
        );
        let mut running = Running {
            server,
            client: Client::builder().no_proxy().build().unwrap(),
            token: String::new(),
        };
        let query = "mutation($input: LoginInput!) { login(input: $input) { token } }";
        let input = json!({ "email": login.email, "password": login.password });
        let answer = running.ask(query, json!({ "input": input })).await;
        running.token = answer["data"]["login"]["token"].as_str().unwrap().to_owned();
        (running, login)
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let request = self.client.post(format!("{}/graphql", self.server.url));
        let request = request.json(&json!({ "query": query, "variables": variables }));
        let request = match self.token.as_str() {
            "" => request,
            token => request.bearer_auth(token),
        };
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn send(&self, mutation: &str, mut input: Value, field: &str, file: &[u8]) -> Result<Value, reqwest::Error> {
        let (value, place) = match field {
            "files" => (json!([null]), "variables.input.files.0"),
            field => (Value::Null, ["variables.input.", field].concat().leak() as &str),
        };
        input[field] = value;
        let operations = json!({ "query": document(mutation), "variables": { "input": input } }).to_string();
        let map = json!({ "0": [place] }).to_string();
        let parts: [Part<'_>; 3] = [
            ("operations", None, operations.as_bytes()),
            ("map", None, map.as_bytes()),
            ("0", Some("file.jpg"), file),
        ];
        let request = self.client.post(format!("{}/graphql", self.server.url));
        let request = request
            .header(
                "content-type",
                "multipart/form-data; boundary=------------------------d74496d66958873e",
            )
            .header("apollo-require-preflight", "true")
            .bearer_auth(&self.token);
        request.body(body(&parts)).send().await?.json().await
    }

    /// Asks for an upload of an avatar and puts it there; the id.
    async fn put(&self, photo: &[u8]) -> Value {
        let query = "mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url headers { name value } } } }";
        let input = json!({
            "kind": "AVATAR", "name": "me.jpg", "contentType": "image/jpeg", "bytes": photo.len(), "sha256": hash(photo),
        });
        let created = self.ask(query, json!({ "input": input })).await;
        let upload = &created["data"]["createUpload"]["upload"];
        let url = upload["url"].as_str().unwrap();
        let url = match url.starts_with('/') {
            true => format!("{}{url}", self.server.url),
            false => url.to_owned(),
        };
        let mut request = self.client.put(url).body(photo.to_vec());
        for header in upload["headers"].as_array().unwrap() {
            request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
        let put = request.send().await.unwrap();
        assert!(put.status().is_success(), "{put:?}");
        upload["id"].clone()
    }

    /// Completes it; the code of what the sender is told, empty when it was done.
    async fn complete(&self, id: &Value) -> Result<String, reqwest::Error> {
        let query = "mutation($id: ID!) { completeUpload(input: { uploadId: $id }) { userErrors { code } } }";
        let request = self.client.post(format!("{}/graphql", self.server.url));
        let request = request.json(&json!({ "query": query, "variables": { "id": id } }));
        let answer: Value = request.bearer_auth(&self.token).send().await?.json().await?;
        let errors = answer["data"]["completeUpload"]["userErrors"].as_array();
        let first = errors.unwrap_or_else(|| panic!("{answer}")).first();
        Ok(first.map_or(String::new(), |error| error["code"].as_str().unwrap().to_owned()))
    }

    async fn avatar(&self) -> Value {
        let query = "{ viewer { user { avatar { width variants { url bytes contentType } } } } }";
        self.ask(query, json!({})).await["data"]["viewer"]["user"]["avatar"].clone()
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.server.url))
            .send()
            .await
            .unwrap()
    }

    /// Every variant of a picture comes back whole.
    async fn serves(&self, picture: &Value) -> usize {
        let variants = picture["variants"].as_array().unwrap();
        for variant in variants {
            let served = self.get(variant["url"].as_str().unwrap()).await;
            assert_eq!(served.status(), 200, "{variant}");
            assert_eq!(
                served.headers()["content-type"],
                variant["contentType"].as_str().unwrap()
            );
            assert_eq!(served.bytes().await.unwrap().len() as u64, variant["bytes"]);
        }
        variants.len()
    }
}

/// Uploads a picture and a file and fetches what is made of them, before and after a restart; tells what a sweep would do.
async fn there_and_back(place: Place) {
    let (running, login) = Running::start(&place, None).await;
    let photo = sample::plain_jpeg(1600, 1200);
    let answer = running.send("uploadAvatar", json!({}), "file", &photo).await.unwrap();
    assert_eq!(answer["data"]["done"]["userErrors"], json!([]), "{answer}");
    let tasks = running.ask("{ tasks(first: 1) { nodes { id } } }", json!({})).await;
    let task = &tasks["data"]["tasks"]["nodes"][0]["id"];
    let attached = running
        .send("attachToTask", json!({ "taskId": task }), "files", &photo)
        .await
        .unwrap();
    let files = attached["data"]["done"]["task"]["attachments"].as_array().unwrap();
    let file = files.last().unwrap()["url"].as_str().unwrap().to_owned();
    let served = running.get(&file).await;
    assert_eq!(served.headers()["content-type"], "image/jpeg");
    assert_eq!(served.bytes().await.unwrap(), photo);
    drop(running);
    let (running, _) = Running::start(&place, Some(&login)).await;
    assert_eq!(running.serves(&running.avatar().await).await, 7);
    let swept = place.run(&["assets", "sweep", "--dry-run"]);
    assert!(
        swept.out.contains("Looked at 8 files: nobody refers to 0"),
        "{}{}",
        swept.out,
        swept.err
    );
    running.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_disk_by_default() {
    there_and_back(Place::new()).await;
}

#[cfg(feature = "aws")]
fn on_s3(bucket: &str, endpoint: &str) -> Place {
    Place::new()
        .with("KANVARO_ASSETS", &format!("s3://{bucket}/some/where"))
        .with("KANVARO_ASSETS_ENDPOINT", endpoint)
        .with("KANVARO_ASSETS_REGION", "eu-central-1")
        .with("KANVARO_ASSETS_PATH_STYLE", "true")
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn in_s3() {
    let bucket = crate::support::aws::new_bucket().await;
    let place = on_s3(&bucket, &crate::support::aws::url());
    let data = place.data();
    there_and_back(place).await;
    assert!(!data.join("assets").exists(), "something lies on disk");
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn where_s3_is_away_a_mutation_fails_and_leaves_nothing() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (bucket, endpoint) in [
        ("no-such-bucket", crate::support::aws::url()),
        ("some-bucket", format!("http://{nobody}")),
    ] {
        let place = on_s3(bucket, &endpoint);
        let (running, _) = Running::start(&place, None).await;
        let answer = running
            .send("uploadAvatar", json!({}), "file", &sample::plain_jpeg(40, 30))
            .await
            .unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer}");
        assert_eq!(running.avatar().await, Value::Null);
        assert_eq!(std::fs::read_dir(place.data().join("uploads")).unwrap().count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_it_is_killed_nothing_points_at_nothing() {
    let place = Place::new();
    let (mut running, login) = Running::start(&place, None).await;
    let mut outcomes = Vec::new();
    for round in 0..8_u32 {
        let side = 900 + round;
        let photo = sample::plain_jpeg(side, side);
        let sending = running.send("uploadAvatar", json!({}), "file", &photo);
        // From before it has come in to after the reply.
        let killed_after = Duration::from_millis(u64::from(round) * u64::from(round) * 25);
        let answered = tokio::time::timeout(killed_after, sending)
            .await
            .is_ok_and(|answer| answer.is_ok());
        running.server.signal("KILL");
        drop(running);
        (running, _) = Running::start(&place, Some(&login)).await;
        let avatar = running.avatar().await;
        if !avatar.is_null() {
            running.serves(&avatar).await;
        }
        let is_new = avatar["width"] == side;
        assert!(is_new || !answered, "what was answered is lost: {avatar}");
        outcomes.push((answered, is_new));
    }
    println!("answered and kept: {outcomes:?}");
    assert!(outcomes.contains(&(false, false)), "it was never killed in between");
}

/// Kills the server after the file was put and while it is being completed: what was put can be completed afterwards, once.
async fn killed_around_a_completion(place: Place) {
    let place = place.with("KANVARO_ASSETS_SECRET", &"s".repeat(32));
    let (mut running, login) = Running::start(&place, None).await;
    let mut outcomes = Vec::new();
    for round in 0..5_u32 {
        let side = 700 + round;
        let photo = sample::plain_jpeg(side, side);
        let upload = running.put(&photo).await;
        let killed_after = Duration::from_millis(u64::from(round) * u64::from(round) * 25);
        let answered = tokio::time::timeout(killed_after, running.complete(&upload)).await;
        running.server.signal("KILL");
        drop(running);
        (running, _) = Running::start(&place, Some(&login)).await;
        let shown = running.avatar().await;
        let is_new = shown["width"] == side;
        assert!(
            is_new || !answered.is_ok_and(|answered| answered.is_ok()),
            "what was answered is lost"
        );
        let again = running.complete(&upload).await.unwrap();
        assert_eq!(again, if is_new { "TAKEN" } else { "" });
        let avatar = running.avatar().await;
        assert_eq!(avatar["width"], side);
        running.serves(&avatar).await;
        outcomes.push(is_new);
    }
    println!("completed before it was killed: {outcomes:?}");
    assert!(outcomes.contains(&false), "it was never killed in between");
    running.put(&sample::plain_jpeg(40, 40)).await;
    let swept = place.run(&["assets", "sweep", "--dry-run"]);
    assert!(
        swept.out.contains("Files of uploads that were not completed: "),
        "{}{}",
        swept.out,
        swept.err
    );
    running.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_outlives_a_kill_on_disk() {
    killed_around_a_completion(Place::new()).await;
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_outlives_a_kill_in_s3() {
    let bucket = crate::support::aws::new_bucket().await;
    killed_around_a_completion(on_s3(&bucket, &crate::support::aws::url())).await;
}
