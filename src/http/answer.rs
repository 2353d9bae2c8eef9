//! An operation's answer on its way to the client: its body, and what its status and headers are made of.

use std::sync::Arc;

use async_graphql::Value;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use serde::Serialize;

use crate::cache::{Answer as Kept, Bodies};
use crate::graphql::{ErrorCode, Reply};

use super::answers::Caching;
use super::execute::{Executed, Outcome};

/// An operation's answer.
pub struct Answer {
    /// `query`, `mutation` or `none`: not understood.
    pub kind: &'static str,
    /// The operation's name, bounded for metrics.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that says so.
    pub status: StatusCode,
    /// What resolvers have set.
    pub headers: HeaderMap,
    /// What the client gets.
    pub bodies: Bodies,
    /// How it stands to the cache.
    pub caching: Caching,
    /// What a CDN files it under, where one may keep it.
    pub label: Option<HeaderValue>,
    /// What was kept, where this is a hit.
    pub kept: Option<Arc<Kept>>,
}

impl Answer {
    /// One that was just made, with its body.
    pub fn made(executed: Executed, bodies: Bodies, caching: Caching) -> Answer {
        Answer {
            kind: executed.kind,
            name: String::new(),
            outcome: executed.outcome,
            status: status(&executed),
            headers: executed.reply.headers,
            bodies,
            caching,
            label: None,
            kept: None,
        }
    }

    /// The same, filed so at a CDN.
    pub fn labeled(self, label: Option<HeaderValue>) -> Answer {
        Answer { label, ..self }
    }

    /// The same, as it was kept.
    pub fn of_kept(self, kept: Arc<Kept>) -> Answer {
        Answer {
            kept: Some(kept),
            ..self
        }
    }

    /// One that was kept.
    pub fn kept(bodies: Bodies, caching: Caching) -> Answer {
        Answer {
            kind: "query",
            name: String::new(),
            outcome: Outcome::Ok,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            bodies,
            caching,
            label: None,
            kept: None,
        }
    }
}

impl Executed {
    /// The body that a client gets.
    pub fn body(&self) -> Bodies {
        let Reply {
            data,
            errors,
            extensions,
            ..
        } = &self.reply;
        if errors.is_empty() && extensions.is_empty() {
            return Bodies::plain(data.response());
        }
        let mut body = Vec::with_capacity(data.len() + ROOM);
        body.push(b'{');
        if !errors.is_empty() {
            member(&mut body, "errors", errors);
        }
        if self.outcome != Outcome::Refused {
            separate(&mut body);
            body.extend_from_slice(b"\"data\":");
            body.extend_from_slice(data);
        }
        if !extensions.is_empty() {
            member(&mut body, "extensions", extensions);
        }
        body.push(b'}');
        Bodies::plain(Bytes::from(body))
    }

    /// Whether one of its errors has this code.
    pub fn has(&self, code: ErrorCode) -> bool {
        let code = Value::from(code.name());
        let mut errors = self.reply.errors.iter();
        errors.any(|error| error.extensions.as_ref().and_then(|own| own.get("code")) == Some(&code))
    }
}

/// What a body has beside its data, most of the time.
const ROOM: usize = 64;

/// A member of an answer; in the order that the specification suggests errors come first, so that they are seen.
fn member(body: &mut Vec<u8>, name: &str, value: &impl Serialize) {
    separate(body);
    body.extend_from_slice(format!("\"{name}\":").as_bytes());
    serde_json::to_writer(body, value).expect("answers have text keys and memory takes any bytes");
}

fn separate(body: &mut Vec<u8>) {
    if body.last() != Some(&b'{') {
        body.push(b',');
    }
}

/// What is not executed has the status of its error. A document that isn't known by its hash is no failure but a step
/// of the protocol, and clients take it for one only with 200.
fn status(executed: &Executed) -> StatusCode {
    if executed.outcome != Outcome::Refused || executed.has(ErrorCode::PersistedQueryNotFound) {
        StatusCode::OK
    } else if executed.has(ErrorCode::Unauthenticated) {
        StatusCode::UNAUTHORIZED
    } else if executed.has(ErrorCode::Unavailable) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if executed.has(ErrorCode::InternalServerError) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::BAD_REQUEST
    }
}
