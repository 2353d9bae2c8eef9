//! What watches the server: `/health`, `/ready`, `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::timeout;

use crate::app::App;

use super::endpoint::Endpoint;

/// How long a part may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);
const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    store: Part,
    cache: Part,
    #[serde(skip_serializing_if = "Option::is_none")]
    cdn: Option<Part>,
}

#[derive(Serialize)]
struct Part {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Part {
    async fn ask<E: std::fmt::Display>(ping: impl Future<Output = Result<(), E>>) -> Part {
        let reason = match timeout(PATIENCE, ping).await {
            Ok(answer) => answer.err().map(|error| error.to_string()),
            Err(_) => Some(format!("no answer within {PATIENCE:?}")),
        };
        Part {
            ok: reason.is_none(),
            reason,
        }
    }
}

/// How long purges of a CDN may wait before it counts as away.
const LAG: Duration = Duration::from_secs(60);

/// Whether the CDN has been told what it has to forget; `None`: there is none.
fn cdn(app: &App) -> Option<Part> {
    let lag = app.metrics.cdn_lag();
    app.cdn.keeps().then(|| Part {
        ok: lag < LAG,
        reason: (lag >= LAG).then(|| format!("the oldest purge has waited for {} s", lag.as_secs())),
    })
}

/// The process is there.
pub async fn health() -> Response {
    json(StatusCode::OK, &serde_json::json!({ "status": "ok" }))
}

/// Whether requests can be served: not without the store; without the cache they can, slower, and with a CDN that can't be
/// told to forget what it keeps is older.
pub async fn ready(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let app = &endpoint.app;
    let (store, cache) = tokio::join!(Part::ask(app.store.ping()), Part::ask(app.cache.ping()));
    let cdn = cdn(app);
    let (code, status) = match (store.ok, cache.ok && cdn.as_ref().is_none_or(|cdn| cdn.ok)) {
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        (true, false) => (StatusCode::OK, "degraded"),
        (true, true) => (StatusCode::OK, "ready"),
    };
    let readiness = Readiness {
        status,
        store,
        cache,
        cdn,
    };
    json(code, &readiness)
}

/// The counters in Prometheus' text format.
pub async fn metrics(State(endpoint): State<Arc<Endpoint>>) -> impl IntoResponse {
    let kind = (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    ([kind, NO_STORE], endpoint.app.metrics.render())
}

fn json(code: StatusCode, body: &impl Serialize) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    let body = serde_json::to_string(body).expect("plain data with text keys");
    (code, [kind, NO_STORE], body).into_response()
}
