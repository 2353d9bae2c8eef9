//! Around every request: its id, the span of its log lines, one line in the access log, times, and an answer even
//! where something panics.

use std::borrow::Cow;
use std::fmt::Write;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
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
/// What keeps browsers from guessing what a body is.
pub const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");
/// Its only value.
pub const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const LONGEST_ID: usize = 128;

/// Observes one request.
pub async fn observe(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let line = AccessLine::begin(request.headers(), request.method().clone(), path, Instant::now());
    observed(line, next.run(request)).await
}

/// What comes of answering the request of this line.
pub async fn observed(line: AccessLine, answering: impl Future<Output = Response>) -> Response {
    let answered = async {
        let answered = AssertUnwindSafe(answering).catch_unwind().await;
        answered.unwrap_or_else(|_| {
            tracing::error!("the request panicked");
            Refusal::internal().into_response()
        })
    };
    let mut response = answered.instrument(span(&line.id)).await;
    let id = line.id.clone();
    let time = line.end(response.status(), response.extensions().get::<Served>());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE_OPTIONS, NO_SNIFF);
    set_own(headers, id, time);
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
        let [high, low] = rand::random::<[u64; 2]>();
        let mut id = BytesMut::with_capacity(32);
        write!(id, "{high:016x}{low:016x}").expect("a buffer takes all");
        HeaderValue::from_maybe_shared(id.freeze()).expect("hexadecimal digits are a header value")
    })
}

/// Sets what every response has of its own: the request's id and the time taken.
pub fn set_own(headers: &mut HeaderMap, id: HeaderValue, time: Duration) {
    headers.insert(REQUEST_ID, id);
    let micros = time.as_micros();
    let mut timing = BytesMut::with_capacity(40);
    write!(timing, "total;dur={}.{:03}ms", micros / 1000, micros % 1000).expect("a buffer takes all");
    let timing = timing.freeze();
    let unit = timing.len() - "ms".len();
    for (name, part) in [
        (RESPONSE_TIME, timing.slice("total;dur=".len()..)),
        (SERVER_TIMING, timing.slice(..unit)),
    ] {
        let value = HeaderValue::from_maybe_shared(part).expect("a number is a header value");
        headers.insert(name, value);
    }
}

/// The request's line in the access log. A client that hangs up drops it: then the line says so.
pub struct AccessLine {
    /// The request's id.
    pub id: HeaderValue,
    start: Instant,
    method: Method,
    path: Cow<'static, str>,
    is_written: bool,
}

impl AccessLine {
    /// Of a request that came at `start`.
    pub fn begin(
        headers: &HeaderMap,
        method: Method,
        path: impl Into<Cow<'static, str>>,
        start: Instant,
    ) -> AccessLine {
        AccessLine {
            id: request_id(headers),
            start,
            method,
            path: path.into(),
            is_written: false,
        }
    }

    /// Whether such lines are written at all.
    pub fn is_wanted() -> bool {
        tracing::enabled!(Level::INFO)
    }

    /// Writes the line and returns the time taken.
    pub fn end(mut self, status: StatusCode, served: Option<&Served>) -> Duration {
        self.is_written = true;
        let time = self.start.elapsed();
        if AccessLine::is_wanted() {
            span(&self.id).in_scope(|| self.write(milliseconds(time), status.as_u16(), served));
        }
        time
    }

    fn write(&self, milliseconds: f64, status: u16, served: Option<&Served>) {
        let (method, path) = (&self.method, &*self.path);
        match served {
            Some(served) => tracing::info!(
                %method, path, status, milliseconds, kind = served.kind, operation = served.name,
                outcome = served.outcome.name(), cache = served.cache, operations = served.operations, "answered"
            ),
            None => tracing::info!(%method, path, status, milliseconds, "answered"),
        }
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        if !self.is_written {
            let milliseconds = milliseconds(self.start.elapsed());
            span(&self.id).in_scope(|| {
                tracing::info!(method = %self.method, path = &*self.path, milliseconds, "the client hung up");
            });
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
