//! Uploads that go to where files lie by themselves, on disk and in S3: asked for, sent, completed, and what is refused when.

use std::time::Duration;

use futures_util::future::join;
use kanvaro::media::blob::Content;
use kanvaro::model::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::site::Site;
use crate::media::sample;
use crate::support::server::Answer;
use crate::support::world::gid;

pub const CREATE: &str = "mutation($input: CreateUploadInput!) { done: createUpload(input: $input) { \
    upload { id url method headers { name value } expiresAt } userErrors { field code message } } }";
const COMPLETE: &str = "mutation($input: CompleteUploadInput!) { done: completeUpload(input: $input) { \
    asset { id name contentType bytes url kind } user { id avatar { ...I } } project { id version cover { ...I } } \
    organization { id logo { ...I } } task { id attachments { id name } } userErrors { field code message } } } \
    fragment I on Image { width variants { url bytes contentType } }";

/// The SHA-256 in hexadecimal digits.
pub fn hash(content: &[u8]) -> String {
    kanvaro::media::hex(&Sha256::digest(content).into())
}

/// What `createUpload` is told of a file.
pub fn file(kind: &str, target: &Value, content: &[u8]) -> Value {
    let content_type = if kind == "ATTACHMENT" {
        "text/plain"
    } else {
        "image/jpeg"
    };
    json!({
        "kind": kind, "targetId": target, "name": "../a file.txt", "contentType": content_type,
        "bytes": content.len(), "sha256": hash(content),
    })
}

impl Site {
    /// What `createUpload` gives.
    pub async fn create_upload(&self, token: &str, input: &Value) -> Value {
        let created = self.ask(token, CREATE, json!({ "input": input })).await;
        assert_eq!(
            created.body["data"]["done"]["userErrors"],
            json!([]),
            "{}",
            created.body
        );
        created.body["data"]["done"]["upload"].clone()
    }

    /// Sends this as a client does that knows nothing but the answer.
    pub async fn put(&self, upload: &Value, content: &[u8]) -> Response {
        let url = upload["url"].as_str().unwrap();
        let url = if url.starts_with('/') {
            self.server.url(url)
        } else {
            url.to_owned()
        };
        let method: Method = upload["method"].as_str().unwrap().parse().unwrap();
        let mut request = self.server.client.request(method, url).body(content.to_vec());
        for header in upload["headers"].as_array().unwrap() {
            request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
        request.send().await.unwrap()
    }

    pub async fn complete(&self, token: &str, input: Value) -> Answer {
        self.ask(token, COMPLETE, json!({ "input": input })).await
    }

    /// All three steps; the payload.
    async fn send(&self, kind: &str, target: &Value, content: &[u8]) -> Value {
        let upload = self.create_upload(&self.token, &file(kind, target, content)).await;
        let put = self.put(&upload, content).await;
        assert!(put.status().is_success(), "{put:?}");
        let completed = self.complete(&self.token, json!({ "uploadId": upload["id"] })).await;
        assert_eq!(
            completed.body["data"]["done"]["userErrors"],
            json!([]),
            "{}",
            completed.body
        );
        completed.body["data"]["done"].clone()
    }

    /// How many files wait.
    pub async fn staged(&self) -> usize {
        let blobs = &self.server.app.assets.blobs;
        blobs.list("staging/", None, 1_000).await.unwrap().len()
    }
}

/// Field, code and message of the first user error.
pub fn refusal(answer: &Answer) -> (String, String) {
    let error = &answer.body["data"]["done"]["userErrors"][0];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (format!("{} {}", text("field"), text("code")), text("message"))
}

async fn on_disk() -> Site {
    Site::new().await
}

#[cfg(feature = "aws")]
pub async fn in_s3() -> Site {
    let bucket = std::sync::Arc::new(crate::support::aws::bucket().await);
    Site::placed(Some(bucket), |config| config).await
}

macro_rules! on_each_place {
    ($($test:ident)*) => {
        mod disk {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::on_disk().await).await;
            })*
        }

        #[cfg(feature = "aws")]
        mod s3 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::in_s3().await).await;
            })*
        }
    };
}

