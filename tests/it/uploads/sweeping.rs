//! What is released goes with a sweep, and nothing else does.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use kanvaro::service::{GRACE, Swept};
use serde_json::json;

use super::site::Site;
use crate::media::sample;
use crate::support::world::gid;

/// All files below, with their paths.
fn files(below: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(below) else {
        return Vec::new();
    };
    let all = entries.map(|entry| entry.unwrap().path());
    all.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Makes all files as old as what may go.
fn age(site: &Site) {
    let before = SystemTime::now() - GRACE - Duration::from_secs(60);
    for path in files(&site.assets()) {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(before).unwrap();
    }
}

async fn avatar(site: &Site, side: u32) {
    let picture = sample::plain_jpeg(side, side);
    let answer = site
        .upload(&site.token, "uploadAvatar", json!({}), &[("me.jpg", &picture)])
        .await;
    assert_eq!(answer.body["data"]["done"]["userErrors"], json!([]), "{}", answer.body);
}

async fn sweep(site: &Site, dry_run: bool) -> Swept {
    site.server.app.services.sweep_assets(dry_run).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_refers_to_goes_once_it_is_old() {
    let site = Site::new().await;
    let task = gid(&*site.project().await.1);
    site.upload(
        &site.token,
        "attachToTask",
        json!({ "taskId": task }),
        &[("a.txt", b"a")],
    )
    .await;
    avatar(&site, 40).await;
    let released: Vec<PathBuf> = files(&site.assets().join("images"));
    avatar(&site, 60).await;
    let all = files(&site.assets()).len();
    let young = sweep(&site, false).await;
    assert_eq!(
        (young.orphans, young.young),
        (released.len() as u64, released.len() as u64)
    );
    assert_eq!(files(&site.assets()).len(), all);
    age(&site);
    let dry = sweep(&site, true).await;
    assert_eq!(
        (dry.files, dry.orphans, dry.young),
        (all as u64, released.len() as u64, 0)
    );
    assert_eq!(files(&site.assets()).len(), all);
    assert_eq!(sweep(&site, false).await, dry);
    assert!(released.iter().all(|path| !path.exists()));
    assert_eq!(files(&site.assets()).len(), all - released.len());
    assert_eq!(sweep(&site, false).await.orphans, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_still_refers_to_stays() {
    let site = Site::new().await;
    let (project, _) = site.project().await;
    avatar(&site, 40).await;
    let cover = json!({ "projectId": gid(&*project) });
    site.upload(
        &site.token,
        "uploadProjectCover",
        cover,
        &[("x.jpg", &sample::plain_jpeg(40, 40))],
    )
    .await;
    let shared = files(&site.assets());
    site.ask(
        &site.token,
        &super::site::document("uploadAvatar"),
        json!({ "input": { "file": null } }),
    )
    .await;
    age(&site);
    sweep(&site, false).await;
    assert_eq!(files(&site.assets()), shared);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_uploads_an_old_file_again_makes_it_young() {
    let site = Site::new().await;
    avatar(&site, 40).await;
    site.ask(
        &site.token,
        &super::site::document("uploadAvatar"),
        json!({ "input": { "file": null } }),
    )
    .await;
    age(&site);
    avatar(&site, 40).await;
    let kept = files(&site.assets());
    let modified = |path: &PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
    assert!(
        kept.iter()
            .all(|path| modified(path).elapsed().unwrap() < Duration::from_secs(3_600))
    );
    assert_eq!(sweep(&site, false).await.orphans, 0);
}
