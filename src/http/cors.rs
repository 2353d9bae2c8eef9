//! Which other origins' pages may call from a browser, by configuration.

use std::time::Duration;

use axum::http::{HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::middleware::{REQUEST_ID, RESPONSE_TIME, SERVER_TIMING};
use super::respond::{X_CACHE, X_CACHE_TTL};
use super::upload::PREFLIGHT;

/// How long browsers keep the answer to a preflight.
const MAX_AGE: Duration = Duration::from_secs(600);

/// The layer for these origins; `None` when no other origin may call. `*` is any origin, without cookies.
pub fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers(
            [
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::ACCEPT,
                header::CACHE_CONTROL,
                header::IF_NONE_MATCH,
                REQUEST_ID,
            ]
            .into_iter()
            .chain(PREFLIGHT)
            .collect::<Vec<_>>(),
        )
        .expose_headers([
            REQUEST_ID,
            RESPONSE_TIME,
            SERVER_TIMING,
            header::AGE,
            header::ETAG,
            X_CACHE,
            X_CACHE_TTL,
        ])
        .max_age(MAX_AGE);
    if origins.iter().any(|origin| origin == "*") {
        return Some(layer.allow_origin(AllowOrigin::any()));
    }
    let named = origins.iter().filter_map(|origin| {
        let value = HeaderValue::from_str(origin.trim_end_matches('/')).ok();
        if value.is_none() {
            tracing::warn!(
                origin,
                "cors_origins: this is no origin; it looks like https://app.example.org"
            );
        }
        value
    });
    Some(layer.allow_origin(AllowOrigin::list(named)).allow_credentials(true))
}
