//! Kept answers are compressed once, and say the same in every coding.

use std::io::Read;

use reqwest::Method;
use serde_json::json;

use super::site::{Got, Site, on_each_site};

const TASKS: &str = "{ tasks(first: 50) { nodes { id title description } } }";

fn decoded(got: &Got) -> Vec<u8> {
    let (mut plain, coded) = (Vec::new(), &got.body[..]);
    match got.header("content-encoding") {
        "" => plain.extend_from_slice(coded),
        "gzip" => drop(flate2::read::GzDecoder::new(coded).read_to_end(&mut plain).unwrap()),
        "br" => drop(brotli::Decompressor::new(coded, 4096).read_to_end(&mut plain).unwrap()),
        "zstd" => plain = zstd::decode_all(coded).unwrap(),
        other => panic!("nobody asked for {other}"),
    }
    plain
}

async fn every_coding_says_the_same(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let project = site.project(&ada, "Website").await;
    for number in 0..30 {
        let input = json!({ "title": format!("Task {number}"), "description": "Nothing to be done. ".repeat(40) });
        site.task(&ada, input, &project).await;
    }
    let plain = site.hit(&ada, TASKS, json!({})).await;
    assert!(plain.body.len() > 20_000, "{}", plain.body.len());
    for (accept, coding) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip;q=0.5, zstd;q=0.8, br;q=0.1", "zstd"),
        ("deflate, identity", ""),
    ] {
        let request = site.request(Method::POST, &ada).header("accept-encoding", accept);
        let got = Site::send(request.json(&json!({ "query": TASKS }))).await;
        assert_eq!(
            (got.cache(), got.header("content-encoding")),
            ("HIT", coding),
            "{accept}"
        );
        assert_eq!(decoded(&got), plain.body, "{accept}");
        assert_eq!(got.header("etag"), plain.header("etag"), "{accept}");
        assert!(coding.is_empty() || got.body.len() * 10 < plain.body.len(), "{accept}");
    }
}

on_each_site!(every_coding_says_the_same);
