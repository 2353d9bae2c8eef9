//! How much of one person may wait to be completed: so many files as they have places, whoever gives out the addresses and
//! whatever is put there.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kanvaro::config::Config;
use kanvaro::media::Stage;
use kanvaro::media::blob::BlobBackend;
use kanvaro::model::Role;
use serde_json::{Value, json};

use super::direct::{CREATE, file, refusal};
use super::site::Site;
use crate::support::app::{TestApp, on_each_store};
use crate::support::world::{Tenant, gid};

/// Where three files of one person may wait.
async fn narrow(place: Option<Arc<dyn BlobBackend>>) -> Site {
    let configure = |config| Config {
        upload_max_waiting: 3,
        ..config
    };
    Site::placed(place, configure).await
}

impl Site {
    /// Asks for the upload of a file for this task, and puts it.
    async fn wait(&self, task: &str, content: &[u8]) -> Value {
        let input = file("ATTACHMENT", &json!(task), content);
        let upload = self.create_upload(&self.token, &input).await;
        assert!(self.put(&upload, content).await.status().is_success());
        upload
    }

    async fn completed(&self, upload: &Value) -> String {
        let input = json!({ "uploadId": upload["id"] });
        refusal(&self.complete(&self.token, input).await).0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_too_many_waiting_completes_some_first() {
    too_many(narrow(None).await).await;
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_too_many_waiting_in_s3_completes_some_first() {
    let bucket = Arc::new(crate::support::aws::bucket().await);
    too_many(narrow(Some(bucket)).await).await;
}

async fn too_many(site: Site) {
    let task = gid(&*site.project().await.1);
    let first = site.wait(&task, b"first").await;
    for content in [b"second", b"third."] {
        site.wait(&task, content).await;
    }
    let one_more = json!({ "input": file("ATTACHMENT", &json!(task), b"fourth") });
    let refused = site.ask(&site.token, CREATE, one_more).await;
    let (code, message) = refusal(&refused);
    assert_eq!(code, "bytes OUT_OF_RANGE", "{}", refused.body);
    for said in ["3 files of yours", "3 may at most", "completeUpload", "120 minutes"] {
        assert!(message.contains(said), "{message}");
    }
    // Nobody else is kept waiting by that.
    let (ben, token) = site.member(Role::TeamMember).await;
    let own = file("AVATAR", &json!(gid(&*ben)), b"a");
    site.create_upload(&token, &own).await;
    assert_eq!(site.completed(&first).await, " ");
    site.wait(&task, b"fourth").await;
    assert_eq!(site.staged().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_addresses_than_places_hold_no_more_files_than_places() {
    let site = narrow(None).await;
    let task = json!(gid(&*site.project().await.1));
    let contents: Vec<Vec<u8>> = (0..7_u8).map(|at| vec![at; 5]).collect();
    let mut uploads = Vec::new();
    for content in &contents {
        let input = file("ATTACHMENT", &task, content);
        uploads.push(site.create_upload(&site.token, &input).await);
    }
    for (upload, content) in uploads.iter().zip(&contents) {
        assert!(site.put(upload, content).await.status().is_success());
    }
    assert_eq!(site.staged().await, 3);
    // The last ones are there; those whose places they took are told so, and come in when they are put again.
    for at in [0, 4, 5, 6] {
        let expected = if at == 0 { "sha256 INVALID" } else { " " };
        assert_eq!(site.completed(&uploads[at]).await, expected, "{at}");
    }
    assert!(site.put(&uploads[0], &contents[0]).await.status().is_success());
    assert_eq!(site.completed(&uploads[0]).await, " ");
    assert_eq!((site.staged().await, site.stored().await), (0, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_complete_any_more_counts_no_more() {
    let site = narrow(None).await;
    let task = gid(&*site.project().await.1);
    for content in [b"1", b"2", b"3"] {
        site.wait(&task, content).await;
    }
    let stage = Stage::of(site.admin.id, 3);
    let before = SystemTime::now() - Duration::from_secs(2 * 3_600 + 60);
    let blobs = &site.server.app.assets.blobs;
    for waits in blobs.list(&stage.prefix(), None, 10).await.unwrap() {
        let path = site.assets().join(waits.key.as_str());
        let aged = std::fs::File::options().write(true).open(path).unwrap();
        aged.set_modified(before).unwrap();
    }
    let upload = site.wait(&task, b"4").await;
    assert_eq!((site.staged().await, site.completed(&upload).await.as_str()), (3, " "));
}

on_each_store!(of_many_who_ask_at_once_each_has_a_place_of_its_own);

async fn of_many_who_ask_at_once_each_has_a_place_of_its_own(app: TestApp) {
    let acme = Tenant::seed(&app).await;
    let input = file("ATTACHMENT", &json!(gid(&acme.task)), b"a");
    let all = (0..40).map(|_| app.done(&acme.admin, "createUpload", input.clone()));
    let all = futures_util::future::join_all(all).await;
    let links = &app.app.assets.links;
    let places: HashSet<u128> = all
        .iter()
        .map(|upload| links.unseal(upload["id"].as_str().unwrap()).unwrap().staged)
        .collect();
    assert_eq!(places.len(), 40);
}
