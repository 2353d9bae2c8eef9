//! The page at `/` to explore the API with: one file without anything from elsewhere, and a policy that allows nothing else.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::graphql::ErrorCode;

use super::endpoint::Endpoint;
use super::refusal::Refusal;

const PAGE: &str = include_str!("playground.html");

/// Allows the page's own script and style by their hashes, and requests to this server; nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let (script, style) = (hash_of("script"), hash_of("style"));
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The page; 404 where it is not served.
pub async fn page(State(endpoint): State<Arc<Endpoint>>) -> Response {
    if !endpoint.app.config.serves_playground() {
        let message = "no page is served here; the API is at /graphql";
        return Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message).into_response();
    }
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_SECURITY_POLICY, &POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Html(PAGE)).into_response()
}

/// The hash of what stands in the page's one element of this name, as a policy names it.
fn hash_of(element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let rest = PAGE.split_once(&open).map_or("", |(_, rest)| rest);
    let content = rest.split_once(&close).map_or("", |(content, _)| content);
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}