on_each_place! {
    pictures_come_back_in_all_their_sizes
    a_file_of_a_task_comes_back_as_it_was
    nothing_shows_what_is_not_completed
    what_is_not_as_announced_never_gets_in
    what_got_past_the_place_is_found_at_the_end
    a_hash_may_be_told_at_the_end
    who_completes_twice_is_told_so
    a_file_that_cannot_be_kept_is_refused_as_in_a_request
    who_may_not_any_more_completes_nothing
    what_nobody_completes_is_swept_away
    a_cover_is_for_the_version_that_was_meant
}

async fn pictures_come_back_in_all_their_sizes(site: Site) {
    let project = gid(&*site.project().await.0);
    let photo = sample::plain_jpeg(1300, 900);
    let mut assets = Vec::new();
    for (kind, target, object, field) in [
        ("AVATAR", Value::Null, "user", "avatar"),
        ("COVER", json!(project), "project", "cover"),
        ("LOGO", Value::Null, "organization", "logo"),
    ] {
        let done = site.send(kind, &target, &photo).await;
        assert_eq!(
            (&done["asset"]["kind"], &done["asset"]["name"]),
            (&json!(kind), &json!("a file.txt"))
        );
        assert_eq!(
            (&done["asset"]["contentType"], &done["task"]),
            (&json!("image/jpeg"), &Value::Null)
        );
        let variants = done[object][field]["variants"].as_array().unwrap().clone();
        assert_eq!(variants.len(), 7);
        for variant in variants {
            let served = site.get(variant["url"].as_str().unwrap()).await;
            assert_eq!(
                served.headers()["content-type"],
                variant["contentType"].as_str().unwrap()
            );
            assert_eq!(served.bytes().await.unwrap().len() as u64, variant["bytes"]);
        }
        assets.push(done["asset"]["id"].clone());
    }
    assert_eq!((site.staged().await, site.temporary(), site.stored().await), (0, 0, 3));
    // A new one takes the place of the one before, which goes.
    let again = site.send("AVATAR", &Value::Null, &sample::plain_jpeg(40, 40)).await;
    assert_ne!(again["asset"]["id"], assets[0]);
    assert_eq!(again["user"]["avatar"]["width"], 40);
    assert_eq!(site.stored().await, 3);
}

async fn a_file_of_a_task_comes_back_as_it_was(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    // Larger than what is put in one request from here.
    let content: Vec<u8> = (0..9_000_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let done = site.send("ATTACHMENT", &task, &content).await;
    assert_eq!(done["task"]["attachments"][0]["id"], done["asset"]["id"]);
    assert_eq!(done["asset"]["bytes"], content.len());
    assert_eq!(
        (&done["asset"]["name"], &done["user"]),
        (&json!("a file.txt"), &Value::Null)
    );
    let served = site.get(done["asset"]["url"].as_str().unwrap()).await;
    assert!(served.bytes().await.unwrap() == content);
    site.send("ATTACHMENT", &task, b"").await;
    assert_eq!((site.staged().await, site.temporary(), site.stored().await), (0, 0, 2));
}

async fn nothing_shows_what_is_not_completed(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, b"secret"))
        .await;
    assert_eq!(site.staged().await, 0);
    site.put(&upload, b"secret").await;
    let waits = site.server.app.assets.blobs.list("staging/", None, 10).await.unwrap();
    let name = waits[0].key.to_string();
    let name = name.strip_prefix("staging").unwrap();
    for area in [
        "staging",
        "uploads",
        "files",
        "images",
        "static",
        "images//staging",
        "files/../staging",
    ] {
        let served = site.get(&format!("/{area}{name}")).await;
        assert!(served.status().is_client_error(), "{area}: {}", served.status());
    }
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
}

