//! Around every request: its id, the span of its log lines, one line in the access log, times, and an answer even
//! where something panics.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::Instrument;

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
    // Of the highest level, so that the id is there however little is logged.
    let span = tracing::error_span!("request", id = id.to_str().unwrap_or_default());
    async {
        let line = AccessLine::begin(&request);
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| {
            tracing::error!("the request panicked");
            Refusal::internal().into_response()
        });
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        headers.insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let time = line.end(&response);
        set_times(response.headers_mut(), time);
        response
    }
    .instrument(span)
    .await
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

fn set_times(headers: &mut HeaderMap, milliseconds: f64) {
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
struct AccessLine {
    start: Instant,
    method: Method,
    path: String,
    is_written: bool,
}

impl AccessLine {
    fn begin(request: &Request) -> AccessLine {
        AccessLine {
            start: Instant::now(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            is_written: false,
        }
    }

    /// Writes the line and returns the milliseconds taken.
    fn end(mut self, response: &Response) -> f64 {
        self.is_written = true;
        let milliseconds = self.milliseconds();
        let (method, path, status) = (&self.method, &self.path, response.status().as_u16());
        match response.extensions().get::<Served>() {
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
            tracing::info!(method = %self.method, path = self.path, milliseconds, "the client hung up");
        }
    }
}
