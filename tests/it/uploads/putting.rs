//! What is put at an address of this server: one file, as it was announced, in time; anything else is refused by JSON and
//! leaves nothing.

use std::time::Duration;

use kanvaro::config::Config;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::direct::{file, hash};
use super::site::Site;
use crate::support::server::{Answer, TestServer};
use crate::support::world::gid;

const CONTENT: &[u8] = b"123456";

/// A server and an upload of `CONTENT` to it.
async fn site() -> (Site, Value) {
    let site = Site::new().await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, CONTENT))
        .await;
    (site, upload)
}

fn url(upload: &Value) -> &str {
    upload["url"].as_str().unwrap()
}

/// Status, code and message of what is answered to `CONTENT` at this address, of this type.
async fn put(site: &Site, url: &str, content_type: &str, content: &[u8]) -> (u16, String, String) {
    let request = site.server.client.put(site.server.url(url)).body(content.to_vec());
    let response = request.header("content-type", content_type).send().await.unwrap();
    if response.status().is_success() {
        return (response.status().as_u16(), String::new(), String::new());
    }
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let answer = Answer::of(response).await;
    (answer.status, answer.code().to_owned(), answer.message().to_owned())
}

/// Nothing of it is there.
async fn assert_clean(site: &Site) {
    // What broke off is noticed a moment later.
    for _ in 0..100 {
        if site.temporary() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((site.staged().await, site.temporary(), site.stored().await), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_its_file_again_and_again_until_it_expires() {
    let (site, upload) = site().await;
    let expires = upload["expiresAt"].as_str().unwrap();
    assert_eq!(expires, "2026-03-01T13:00:00.000Z");
    for _ in 0..2 {
        let response = site.put(&upload, CONTENT).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
    assert_eq!((site.staged().await, site.temporary()), (1, 0));
    site.server.clock.advance(Duration::from_secs(3_600));
    let late = put(&site, url(&upload), "text/plain", CONTENT).await;
    assert_eq!((late.0, late.1.as_str()), (403, "FORBIDDEN"));
    assert!(late.2.contains("expired"), "{}", late.2);
    // What was there in time is completed for as long again.
    site.server.clock.advance(Duration::from_secs(3_500));
    let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
    assert_eq!(done.body["data"]["done"]["userErrors"], json!([]), "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_completed_too_late_is_refused() {
    let site = Site::with(|config| Config {
        upload_link_seconds: 60,
        ..config
    })
    .await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, CONTENT))
        .await;
    assert_eq!(upload["expiresAt"], "2026-03-01T12:01:00.000Z");
    site.put(&upload, CONTENT).await;
    site.server.clock.advance(Duration::from_secs(120));
    let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
    let error = &done.body["data"]["done"]["userErrors"][0];
    assert_eq!(
        (&error["field"], &error["code"]),
        (&json!("uploadId"), &json!("NOT_FOUND"))
    );
    assert!(error["message"].as_str().unwrap().contains("time is over"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_anything_of_an_address_is_refused() {
    let (site, upload) = site().await;
    let address = url(&upload);
    let (path, query) = address.split_once('?').unwrap();
    let other = file("AVATAR", &Value::Null, CONTENT);
    let other = site.create_upload(&site.token, &other).await;
    let signature = |address: &str| address.rsplit_once('=').unwrap().1.to_owned();
    let swapped = address.replace(&signature(address), &signature(url(&other)));
    let elsewhere = url(&other).split_once('?').unwrap().0;
    let last = if address.ends_with('A') { 'E' } else { 'A' };
    for forged in [
        swapped,
        format!("{elsewhere}?{query}"),
        address.replace("bytes=6", "bytes=7"),
        address.replace("text%2Fplain", "text%2Fhtml"),
        address.replace(&hash(CONTENT), &hash(b"654321")),
        address.replace(&format!("&sha256={}", hash(CONTENT)), ""),
        address.replace("expires=1772370000", "expires=1872370000"),
        format!("{}{last}", &address[..address.len() - 1]),
        format!("{path}x?{query}"),
        path.to_owned(),
        format!("{path}?bytes=6"),
        format!("/uploads/../files/a?{query}"),
        format!("/uploads/%2e%2e/files/a?{query}"),
    ] {
        assert_ne!(forged, address);
        for content_type in ["text/plain", "text/html"] {
            let (status, code, message) = put(&site, &forged, content_type, CONTENT).await;
            let refused = [(403, "FORBIDDEN"), (404, "NOT_FOUND"), (405, "BAD_USER_INPUT")];
            assert!(
                refused.contains(&(status, &*code)),
                "{forged}: {status} {code} {message}"
            );
        }
    }
    assert_clean(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_is_as_it_was_announced() {
    let (site, upload) = site().await;
    for (content_type, content, status, said) in [
        ("text/html", CONTENT, 400, "Content-Type: text/plain"),
        ("", CONTENT, 400, "Content-Type: text/plain"),
        ("text/plain", b"1234567", 413, "6 bytes were announced"),
        ("text/plain", &vec![0; 1 << 20], 413, "6 bytes were announced"),
        ("text/plain", b"12345", 400, "the body has 5 bytes"),
        ("text/plain", b"", 400, "the body has 0 bytes"),
        ("text/plain", b"654321", 400, "SHA-256"),
    ] {
        let refused = put(&site, url(&upload), content_type, content).await;
        assert_eq!(
            (refused.0, refused.1.as_str()),
            (status, "BAD_USER_INPUT"),
            "{}",
            refused.2
        );
        assert!(refused.2.contains(said), "{}", refused.2);
    }
    assert_clean(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_whose_length_nobody_tells_is_cut_off_where_it_was_announced_to_end() {
    let (site, upload) = site().await;
    for (chunks, status) in [
        ("6\r\n123456\r\n0\r\n\r\n", "HTTP/1.1 200"),
        ("6\r\n123456\r\n1\r\n7\r\n0\r\n\r\n", "HTTP/1.1 413"),
        ("5\r\n12345\r\n0\r\n\r\n", "HTTP/1.1 400"),
    ] {
        let head = format!(
            "PUT {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n",
            url(&upload)
        );
        let stream = site.server.raw(format!("{head}{chunks}").as_bytes()).await;
        let answer = TestServer::read(stream).await;
        assert!(answer.starts_with(status), "{chunks:?}: {answer}");
    }
    assert_eq!((site.staged().await, site.temporary()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing() {
    let (site, upload) = site().await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\n123",
        url(&upload)
    );
    let mut stream = site.server.raw(head.as_bytes()).await;
    while site.temporary() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stream.shutdown().await.unwrap();
    drop(stream);
    assert_clean(&site).await;
    let done = site.complete(&site.token, json!({ "uploadId": upload["id"] })).await;
    assert_eq!(
        done.body["data"]["done"]["userErrors"][0]["code"], "NOT_FOUND",
        "{}",
        done.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_put_is_answered_there() {
    let (site, upload) = site().await;
    for method in [Method::GET, Method::POST, Method::DELETE, Method::PATCH] {
        let request = site.server.client.request(method, site.server.url(url(&upload)));
        let refused = request.header("content-type", "text/plain").send().await.unwrap();
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["allow"]),
            (405, &"PUT".parse().unwrap())
        );
    }
    assert_clean(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_may_put_where_the_configuration_says_so() {
    let site = Site::with(|config| Config {
        cors_origins: vec!["https://app.example.org".into()],
        ..config
    })
    .await;
    let task = json!(gid(&*site.project().await.1));
    let upload = site
        .create_upload(&site.token, &file("ATTACHMENT", &task, CONTENT))
        .await;
    let address = site.server.url(url(&upload));
    for (origin, is_allowed) in [("https://app.example.org", true), ("https://evil.example.org", false)] {
        let asked = site.server.client.request(Method::OPTIONS, &address);
        let asked = asked
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "content-type");
        let asked = asked.send().await.unwrap();
        let header = |name: &str| asked.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("access-control-allow-origin") == origin, is_allowed);
        assert!(header("access-control-allow-methods").contains("PUT"));
        assert!(header("access-control-allow-headers").contains("content-type"));
        let put = site.server.client.put(&address).header("origin", origin).body(CONTENT);
        let put = put.header("content-type", "text/plain").send().await.unwrap();
        let allowed = put.headers().get("access-control-allow-origin");
        assert_eq!(
            (put.status().as_u16(), allowed.is_some_and(|allowed| allowed == origin)),
            (200, is_allowed)
        );
    }
}
