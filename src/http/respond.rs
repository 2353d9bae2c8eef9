//! Writes answers as an HTTP response: body, status by media type, headers.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::graphql::ErrorCode;

use super::execute::{Answer, Outcome};
use super::negotiation::Media;

/// What the log says of the operations in a response; travels in its extensions.
#[derive(Clone)]
pub struct Served {
    /// Kind, name and outcome of the first operation.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How many operations there were.
    pub operations: usize,
}

/// The response to one operation.
pub fn respond(mut answer: Answer, media: Media) -> Response {
    let headers = std::mem::take(&mut answer.response.http_headers);
    let status = status(&answer, media);
    let served = served(&answer, 1);
    let mut response = write(&Shown::of(&answer), media, is_storable(&answer));
    *response.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"kanvaro\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    append(response.headers_mut(), headers);
    response.extensions_mut().insert(served);
    response
}

/// The response to several, in their order. Its status is 200: each answer tells how it went.
pub fn respond_many(mut answers: Vec<Answer>, media: Media) -> Response {
    let headers: Vec<HeaderMap> = answers
        .iter_mut()
        .map(|answer| std::mem::take(&mut answer.response.http_headers))
        .collect();
    let shown: Vec<Shown> = answers.iter().map(Shown::of).collect();
    let mut response = write(&shown, media, answers.iter().all(is_storable));
    for headers in headers {
        append(response.headers_mut(), headers);
    }
    if let Some(first) = answers.first() {
        response.extensions_mut().insert(served(first, answers.len()));
    }
    response
}

/// An answer in the order that the specification suggests: errors first, so that they are seen.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Shown<'_> {
    fn of(answer: &Answer) -> Shown<'_> {
        Shown {
            errors: &answer.response.errors,
            data: (answer.outcome != Outcome::Refused).then_some(&answer.response.data),
            extensions: &answer.response.extensions,
        }
    }
}

/// What the body usually takes, so that it seldom has to grow.
const ROOM: usize = 8 << 10;

fn write(body: &impl Serialize, media: Media, storable: bool) -> Response {
    let mut bytes = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut bytes, body).expect("answers have text keys and memory takes any bytes");
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    let policy = if storable { "private, no-cache" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization, cookie"));
    response
}

fn is_storable(answer: &Answer) -> bool {
    answer.outcome == Outcome::Ok && answer.kind == "query"
}

/// As `application/json` every well-formed request is answered with 200, so that the status is known to be ours;
/// as `application/graphql-response+json` one that is not executed has the status of its error.
fn status(answer: &Answer, media: Media) -> StatusCode {
    if media == Media::Json || answer.outcome != Outcome::Refused {
        return StatusCode::OK;
    }
    let has = |code: ErrorCode| {
        let code = Value::from(code.name());
        let mut errors = answer.response.errors.iter();
        errors.any(|error| error.extensions.as_ref().and_then(|own| own.get("code")) == Some(&code))
    };
    if has(ErrorCode::Unauthenticated) {
        StatusCode::UNAUTHORIZED
    } else if has(ErrorCode::Unavailable) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if has(ErrorCode::InternalServerError) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::BAD_REQUEST
    }
}

fn served(answer: &Answer, operations: usize) -> Served {
    Served {
        kind: answer.kind,
        name: answer.name.clone(),
        outcome: answer.outcome,
        operations,
    }
}

/// Adds what resolvers have set; several values of one name stay several.
fn append(headers: &mut HeaderMap, set: HeaderMap) {
    let mut last = None;
    for (name, value) in set {
        last = name.or(last);
        if let Some(name) = &last {
            headers.append(name, value);
        }
    }
}
