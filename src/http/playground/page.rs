//! What is served at `/`, `/graphiql`, `/plain` and below `/playground/`: all of it 404 where the page is off.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::graphql::ErrorCode;
use crate::http::endpoint::Endpoint;
use crate::http::refusal::Refusal;

use super::{bundle, plain};

/// GraphiQL; the plain page in a build without it.
pub async fn page(State(endpoint): State<Arc<Endpoint>>, headers: HeaderMap) -> Response {
    if !endpoint.app.config.serves_playground() {
        return off();
    }
    bundle::page(&headers).unwrap_or_else(|| plain::page(true))
}

/// The plain page, whatever else is there.
pub async fn plain_page(State(endpoint): State<Arc<Endpoint>>) -> Response {
    if !endpoint.app.config.serves_playground() {
        return off();
    }
    plain::page(bundle::is_absent())
}

/// A file of GraphiQL's.
pub async fn file(State(endpoint): State<Arc<Endpoint>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if !endpoint.app.config.serves_playground() {
        return off();
    }
    bundle::file(&name, &headers).unwrap_or_else(|| {
        let message = "the page has no file of this name; reload it";
        Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message).into_response()
    })
}

/// The page names what it needs relative to itself, so that it works under any prefix: there is one right place for it.
pub async fn without_slash() -> Redirect {
    Redirect::permanent("../graphiql")
}

fn off() -> Response {
    let message = "no page is served here; the API is at /graphql";
    Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message).into_response()
}
