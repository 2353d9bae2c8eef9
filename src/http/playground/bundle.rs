//! GraphiQL's files, as `build.rs` has taken them in: each is held compressed, and unpacked only for who can't do that.

use std::io::Read;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use crate::cache::Coding;
use crate::http::coding::Codings;

/// Path in the bundle and gzipped content; empty where no bundle was built.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/playground_bundle.rs"));

const PAGE: &str = "index.html";
const DIRECTORY: &str = "playground/";

/// What the page may: its own files, and requests to this server. The editor (Monaco) makes style elements as it goes,
/// and the style sheets carry fonts and pictures inside: these are the exceptions, and no script is among them. The
/// editor's workers are files of the bundle, too, and are sent with the same policy.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Whether this build has no bundle.
pub fn is_absent() -> bool {
    find(PAGE).is_none()
}

/// The page itself; `None`: this build has none. It is asked for anew each time, so that it names files that are there.
pub fn page(asked: &HeaderMap) -> Option<Response> {
    Some(response(PAGE, find(PAGE)?, asked, "no-cache"))
}

/// A file that the page names. A file's name changes with its content.
pub fn file(name: &str, asked: &HeaderMap) -> Option<Response> {
    let path = format!("{DIRECTORY}{name}");
    let content = find(&path)?;
    Some(response(&path, content, asked, "public, max-age=31536000, immutable"))
}

fn find(path: &str) -> Option<&'static [u8]> {
    let place = FILES.binary_search_by_key(&path, |(path, _)| path).ok()?;
    Some(FILES[place].1)
}

fn response(path: &str, content: &'static [u8], asked: &HeaderMap, keep: &'static str) -> Response {
    let headers: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
    ];
    if !Codings::accepted(asked).takes(Coding::Gzip) {
        return (headers, Body::from(unpacked(content))).into_response();
    }
    let mut response = (headers, Body::from(content)).into_response();
    let coding = HeaderValue::from_static(Coding::Gzip.name());
    response.headers_mut().insert(header::CONTENT_ENCODING, coding);
    response
}

fn unpacked(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(content)
        .read_to_end(&mut bytes)
        .expect("what was compressed for this build can be read");
    bytes
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("ttf") => "font/ttf",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_path_and_has_a_type() {
        for (path, content) in FILES {
            assert_eq!(
                find(path),
                Some(*content),
                "{path}: the table is in the order of its paths"
            );
            assert_ne!(content_type(path), "application/octet-stream", "{path}");
            assert!(!unpacked(content).is_empty(), "{path}");
        }
        assert_eq!(find("playground/none.js"), None);
    }
}
