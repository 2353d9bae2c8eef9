//! What an operation came to, before it is a body: data as JSON text, errors, extensions, and the headers that
//! mutations have set.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use http::HeaderMap;

use crate::execute::{Answer, Data};

/// What an operation came to.
pub struct Reply {
    /// The data.
    pub data: Data,
    /// What went wrong.
    pub errors: Vec<ServerError>,
    /// What is said beside.
    pub extensions: BTreeMap<String, Value>,
    /// What mutations have set.
    pub headers: HeaderMap,
}

impl Reply {
    /// That of an operation that is not executed.
    pub fn refused(errors: Vec<ServerError>) -> Reply {
        Reply {
            data: Data::from(&b"null"[..]),
            errors,
            extensions: BTreeMap::new(),
            headers: HeaderMap::new(),
        }
    }

    /// That of an operation of which nothing is left, since every field was skipped.
    pub fn empty() -> Reply {
        Reply {
            data: Data::from(&b"{}"[..]),
            ..Reply::refused(Vec::new())
        }
    }

    /// That of a plan.
    pub fn planned(answer: Answer) -> Reply {
        Reply {
            data: answer.data,
            ..Reply::refused(answer.errors)
        }
    }
}

impl From<Response> for Reply {
    fn from(response: Response) -> Reply {
        Reply {
            data: (&*serde_json::to_vec(&response.data).expect("answers have text keys")).into(),
            errors: response.errors,
            extensions: response.extensions,
            headers: response.http_headers,
        }
    }
}