async fn what_is_not_as_announced_never_gets_in(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    for body in [&b"12345"[..], b"1234567", b"", b"654321"] {
        let upload = site
            .create_upload(&site.token, &file("ATTACHMENT", &task, b"123456"))
            .await;
        let put = site.put(&upload, body).await.status();
        let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
        // What the place let pass is found out at the end.
        let expected = match (put.is_success(), body.len() == 6) {
            (false, _) => "uploadId NOT_FOUND",
            (true, true) => "sha256 INVALID",
            (true, false) => "uploadId OUT_OF_RANGE",
        };
        assert_eq!(refusal(&done).0, expected, "{put} {}", done.body);
        // And mended by sending it again.
        assert!(site.put(&upload, b"123456").await.status().is_success());
        let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
        assert_eq!(done.body["data"]["done"]["userErrors"], json!([]), "{}", done.body);
    }
    assert_eq!((site.stored().await, site.staged().await, site.temporary()), (4, 0, 0));
}

async fn what_got_past_the_place_is_found_at_the_end(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, b"123456"))
        .await;
    let assets = &site.server.app.assets;
    let key = assets.links.unseal(upload["id"].as_str().unwrap()).unwrap().key();
    for (content, expected, said) in [
        (
            &b"12345"[..],
            "uploadId OUT_OF_RANGE",
            "5 bytes were put and 6 announced",
        ),
        (b"1234567", "uploadId OUT_OF_RANGE", "7 bytes were put and 6 announced"),
        (b"654321", "sha256 INVALID", &hash(b"654321")),
    ] {
        let staged = assets.blobs.stage(&key, Content::Bytes(content.into()));
        staged.await.unwrap();
        let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
        let (code, message) = refusal(&done);
        assert_eq!(code, expected, "{}", done.body);
        assert!(message.contains(said), "{message}");
    }
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
}

async fn a_hash_may_be_told_at_the_end(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    let mut input = file("ATTACHMENT", &task, b"123456");
    let right = input.as_object_mut().unwrap().remove("sha256").unwrap();
    let upload = site.create_upload(&site.token, &input).await;
    assert!(site.put(&upload, b"123456").await.status().is_success());
    for (sha256, expected) in [
        (Value::Null, "sha256 REQUIRED"),
        (json!("abc"), "sha256 INVALID"),
        (json!(hash(b"654321")), "sha256 INVALID"),
        (right.clone(), " "),
    ] {
        let input = json!({ "uploadId": upload["id"], "sha256": sha256 });
        assert_eq!(refusal(&site.complete(&site.token, input).await).0, expected);
    }
    let told = site.create_upload(&site.token, &file("ATTACHMENT", &task, b"1")).await;
    let other = json!({ "uploadId": told["id"], "sha256": right });
    assert_eq!(refusal(&site.complete(&site.token, other).await).0, "sha256 INVALID");
}

async fn who_completes_twice_is_told_so(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    for (kind, target) in [("ATTACHMENT", &task), ("AVATAR", &Value::Null)] {
        let content = sample::plain_jpeg(30, 30);
        let upload = site.create_upload(&site.token, &file(kind, target, &content)).await;
        let input = json!({ "uploadId": upload["id"] });
        let early = site.complete(&site.token, input.clone()).await;
        assert_eq!(refusal(&early).0, "uploadId NOT_FOUND");
        site.put(&upload, &content).await;
        let both = join(
            site.complete(&site.token, input.clone()),
            site.complete(&site.token, input.clone()),
        );
        let (first, second) = both.await;
        let mut told = [refusal(&first).0, refusal(&second).0];
        told.sort_unstable();
        assert_eq!(told, [" ", "uploadId TAKEN"]);
        // Also with the file there once more.
        site.put(&upload, &content).await;
        let (code, message) = refusal(&site.complete(&site.token, input).await);
        assert_eq!(code, "uploadId TAKEN");
        assert!(message.contains("completed already"), "{message}");
    }
    assert_eq!((site.stored().await, site.temporary()), (2, 0));
}

