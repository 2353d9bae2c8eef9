//! What `createUpload` grants and refuses, what an address of S3 is signed for, and that one upload comes to one file, whoever
//! completes it at once.

use std::sync::Arc;

use kanvaro::config::Config;
use kanvaro::media::blob::Content;
#[cfg(feature = "aws")]
use kanvaro::media::blob::{Blobs, S3Backend, S3Options};
#[cfg(feature = "aws")]
use kanvaro::metrics::Metrics;
#[cfg(feature = "aws")]
use kanvaro::model::Viewer;
use kanvaro::model::{Project, Role, Task};
#[cfg(feature = "aws")]
use kanvaro::service::ServiceError;
use serde_json::{Value, json};

#[cfg(feature = "aws")]
use super::direct::in_s3;
use super::direct::{CREATE, file, refusal};
use super::site::Site;
use crate::media::sample;
use crate::support::app::{TestApp, on_each_store};
use crate::support::world::{Tenant, gid};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_before_a_byte_is_sent() {
    let site = Site::with(|config| Config {
        cover_max_bytes: 5_000,
        ..config
    })
    .await;
    let (project, task): (Arc<Project>, Arc<Task>) = site.project().await;
    let (project, task) = (json!(gid(&*project)), json!(gid(&*task)));
    for (change, expected, said) in [
        (
            json!({ "kind": "AVATAR", "bytes": 2_097_153 }),
            "bytes OUT_OF_RANGE",
            "2097152 are taken",
        ),
        (
            json!({ "kind": "LOGO", "bytes": 5_242_881 }),
            "bytes OUT_OF_RANGE",
            "5242880 are taken",
        ),
        (
            json!({ "kind": "COVER", "targetId": project, "bytes": 5_001 }),
            "bytes OUT_OF_RANGE",
            "5000 are taken",
        ),
        (
            json!({ "kind": "ATTACHMENT", "targetId": task, "bytes": 26_214_401 }),
            "bytes OUT_OF_RANGE",
            "make it smaller",
        ),
        (json!({ "bytes": -1 }), "bytes OUT_OF_RANGE", "0 or more"),
        (json!({ "kind": "COVER" }), "targetId REQUIRED", "the id of the project"),
        (json!({ "kind": "ATTACHMENT" }), "targetId REQUIRED", "of the task"),
        (
            json!({ "contentType": "image/svg+xml" }),
            "contentType INVALID",
            "JPEG, PNG, WebP or GIF",
        ),
        (
            json!({ "contentType": "a/b\r\nx: y" }),
            "contentType INVALID",
            "media type",
        ),
        (json!({ "contentType": "nothing" }), "contentType INVALID", "media type"),
        (json!({ "sha256": "abc" }), "sha256 INVALID", "64 hexadecimal digits"),
    ] {
        let mut input = json!({ "kind": "AVATAR", "name": "a", "contentType": "image/png", "bytes": 10 });
        for (key, value) in change.as_object().unwrap() {
            input[key] = value.clone();
        }
        let refused = site.ask(&site.token, CREATE, json!({ "input": input })).await;
        let (code, message) = refusal(&refused);
        assert_eq!(code, expected, "{}", refused.body);
        assert!(message.contains(said), "{message}");
        assert_eq!(refused.body["data"]["done"]["upload"], Value::Null);
    }
    let (ben, token) = site.member(Role::TeamMember).await;
    let own = json!({ "kind": "AVATAR", "targetId": gid(&*ben), "name": "", "bytes": 10 });
    site.create_upload(&token, &own).await;
    for (input, code) in [
        (json!({ "kind": "LOGO", "name": "a", "bytes": 10 }), "FORBIDDEN"),
        (
            json!({ "kind": "COVER", "targetId": project, "name": "a", "bytes": 10 }),
            "NOT_FOUND",
        ),
        (
            json!({ "kind": "AVATAR", "targetId": gid(&*site.admin), "name": "a", "bytes": 10 }),
            "NOT_FOUND",
        ),
        (
            json!({ "kind": "COVER", "targetId": task, "name": "a", "bytes": 10 }),
            "BAD_USER_INPUT",
        ),
    ] {
        let refused = site.ask(&token, CREATE, json!({ "input": input })).await;
        assert_eq!(refused.code(), code, "{}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_task_takes_no_upload() {
    let site = Site::new().await;
    let task = gid(&*site.project().await.1);
    let mut uploads = Vec::new();
    for content in [&b"last"[..], b"late"] {
        let input = file("ATTACHMENT", &json!(task), content);
        uploads.push(site.create_upload(&site.token, &input).await);
        site.put(&uploads[uploads.len() - 1], content).await;
    }
    for count in [10, 10, 10, 10, 9] {
        let files = vec![("a.txt", &b"a"[..]); count];
        site.upload(&site.token, "attachToTask", json!({ "taskId": task }), &files)
            .await;
    }
    for (upload, expected) in [
        (&uploads[0], " "),
        (&uploads[0], "uploadId TAKEN"),
        (&uploads[1], "uploadId TOO_LONG"),
    ] {
        let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
        assert_eq!(refusal(&done).0, expected, "{}", done.body);
    }
    let input = json!({ "input": file("ATTACHMENT", &json!(task), b"more") });
    let refused = site.ask(&site.token, CREATE, input).await;
    assert_eq!(refusal(&refused).0, "targetId TOO_LONG", "{}", refused.body);
}

on_each_store!(of_many_who_complete_one_upload_one_does);

async fn of_many_who_complete_one_upload_one_does(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let content = sample::plain_jpeg(20, 20);
    for (kind, target) in [("ATTACHMENT", json!(gid(&acme.task))), ("AVATAR", Value::Null)] {
        let upload = app
            .done(&acme.admin, "createUpload", file(kind, &target, &content))
            .await;
        let id = upload["id"].as_str().unwrap();
        let assets = &app.app.assets;
        let key = assets.links.unseal(id).unwrap().key();
        let staged = assets.blobs.stage(&key, Content::Bytes(content.clone().into()));
        staged.await.unwrap();
        let all = (0..6).map(|_| app.mutate(&acme.admin, "completeUpload", json!({ "uploadId": id })));
        let all = futures_util::future::join_all(all).await;
        let done = all
            .iter()
            .filter(|done| done.error().is_empty() && done.refusals().is_empty());
        assert_eq!(done.count(), 1, "{kind}: {all:?}");
        for refused in all.iter().filter(|done| !done.refusals().is_empty()) {
            assert_eq!(refused.refusals(), [("uploadId", "TAKEN")], "{kind}");
        }
        assert!(all.iter().all(|done| done.error().is_empty()), "{all:?}");
    }
    let task = app.app.store.get::<Task>(acme.task.id).await.unwrap().unwrap();
    assert_eq!(task.attachments.len(), 1);
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_s3_is_signed_for_length_type_and_checksum() {
    let site = in_s3().await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, b"123456"))
        .await;
    let url = upload["url"].as_str().unwrap();
    let (address, query) = url.split_once('?').unwrap();
    assert!(
        address.starts_with(&format!("{}/test-", crate::support::aws::url())),
        "{url}"
    );
    assert!(address.contains("/kanvaro/staging/"), "{url}");
    let signed = "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256";
    assert!(query.split('&').any(|pair| pair == signed), "{url}");
    assert!(query.split('&').any(|pair| pair == "X-Amz-Expires=3600"), "{url}");
    let mut headers: Vec<(&str, &str)> = upload["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| (header["name"].as_str().unwrap(), header["value"].as_str().unwrap()))
        .collect();
    headers.sort_unstable();
    let checksum = "jZae727K08KaOmKSgOaGzww/XVqGr/PKEgIMkjrcbJI=";
    assert_eq!(
        headers,
        [("content-type", "text/plain"), ("x-amz-checksum-sha256", checksum)]
    );
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn where_s3_is_away_nothing_is_completed() {
    let away: Arc<dyn kanvaro::media::blob::BlobBackend> =
        Arc::new(crate::support::aws::backend("any", "http://127.0.0.1:1").await);
    let site = in_s3().await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site.create_upload(&site.token, &file("ATTACHMENT", &task, b"a")).await;
    let mut assets = site.server.app.assets.clone();
    let grant = assets.links.unseal(upload["id"].as_str().unwrap()).unwrap();
    assets.blobs = Blobs::new(Arc::clone(&away), Metrics::default());
    let services = site.server.app.services.clone().with_assets(assets);
    let viewer = Viewer::new(&site.admin, &crate::support::sample::session(&site.admin));
    let failed = services.complete_upload(&viewer, &grant, None, None).await;
    assert!(matches!(failed, Err(ServiceError::Assets(_))), "{failed:?}");
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
    // Nor is anything granted.
    let site = Site::placed(Some(away), |config| config).await;
    let task = json!(gid(&*site.project().await.1));
    let input = json!({ "input": file("ATTACHMENT", &task, b"a") });
    let failed = site.ask(&site.token, CREATE, input).await;
    assert_eq!(failed.code(), "UNAVAILABLE", "{}", failed.body);
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn clients_are_sent_to_where_they_reach_s3() {
    // The same Moto under another name than the server asks it by.
    let (bucket, inside) = (crate::support::aws::new_bucket().await, crate::support::aws::url());
    let outside = inside.replace("127.0.0.1", "localhost");
    assert_ne!(inside, outside);
    let options = crate::support::aws::options(&bucket, &inside);
    let backend = S3Backend::connect(S3Options {
        public_endpoint: Some(outside.clone()),
        ..options
    });
    let site = Site::placed(Some(Arc::new(backend.await)), |config| config).await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site.create_upload(&site.token, &file("ATTACHMENT", &task, b"a")).await;
    let url = upload["url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{outside}/{bucket}/kanvaro/staging/")),
        "{url}"
    );
    assert!(site.put(&upload, b"a").await.status().is_success());
    let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
    assert_eq!(refusal(&done).0, " ", "{}", done.body);
}
