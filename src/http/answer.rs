//! An operation's answer on its way to the client: its body, and what its status and headers are made of.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde::Serialize;

use crate::cache::Bodies;
use crate::graphql::ErrorCode;

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
}

impl Answer {
    /// One that was just made, with its body.
    pub fn made(executed: Executed, bodies: Bodies, caching: Caching) -> Answer {
        Answer {
            kind: executed.kind,
            name: String::new(),
            outcome: executed.outcome,
            status: status(&executed),
            headers: executed.response.http_headers,
            bodies,
            caching,
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
        }
    }
}

impl Executed {
    /// The body that a client gets.
    pub fn body(&self) -> Bodies {
        let mut bytes = Vec::with_capacity(ROOM);
        serde_json::to_writer(&mut bytes, &Shown::of(self)).expect("answers have text keys and memory takes any bytes");
        Bodies::plain(Bytes::from(bytes))
    }

    /// Whether one of its errors has this code.
    pub fn has(&self, code: ErrorCode) -> bool {
        let code = Value::from(code.name());
        let mut errors = self.response.errors.iter();
        errors.any(|error| error.extensions.as_ref().and_then(|own| own.get("code")) == Some(&code))
    }
}

/// What the body usually takes, so that it seldom has to grow.
const ROOM: usize = 8 << 10;

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
    fn of(executed: &Executed) -> Shown<'_> {
        let response = &executed.response;
        Shown {
            errors: &response.errors,
            data: (executed.outcome != Outcome::Refused).then_some(&response.data),
            extensions: &response.extensions,
        }
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
