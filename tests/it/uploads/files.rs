//! Files that hang on tasks: private, fetched by signed links that end, gone with their task.

use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::model::Role;
use serde_json::{Value, json};

use super::site::Site;
use crate::support::world::gid;

const SHOWN: &str = "query($id: ID!) { task(id: $id) { attachments { id name url } } }";

async fn attach(site: &Site, task: &str, files: &[(&str, &[u8])]) -> Value {
    let answer = site
        .upload(&site.token, "attachToTask", json!({ "taskId": task }), files)
        .await;
    assert_eq!(answer.body["data"]["done"]["userErrors"], json!([]), "{}", answer.body);
    answer.body["data"]["done"]["task"]["attachments"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_files_hang_on_a_task_in_their_order_and_come_back_as_they_were() {
    let site = Site::new().await;
    let task = gid(&*site.project().await.1);
    attach(
        &site,
        &task,
        &[
            ("../Pläne.pdf", b"%PDF-1.7 a"),
            ("page.html", b"<script>alert(1)</script>"),
        ],
    )
    .await;
    let attachments = attach(&site, &task, &[("notes.txt", b"notes")]).await;
    let shown: Vec<(&str, &str, i64)> = attachments
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap();
            (text("name"), text("contentType"), file["bytes"].as_i64().unwrap())
        })
        .collect();
    let expected = [
        ("Pläne.pdf", "application/pdf", 10),
        ("page.html", "application/octet-stream", 25),
        ("notes.txt", "text/plain; charset=utf-8", 5),
    ];
    assert_eq!(shown, expected);
    assert_eq!(attachments[0]["uploadedBy"]["id"], gid(&*site.admin));
    assert_eq!(attachments[0]["image"], Value::Null);
    for (file, content) in [
        (0, &b"%PDF-1.7 a"[..]),
        (1, b"<script>alert(1)</script>"),
        (2, b"notes"),
    ] {
        let served = site.get(attachments[file]["url"].as_str().unwrap()).await;
        assert_eq!(served.status(), 200);
        assert_eq!(served.headers()["content-type"], expected[file].1);
        let disposition = served.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename="), "{disposition}");
        assert!(
            served.headers()["cache-control"]
                .to_str()
                .unwrap()
                .starts_with("private, max-age=")
        );
        assert_eq!(served.bytes().await.unwrap(), content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_and_no_answer_outlives_it() {
    let site = Site::with(|config| Config {
        assets_link_seconds: 100,
        ..config
    })
    .await;
    let task = gid(&*site.project().await.1);
    attach(&site, &task, &[("a.txt", b"a")]).await;
    let url = async || {
        let shown = site.ask(&site.token, SHOWN, json!({ "id": task })).await;
        let ttl: u64 = shown.header("x-cache-ttl").parse().unwrap_or(0);
        (
            shown.body["data"]["task"]["attachments"][0]["url"]
                .as_str()
                .unwrap()
                .to_owned(),
            ttl,
        )
    };
    let (first, ttl) = url().await;
    assert!((1..=50).contains(&ttl), "kept for {ttl} s");
    let without = "query($id: ID!) { task(id: $id) { attachments { id name } } }";
    let without = site.ask(&site.token, without, json!({ "id": task })).await;
    assert!(
        without.header("x-cache-ttl").parse::<u64>().unwrap() > 60,
        "{:?}",
        without.headers
    );
    assert_eq!(site.get(&first).await.status(), 200);
    // Half of the link's life is left to whoever is served the kept answer.
    site.server.clock.advance(Duration::from_secs(ttl));
    assert_eq!(site.get(&first).await.status(), 200);
    site.server.clock.advance(Duration::from_secs(101));
    assert_eq!(site.get(&first).await.status(), 403);
    let (second, _) = url().await;
    assert_ne!(first, second);
    assert_eq!(site.get(&second).await.status(), 200);
    let bare = second.split('?').next().unwrap();
    assert_eq!(site.get(bare).await.status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_hangs_files_on_a_task_and_takes_them_off() {
    let site = Site::new().await;
    let (project, task) = site.project().await;
    let (ben, token) = site.member(Role::TeamMember).await;
    let id = gid(&*task);
    let unseen = site
        .upload(&token, "attachToTask", json!({ "taskId": id }), &[("a.txt", b"a")])
        .await;
    assert_eq!(unseen.code(), "NOT_FOUND");
    let add = "mutation($p: ID!, $u: ID!, $r: ProjectRole!) { \
        addProjectMember(input: { projectId: $p, userId: $u, role: $r }) { userErrors { message } } }";
    let variables = json!({ "p": gid(&*project), "u": gid(&*ben), "r": "PROJECT_VIEWER" });
    let added = site.ask(&site.token, add, variables).await;
    assert_eq!(
        added.body["data"]["addProjectMember"]["userErrors"],
        json!([]),
        "{}",
        added.body
    );
    let reader = site
        .upload(&token, "attachToTask", json!({ "taskId": id }), &[("a.txt", b"a")])
        .await;
    assert_eq!(reader.code(), "FORBIDDEN");
    assert!(!site.assets().join("files").exists(), "a file was kept of who may not");
    let attachments = attach(&site, &id, &[("a.txt", b"a"), ("b.txt", b"b")]).await;
    let detach = "mutation($t: ID!, $a: ID!) { detachFromTask(input: { taskId: $t, assetId: $a }) { task { attachments { name } } } }";
    let variables = json!({ "t": id, "a": attachments[0]["id"] });
    assert_eq!(site.ask(&token, detach, variables.clone()).await.code(), "FORBIDDEN");
    let left = site.ask(&site.token, detach, variables.clone()).await;
    let expected = json!({ "task": { "attachments": [{ "name": "b.txt" }] } });
    assert_eq!(left.body["data"]["detachFromTask"], expected);
    assert_eq!(site.ask(&site.token, detach, variables).await.code(), "NOT_FOUND");
    assert_eq!(site.stored().await, 1);
    let seen = site.ask(&token, SHOWN, json!({ "id": id })).await;
    assert_eq!(seen.body["data"]["task"]["attachments"][0]["name"], "b.txt");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_too_large_and_too_many_are_refused_all_or_none() {
    let site = Site::with(|config| Config {
        attachment_max_bytes: 20_000_000,
        avatar_max_bytes: 30_000_000,
        ..config
    })
    .await;
    let task = gid(&*site.project().await.1);
    let large = vec![7; 20_000_001];
    for (files, said) in [
        (
            &[("a.txt", &b"a"[..]), ("holiday.jpg", b"MZ\x90")][..],
            "files.1 INVALID",
        ),
        (&[("large.bin", &large)], "files.0 OUT_OF_RANGE"),
        (&[], "files REQUIRED"),
    ] {
        let answer = site
            .upload(&site.token, "attachToTask", json!({ "taskId": task }), files)
            .await;
        let error = &answer.body["data"]["done"]["userErrors"][0];
        let told = format!(
            "{} {}",
            error["field"].as_str().unwrap_or(""),
            error["code"].as_str().unwrap_or("")
        );
        assert_eq!(told, said, "{}", answer.body);
    }
    assert_eq!(site.stored().await, 0);
    for _ in 0..5 {
        attach(&site, &task, &[("a.txt", &b"a"[..]); 10]).await;
    }
    let more = site
        .upload(
            &site.token,
            "attachToTask",
            json!({ "taskId": task }),
            &[("a.txt", b"a")],
        )
        .await;
    assert_eq!(more.body["data"]["done"]["userErrors"][0]["code"], "TOO_LONG");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_with_their_task() {
    let site = Site::new().await;
    let task = gid(&*site.project().await.1);
    let attachments = attach(&site, &task, &[("a.txt", b"a")]).await;
    let delete = "mutation($id: ID!) { deleteTask(input: { taskId: $id }) { deletedId } }";
    site.ask(&site.token, delete, json!({ "id": task })).await;
    assert_eq!(site.stored().await, 0);
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let node = site
        .ask(&site.token, query, json!({ "id": attachments[0]["id"] }))
        .await;
    assert_eq!(node.body["data"]["node"], Value::Null, "{}", node.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_attach_at_once_lose_no_file() {
    let site = Site::new().await;
    let task = gid(&*site.project().await.1);
    let names: Vec<String> = (0..12).map(|number| format!("{number}.txt")).collect();
    let all = names.iter().map(|name| {
        let (site, task) = (&site, &task);
        async move { attach(site, task, &[(name, name.as_bytes())]).await }
    });
    futures_util::future::join_all(all).await;
    let shown = site.ask(&site.token, SHOWN, json!({ "id": task })).await;
    let shown = shown.body["data"]["task"]["attachments"].as_array().unwrap().clone();
    let mut kept: Vec<&str> = shown.iter().map(|file| file["name"].as_str().unwrap()).collect();
    kept.sort_by_key(|name| name.trim_end_matches(".txt").parse::<u32>().unwrap());
    assert_eq!(kept, names);
}
