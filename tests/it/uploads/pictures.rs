//! Pictures of people, projects and the organisation: what comes back of them, who may, and what is in their place after it.

use kanvaro::config::Config;
use kanvaro::model::{Kind, Role};
use serde_json::{Value, json};

use super::site::{Site, document};
use crate::media::sample;
use crate::support::world::gid;

const ME: &str = "{ viewer { user { id avatar { url } } } }";

fn refusal(answer: &crate::support::server::Answer) -> (String, String) {
    let error = &answer.body["data"]["done"]["userErrors"][0];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (format!("{} {}", text("field"), text("code")), text("message"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_comes_back_over_http() {
    let site = Site::new().await;
    let photo = sample::plain_jpeg(1600, 1200);
    let answer = site
        .upload(&site.token, "uploadAvatar", json!({}), &[("me.png", &photo)])
        .await;
    let avatar = &answer.body["data"]["done"]["user"]["avatar"];
    assert_eq!(
        (&avatar["width"], &avatar["height"]),
        (&json!(1600), &json!(1200)),
        "{}",
        answer.body
    );
    assert!(avatar["placeholder"].as_str().is_some_and(|hash| hash.len() > 20));
    let variants = avatar["variants"].as_array().unwrap();
    let names: Vec<&str> = variants
        .iter()
        .map(|variant| variant["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["optimized", "thumbnail", "w320", "w640", "w768", "w1024", "w1280"]
    );
    for variant in variants {
        let served = site.get(variant["url"].as_str().unwrap()).await;
        assert_eq!(served.status(), 200, "{variant}");
        assert_eq!(
            served.headers()["content-type"],
            variant["contentType"].as_str().unwrap()
        );
        assert_eq!(served.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(served.bytes().await.unwrap().len() as i64, variant["bytes"]);
    }
    assert_eq!(avatar["url"], variants[0]["url"]);
    assert_eq!(avatar["thumbnail"], variants[1]["url"]);
    assert_eq!(avatar["small"], variants[2]["url"]);
    let srcset = avatar["srcset"].as_str().unwrap();
    let widths: Vec<&str> = srcset
        .split(", ")
        .map(|size| size.rsplit(' ').next().unwrap())
        .collect();
    assert_eq!(widths, ["320w", "640w", "768w", "800w", "1024w", "1280w"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_picture_takes_the_place_of_the_old_one_for_whoever_asks_next() {
    let site = Site::new().await;
    let (_, ben) = site.member(Role::TeamMember).await;
    let shown = async |token: &str| {
        let query = "query($id: ID!) { user(id: $id) { avatar { url width } } }";
        let answer = site.ask(token, query, json!({ "id": gid(&*site.admin) })).await;
        answer.body["data"]["user"]["avatar"].clone()
    };
    assert_eq!(shown(&ben).await, Value::Null);
    let mut seen = Vec::new();
    for side in [40, 60] {
        let picture = sample::plain_jpeg(side, side);
        site.upload(&site.token, "uploadAvatar", json!({}), &[("me.jpg", &picture)])
            .await;
        for token in [&ben, &site.token] {
            let shown = shown(token).await;
            assert_eq!(shown["width"], side);
            seen.push(shown["url"].clone());
        }
        assert_eq!(site.stored().await, 1);
    }
    assert!(seen[0] == seen[1] && seen[2] == seen[3] && seen[0] != seen[2]);
    let removed = site
        .ask(
            &site.token,
            &document("uploadAvatar"),
            json!({ "input": { "file": null } }),
        )
        .await;
    assert_eq!(
        removed.body["data"]["done"],
        json!({ "user": { "avatar": null }, "userErrors": [] })
    );
    assert_eq!((shown(&ben).await, site.stored().await), (Value::Null, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_forgets_the_file_loses_no_picture() {
    let site = Site::new().await;
    site.upload(
        &site.token,
        "uploadAvatar",
        json!({}),
        &[("me.jpg", &sample::plain_jpeg(40, 30))],
    )
    .await;
    let forgotten = site
        .ask(&site.token, &document("uploadAvatar"), json!({ "input": {} }))
        .await;
    assert_eq!(refusal(&forgotten).0, "file REQUIRED");
    let me = site.ask(&site.token, ME, json!({})).await;
    assert!(me.body["data"]["viewer"]["user"]["avatar"]["url"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_or_too_large_is_told_and_leaves_nothing() {
    let site = Site::with(|config| Config {
        avatar_max_bytes: 60_000,
        image_megapixels: 1,
        ..config
    })
    .await;
    let noisy: Vec<u8> = [&sample::plain_jpeg(64, 64)[..], &[0; 70_000]].concat();
    let whole = sample::plain_jpeg(400, 300);
    for (file, said, why) in [
        (&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], "file INVALID", "SVG"),
        (b"%PDF-1.7", "file INVALID", "a PDF document"),
        (b"", "file INVALID", "empty"),
        (&whole[..whole.len() / 2], "file INVALID", "ends before it is complete"),
        (&noisy, "file OUT_OF_RANGE", "60000 are taken"),
        (&sample::plain_jpeg(1100, 1000), "file OUT_OF_RANGE", "1100 x 1000"),
    ] {
        let answer = site
            .upload(&site.token, "uploadAvatar", json!({}), &[("me.jpg", file)])
            .await;
        let (code, message) = refusal(&answer);
        assert_eq!(code, said, "{}", answer.body);
        assert!(message.contains(why), "{message}");
    }
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
    assert!(!site.assets().join("images").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn covers_and_logos_need_their_permissions() {
    let site = Site::new().await;
    let (project, _) = site.project().await;
    let (_, ben) = site.member(Role::TeamMember).await;
    let picture = sample::plain_jpeg(40, 30);
    let files: &[(&str, &[u8])] = &[("x.jpg", &picture)];
    let cover = json!({ "projectId": gid(&*project) });
    let stranger = site.upload(&ben, "uploadProjectCover", cover.clone(), files).await;
    assert_eq!(stranger.code(), "NOT_FOUND");
    let member = site.upload(&ben, "uploadOrganizationLogo", json!({}), files).await;
    assert_eq!(member.code(), "FORBIDDEN");
    assert!(
        !site.assets().join("images").exists(),
        "a picture was made for who may not"
    );
    let manager = site.upload(&site.token, "uploadProjectCover", cover, files).await;
    assert_eq!(
        manager.body["data"]["done"]["project"]["cover"]["width"], 40,
        "{}",
        manager.body
    );
    let admin = site
        .upload(&site.token, "uploadOrganizationLogo", json!({}), files)
        .await;
    assert_eq!(
        admin.body["data"]["done"]["organization"]["logo"]["height"], 30,
        "{}",
        admin.body
    );
    assert_eq!(site.stored().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cover_that_was_meant_for_another_version_changes_nothing() {
    let site = Site::new().await;
    let (project, _) = site.project().await;
    let input = json!({ "projectId": gid(&*project), "expectedVersion": 7 });
    let answer = site
        .upload(
            &site.token,
            "uploadProjectCover",
            input,
            &[("x.jpg", &sample::plain_jpeg(40, 30))],
        )
        .await;
    assert_eq!(refusal(&answer).0, "expectedVersion CONFLICT");
    assert_eq!(answer.body["data"]["done"]["project"]["version"], 1);
    assert_eq!(site.stored().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_its_project() {
    let site = Site::new().await;
    let (project, task) = site.project().await;
    let cover = json!({ "projectId": gid(&*project) });
    site.upload(
        &site.token,
        "uploadProjectCover",
        cover,
        &[("x.jpg", &sample::plain_jpeg(40, 30))],
    )
    .await;
    let attached = json!({ "taskId": gid(&*task) });
    site.upload(&site.token, "attachToTask", attached, &[("a.txt", b"a")])
        .await;
    assert_eq!(site.stored().await, 2);
    let delete = "mutation($id: ID!) { deleteProject(input: { projectId: $id }) { deletedId } }";
    site.ask(&site.token, delete, json!({ "id": gid(&*project) })).await;
    assert_eq!(site.stored().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_nothing_points_at_nothing() {
    let site = Site::new().await;
    // A file in the place of the directory.
    std::fs::write(site.assets(), "in the way").unwrap();
    let answer = site
        .upload(
            &site.token,
            "uploadAvatar",
            json!({}),
            &[("me.jpg", &sample::plain_jpeg(40, 30))],
        )
        .await;
    assert_eq!(answer.code(), "UNAVAILABLE", "{}", answer.body);
    assert_eq!((site.stored().await, site.temporary()), (0, 0));
    let me = site.ask(&site.token, ME, json!({})).await;
    assert_eq!(me.body["data"]["viewer"]["user"]["avatar"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_is_a_node_that_is_seen_by_who_sees_its_owner() {
    let site = Site::new().await;
    let (project, _) = site.project().await;
    let (_, ben) = site.member(Role::TeamMember).await;
    let cover = json!({ "projectId": gid(&*project) });
    site.upload(
        &site.token,
        "uploadProjectCover",
        cover,
        &[("x.jpg", &sample::plain_jpeg(40, 30))],
    )
    .await;
    site.upload(
        &site.token,
        "uploadAvatar",
        json!({}),
        &[("me.jpg", &sample::plain_jpeg(50, 50))],
    )
    .await;
    let everything = kanvaro::model::Filter::everything();
    let ids = site.server.app.store.ids(Kind::Asset, &everything, 10).await.unwrap();
    let ids: Vec<String> = ids.iter().map(|id| format!("ast_{id}")).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Asset { kind } } }";
    let kinds = async |token: &str| {
        let answer = site.ask(token, query, json!({ "ids": ids })).await;
        let nodes = answer.body["data"]["nodes"].as_array().unwrap().clone();
        let mut kinds: Vec<String> = nodes
            .iter()
            .filter_map(|node| Some(node.get("kind")?.as_str()?.to_owned()))
            .collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(kinds(&site.token).await, ["AVATAR", "COVER"]);
    assert_eq!(kinds(&ben).await, ["AVATAR"]);
}
