//! Assets over HTTP: headers, parts, what is known already, and who may fetch what.

use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::media::Assets;
use kanvaro::media::blob::{Area, BlobKey, Content};
use reqwest::Response;
use tempfile::TempDir;

use super::sample;
use crate::support::server::TestServer;

/// A server whose assets lie in a directory of their own.
struct Site {
    server: TestServer,
    data: TempDir,
}

impl Site {
    async fn new() -> Site {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            data: data.path().to_owned(),
            ..Config::default()
        };
        let server = TestServer::with(config).await;
        Site { server, data }
    }

    fn assets(&self) -> &Assets {
        &self.server.app.assets
    }

    async fn put(&self, area: Area, extension: &str, content: impl Into<bytes::Bytes>) -> BlobKey {
        let content = Content::Bytes(content.into());
        self.assets().blobs.put(area, extension, content).await.unwrap().key
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = self.server.client.get(self.server.url(path));
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap()
    }

    async fn picture(&self) -> (String, Vec<u8>) {
        let file = sample::webp(&sample::quarters(40, 30));
        let key = self.put(Area::Images, "webp", file.clone()).await;
        (format!("/{key}"), file)
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_picture_is_served_for_ever() {
    let site = Site::new().await;
    let (path, file) = site.picture().await;
    let served = site.get(&path, &[]).await;
    assert_eq!(served.status(), 200);
    for (name, value) in [
        ("content-type", "image/webp"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("content-length", file.len().to_string().as_str()),
    ] {
        assert_eq!(header(&served, name), Some(value), "{name}");
    }
    assert_eq!(header(&served, "content-disposition"), None);
    assert_eq!(served.bytes().await.unwrap(), file);
}

#[tokio::test]
async fn the_same_file_is_stored_once() {
    let site = Site::new().await;
    let (first, _) = site.picture().await;
    let (second, _) = site.picture().await;
    assert_eq!(first, second);
    assert_eq!(site.assets().blobs.list("", None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let site = Site::new().await;
    let (path, _) = site.picture().await;
    let etag = header(&site.get(&path, &[]).await, "etag").unwrap().to_owned();
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        "*".into(),
    ] {
        let served = site.get(&path, &[("if-none-match", &known)]).await;
        assert_eq!(served.status(), 304, "{known}");
        assert_eq!(header(&served, "etag"), Some(etag.as_str()));
        assert_eq!(served.bytes().await.unwrap(), "");
    }
    assert_eq!(site.get(&path, &[("if-none-match", "\"other\"")]).await.status(), 200);
}

#[tokio::test]
async fn a_head_says_what_a_get_would() {
    let site = Site::new().await;
    let (path, _) = site.picture().await;
    let got = site.get(&path, &[]).await;
    let headed = site.server.client.head(site.server.url(&path)).send().await.unwrap();
    assert_eq!(headed.status(), 200);
    for name in [
        "content-type",
        "content-length",
        "etag",
        "cache-control",
        "accept-ranges",
    ] {
        assert_eq!(header(&headed, name), header(&got, name), "{name}");
    }
    assert_eq!(headed.bytes().await.unwrap(), "");
}

#[tokio::test]
async fn parts_are_served() {
    let site = Site::new().await;
    let key = site.put(Area::Static, "txt", "0123456789").await;
    let path = format!("/{key}");
    for (range, part, body) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=0-99", "bytes 0-9/10", "0123456789"),
    ] {
        let served = site.get(&path, &[("range", range)]).await;
        assert_eq!(served.status(), 206, "{range}");
        assert_eq!(header(&served, "content-range"), Some(part));
        assert_eq!(header(&served, "content-length"), Some(body.len().to_string().as_str()));
        assert_eq!(served.text().await.unwrap(), body);
    }
    let beyond = site.get(&path, &[("range", "bytes=10-")]).await;
    assert_eq!(
        (beyond.status().as_u16(), header(&beyond, "content-range")),
        (416, Some("bytes */10"))
    );
    for ignored in ["bytes=0-1,4-5", "lines=1-2", "bytes=4-2"] {
        assert_eq!(site.get(&path, &[("range", ignored)]).await.status(), 200, "{ignored}");
    }
}

#[tokio::test]
async fn a_part_of_another_content_is_not_served() {
    let site = Site::new().await;
    let path = format!("/{}", site.put(Area::Static, "txt", "0123456789").await);
    let etag = header(&site.get(&path, &[]).await, "etag").unwrap().to_owned();
    let with = |tag: String| {
        let (site, path) = (&site, &path);
        async move {
            site.get(path, &[("range", "bytes=0-1"), ("if-range", &tag)])
                .await
                .status()
        }
    };
    assert_eq!(with(etag).await, 206);
    assert_eq!(with("\"older\"".into()).await, 200);
}

#[tokio::test]
async fn nothing_outside_is_reached() {
    let site = Site::new().await;
    site.picture().await;
    std::fs::write(site.data.path().join("kanvaro.db"), "secret").unwrap();
    std::fs::write(site.data.path().join("assets/images/.hidden"), "secret").unwrap();
    for path in [
        "/images/../../kanvaro.db",
        "/images/..%2f..%2fkanvaro.db",
        "/images/%2e%2e/%2e%2e/kanvaro.db",
        "/images/..\\..\\kanvaro.db",
        "/images//etc/passwd",
        "/static/../../kanvaro.db",
        "/images/.hidden",
        "/images/",
        "/images/ab",
        "/images/%00",
        "/static/absent.css",
    ] {
        let raw = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = TestServer::read(site.server.raw(raw.as_bytes()).await).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with("40"), "{path}: {answer}");
        assert!(!answer.contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn only_get_and_head_are_answered() {
    let site = Site::new().await;
    let (path, _) = site.picture().await;
    let posted = site.server.client.post(site.server.url(&path)).send().await.unwrap();
    assert_eq!(
        (posted.status().as_u16(), header(&posted, "allow")),
        (405, Some("GET, HEAD"))
    );
}

#[tokio::test]
async fn a_private_file_needs_its_signed_link_and_is_saved_under_a_safe_name() {
    let site = Site::new().await;
    let key = site.put(Area::Files, "pdf", "%PDF-1.7").await;
    let (link, _) = site
        .assets()
        .links
        .private(&key, "../Pläne\".pdf", Duration::from_secs(60));
    let served = site.get(&link, &[]).await;
    assert_eq!(served.status(), 200);
    assert_eq!(header(&served, "content-type"), Some("application/pdf"));
    assert_eq!(header(&served, "cache-control"), Some("private, max-age=60"));
    let saved_as = "attachment; filename=\"Pl_ne_.pdf\"; filename*=UTF-8''Pl%C3%A4ne_.pdf";
    assert_eq!(header(&served, "content-disposition"), Some(saved_as));

    let bare = format!("/{key}");
    let renamed = link.replacen(".pdf&", ".html&", 1);
    for refused in [
        bare,
        renamed,
        format!("{link}x"),
        link.replacen("expires=", "expires=9", 1),
    ] {
        assert_eq!(site.get(&refused, &[]).await.status(), 403, "{refused}");
    }
    site.server.clock.advance(Duration::from_secs(61));
    assert_eq!(site.get(&link, &[]).await.status(), 403);
}

#[tokio::test]
async fn svg_and_html_are_never_shown() {
    let site = Site::new().await;
    for extension in ["svg", "html", "xml"] {
        let key = site.put(Area::Static, extension, "<script>alert(1)</script>").await;
        let served = site.get(&format!("/{key}"), &[]).await;
        assert_eq!(
            header(&served, "content-type"),
            Some("application/octet-stream"),
            "{extension}"
        );
        assert_eq!(
            header(&served, "content-disposition"),
            Some("attachment"),
            "{extension}"
        );
    }
}

#[tokio::test]
async fn what_has_a_name_of_its_own_may_change() {
    let site = Site::new().await;
    let directory = site.data.path().join("assets/static");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("logo.png"), "one").unwrap();
    let served = site.get("/static/logo.png", &[]).await;
    assert_eq!(header(&served, "cache-control"), Some("public, max-age=86400"));
    let etag = header(&served, "etag").unwrap().to_owned();
    assert_eq!(
        site.get("/static/logo.png", &[("if-none-match", &etag)]).await.status(),
        304
    );
    std::fs::write(directory.join("logo.png"), "another").unwrap();
    assert_eq!(
        site.get("/static/logo.png", &[("if-none-match", &etag)]).await.status(),
        200
    );
}