async fn a_file_that_cannot_be_kept_is_refused_as_in_a_request(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    for (kind, target, content, expected) in [
        ("ATTACHMENT", &task, &b"MZ\x90"[..], "uploadId INVALID"),
        ("AVATAR", &Value::Null, b"<svg onload=alert(1)>", "uploadId INVALID"),
        ("LOGO", &Value::Null, b"\xff\xd8\xff\xe0 cut off", "uploadId INVALID"),
    ] {
        let upload = site.create_upload(&site.token, &file(kind, target, content)).await;
        site.put(&upload, content).await;
        let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
        assert_eq!(refusal(&done).0, expected, "{}", done.body);
    }
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
}

async fn who_may_not_any_more_completes_nothing(site: Site) {
    let (project, task) = site.project().await;
    let (ben, token) = site.member(Role::TeamMember).await;
    let add = "mutation($p: ID!, $u: ID!) { addProjectMember(input: { projectId: $p, userId: $u }) { userErrors { message } } }";
    let remove = "mutation($p: ID!, $u: ID!) { removeProjectMember(input: { projectId: $p, userId: $u }) { userErrors { message } } }";
    let both = json!({ "p": gid(&*project), "u": gid(&*ben) });
    site.ask(&site.token, add, both.clone()).await;
    let upload = site
        .create_upload(&token, &file("ATTACHMENT", &json!(gid(&*task)), b"a"))
        .await;
    site.put(&upload, b"a").await;
    let input = json!({ "uploadId": upload["id"] });
    // It is nobody else's, whatever they may.
    let other = site.complete(&site.token, input.clone()).await;
    assert_eq!((other.code(), other.message()), ("NOT_FOUND", "no such upload"));
    site.ask(&site.token, remove, both.clone()).await;
    assert_eq!(site.complete(&token, input.clone()).await.code(), "NOT_FOUND");
    assert_eq!(site.stored().await, 0);
    site.ask(&site.token, add, both).await;
    assert_eq!(refusal(&site.complete(&token, input).await).0, " ");
}

async fn what_nobody_completes_is_swept_away(site: Site) {
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, b"abc"))
        .await;
    site.put(&upload, b"abc").await;
    let sweep = async |services: &kanvaro::service::Services, dry_run| {
        let swept = services.sweep_assets(dry_run).await.unwrap();
        (swept.staged, swept.staged_bytes, swept.pending)
    };
    let services = &site.server.app.services;
    assert_eq!(sweep(services, false).await, (1, 3, 1));
    // As if its time were over: one whose time is shorter, a moment later.
    let mut assets = site.server.app.assets.clone();
    assets.upload_life = Duration::from_millis(500);
    let impatient = services.clone().with_assets(assets);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(sweep(&impatient, true).await, (1, 3, 0));
    assert_eq!(site.staged().await, 1);
    assert_eq!(sweep(&impatient, false).await, (1, 3, 0));
    assert_eq!(site.staged().await, 0);
    let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
    assert_eq!(refusal(&done).0, "uploadId NOT_FOUND");
}

async fn a_cover_is_for_the_version_that_was_meant(site: Site) {
    let project = site.project().await.0;
    let content = sample::plain_jpeg(30, 30);
    let input = file("COVER", &json!(gid(&*project)), &content);
    let upload = site.create_upload(&site.token, &input).await;
    site.put(&upload, &content).await;
    let of = |version: i64| json!({ "uploadId": upload["id"], "expectedVersion": version });
    let late = site.complete(&site.token, of(project.version + 1)).await;
    assert_eq!(refusal(&late).0, "expectedVersion CONFLICT");
    assert_eq!(late.body["data"]["done"]["project"]["version"], project.version);
    let done = site.complete(&site.token, of(project.version)).await;
    assert_eq!(
        done.body["data"]["done"]["project"]["cover"]["width"], 30,
        "{}",
        done.body
    );
}
