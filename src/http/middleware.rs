//! Around every request: its id, the span of its log lines, one line in the access log, times, and an answer even
//! where something panics.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::{Instrument, Level, Span};

use super::refusal::Refusal;
use super::respond::Served;

/// The header of the request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Milliseconds from the request's head to the response's.
pub const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");
/// The same, as browsers show it.
pub const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");
const LONGEST_ID: usize = 128;

/// Observes one request.
pub async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let span = span(&id);
    async {
        let path = request.uri().path().to_owned();
        let line = AccessLine::begin(request.method().clone(), path, Instant::now());
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| {
            tracing::error!("the request panicked");
            Refusal::internal().into_response()
        });
        let time = line.end(response.status(), response.extensions().get::<Served>());
        set_headers(response.headers_mut(), id, time);
        response
    }
    .instrument(span)
    .await
}

/// Ends a request that was answered without being observed: the same line and the same headers.
pub fn conclude(
    asked: &HeaderMap,
    line: AccessLine,
    mut response: Response,
    served: impl FnOnce() -> Served,
) -> Response {
    let id = request_id(asked);
    let time = if tracing::enabled!(Level::INFO) {
        span(&id).in_scope(|| line.end(response.status(), Some(&served())))
    } else {
        line.leave()
    };
    set_headers(response.headers_mut(), id, time);
    response
}

/// Of the highest level, so that the id is there however little is logged.
fn span(id: &HeaderValue) -> Span {
    tracing::error_span!("request", id = id.to_str().unwrap_or_default())
}

/// The client's id if it is short and plain, so that nobody writes what they like into the log; otherwise a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
    let sent = headers.get(REQUEST_ID).filter(|id| {
        let bytes = id.as_bytes();
        !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(is_plain)
    });
    sent.cloned().unwrap_or_else(|| {
        let id = format!("{:032x}", rand::random::<u128>());
        HeaderValue::from_str(&id).expect("hexadecimal digits are a header value")
    })
}

fn set_headers(headers: &mut HeaderMap, id: HeaderValue, milliseconds: f64) {
    headers.insert(REQUEST_ID, id);
    headers.insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let whole = format!("total;dur={milliseconds:.3}ms");
    let unit = whole.len() - "ms".len();
    for (name, text) in [
        (RESPONSE_TIME, &whole["total;dur=".len()..]),
        (SERVER_TIMING, &whole[..unit]),
    ] {
        let value = HeaderValue::from_str(text).expect("a number is a header value");
        headers.insert(name, value);
    }
}

/// The request's line in the access log. A client that hangs up drops it: then the line says so.
pub struct AccessLine {
    start: Instant,
    method: Method,
    path: Cow<'static, str>,
    is_written: bool,
}

impl AccessLine {
    /// Of a request that came at `start`.
    pub fn begin(method: Method, path: impl Into<Cow<'static, str>>, start: Instant) -> AccessLine {
        AccessLine {
            start,
            method,
            path: path.into(),
            is_written: false,
        }
    }

    /// Writes no line and returns the milliseconds taken.
    pub fn leave(mut self) -> f64 {
        self.is_written = true;
        self.milliseconds()
    }

    /// Writes the line and returns the milliseconds taken.
    fn end(mut self, status: StatusCode, served: Option<&Served>) -> f64 {
        self.is_written = true;
        let milliseconds = self.milliseconds();
        let (method, path, status) = (&self.method, &*self.path, status.as_u16());
        match served {
            Some(served) => tracing::info!(
                %method, path, status, milliseconds, kind = served.kind, operation = served.name,
                outcome = served.outcome.name(), cache = served.cache, operations = served.operations, "answered"
            ),
            None => tracing::info!(%method, path, status, milliseconds, "answered"),
        }
        milliseconds
    }

    fn milliseconds(&self) -> f64 {
        let microseconds = self.start.elapsed().as_micros();
        microseconds as f64 / 1000.0
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        if !self.is_written {
            let milliseconds = self.milliseconds();
            tracing::info!(method = %self.method, path = &*self.path, milliseconds, "the client hung up");
        }
    }
}
