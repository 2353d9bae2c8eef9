//! Writes answers as an HTTP response: body and its coding, status by media type, headers of caching.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use crate::cache::{Bodies, Coding};

use super::answer::Answer;
use super::answers::Caching;
use super::execute::Outcome;
use super::negotiation::Media;
use super::terms::Terms;

/// Where the answer came from: HIT, STALE, MISS or BYPASS.
pub const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
/// What a CDN files an answer under that it may keep.
pub const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
/// How many seconds the cache will go on to serve it as fresh.
pub const X_CACHE_TTL: HeaderName = HeaderName::from_static("x-cache-ttl");

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
    /// Where the answer came from.
    pub cache: &'static str,
}

/// The response to one operation. `cdn`: how many seconds a CDN may keep it.
///
/// As `application/json` every well-formed request is answered with 200, so that the status is known to be ours;
/// as `application/graphql-response+json` one that is not executed has the status of its error.
pub fn respond(answer: Answer, terms: &Terms, cdn: u32) -> Response {
    let mut response = if knows(&answer.caching, terms) {
        not_modified()
    } else {
        let (body, headers) = with_best(&answer.bodies, terms);
        with_head(body, headers)
    };
    if terms.media == Media::GraphqlResponse && answer.status != StatusCode::OK {
        *response.status_mut() = answer.status;
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"kanvaro\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    let label = answer.label.clone().filter(|_| answer.headers.is_empty());
    set_labeled(response.headers_mut(), &answer.caching, label, cdn);
    response.extensions_mut().insert(served(&answer, &answer.caching, 1));
    append(response.headers_mut(), answer.headers);
    response
}

/// The response to several, in their order. Its status is 200: each answer tells how it went.
pub fn respond_many(answers: Vec<Answer>, terms: &Terms) -> Response {
    let all: Vec<Caching> = answers.iter().map(|answer| answer.caching).collect();
    let caching = Caching::of_all(&all);
    let mut response = if knows(&caching, terms) {
        not_modified()
    } else {
        with_head(list(&answers), head(terms.media))
    };
    set_caching(response.headers_mut(), &caching, 0);
    if let Some(first) = answers.first() {
        response.extensions_mut().insert(served(first, &caching, answers.len()));
    }
    for answer in answers {
        append(response.headers_mut(), answer.headers);
    }
    response
}

/// The head of the response to what was served before on these terms.
pub fn head_again(
    bodies: &Bodies,
    caching: &Caching,
    label: Option<HeaderValue>,
    terms: &Terms,
    cdn: u32,
) -> HeaderMap {
    let (_, mut headers) = with_best(bodies, terms);
    set_labeled(&mut headers, caching, label, cdn);
    headers
}

/// How many headers most answers have.
const HEADERS: usize = 16;

/// Whether the client has this body already: then it is told so, whatever its method, and whether or not the body had
/// to be made to know.
fn knows(caching: &Caching, terms: &Terms) -> bool {
    caching.etag.is_some_and(|etag| terms.known.holds(etag))
}

fn not_modified() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// The body in the coding that the client wants most, and what the head says of it.
fn with_best(bodies: &Bodies, terms: &Terms) -> (Bytes, HeaderMap) {
    let (coding, body) = terms.codings.choose(bodies);
    let mut headers = head(terms.media);
    if coding != Coding::Identity {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    (body.clone(), headers)
}

fn head(media: Media) -> HeaderMap {
    // What is set here and around; so that the table of headers does not grow step by step.
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers
}

fn with_head(body: Bytes, headers: HeaderMap) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.headers_mut() = headers;
    response
}

fn list(answers: &[Answer]) -> Bytes {
    let bodies = answers.iter().map(|answer| answer.bodies.identity());
    let mut list = Vec::with_capacity(bodies.clone().map(|body| body.len() + 1).sum::<usize>() + 2);
    list.push(b'[');
    for (place, body) in bodies.enumerate() {
        if place > 0 {
            list.push(b',');
        }
        list.extend_from_slice(body);
    }
    list.push(b']');
    list.into()
}

fn set_labeled(headers: &mut HeaderMap, caching: &Caching, label: Option<HeaderValue>, cdn: u32) {
    let shared = set_caching(headers, caching, if label.is_some() { cdn } else { 0 });
    if let (Some(label), true) = (label, shared) {
        headers.insert(CACHE_TAG, label);
    }
}

/// How long the server keeps an answer and what it tells others are two things: a browser that kept it would show a
/// person their own old data, so it has to ask each time, and hears 304 where nothing has changed. A CDN may keep what
/// is public, for the time that the operator has set; returns whether it may keep this.
fn set_caching(headers: &mut HeaderMap, caching: &Caching, cdn: u32) -> bool {
    let age = caching.age.unwrap_or_default();
    let shared = caching.ttl.min(cdn.into());
    let is_shared = caching.etag.is_some() && caching.is_public && shared > 0;
    let policy = match caching.etag {
        None => HeaderValue::from_static("no-store"),
        // A CDN takes the age off what it may keep.
        Some(_) if is_shared => text(format!("public, max-age=0, s-maxage={}", age + shared)),
        Some(_) => HeaderValue::from_static("private, no-cache"),
    };
    headers.insert(header::CACHE_CONTROL, policy);
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept, accept-encoding, authorization, cookie"),
    );
    headers.insert(X_CACHE, HeaderValue::from_static(caching.status.name()));
    headers.insert(X_CACHE_TTL, HeaderValue::from(caching.ttl));
    if let Some(age) = caching.age {
        headers.insert(header::AGE, HeaderValue::from(age));
    }
    if let Some(etag) = caching.etag {
        headers.insert(header::ETAG, etag.header());
    }
    is_shared
}

fn text(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("words and numbers are a header value")
}

fn served(answer: &Answer, caching: &Caching, operations: usize) -> Served {
    Served {
        kind: answer.kind,
        name: answer.name.clone(),
        outcome: answer.outcome,
        operations,
        cache: caching.status.name(),
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
