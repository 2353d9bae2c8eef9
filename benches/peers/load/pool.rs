//! The requests there are and in which orders they are sent: a JSON file that `benches/peers/run` writes.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use super::arguments::Arguments;

/// The file.
#[derive(Deserialize)]
pub struct Pool {
    /// The requests.
    pub requests: Vec<Request>,
    /// The headers that answers have besides their type, length and date, for the bare handler.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    plans: BTreeMap<String, Vec<usize>>,
}

/// One of them.
#[derive(Deserialize)]
pub struct Request {
    token: String,
    body: String,
    /// What it is answered, for the bare handler.
    #[serde(default)]
    pub answer: String,
}

impl Pool {
    /// The file that the arguments name.
    pub fn read(arguments: &Arguments) -> Pool {
        let path = arguments.text("pool");
        let text = fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The requests of a plan, by their places, in its order.
    pub fn plan(&self, name: &str) -> &[usize] {
        let plan = self.plans.get(name).filter(|plan| !plan.is_empty());
        plan.unwrap_or_else(|| panic!("the pool has no plan {name}"))
    }

    /// Each request as it goes over the wire.
    pub fn wires(&self, is_indexed: bool) -> Vec<Vec<u8>> {
        let wire = |(place, request): (usize, &Request)| {
            let path = if is_indexed {
                format!("/graphql?{place}")
            } else {
                "/graphql".to_owned()
            };
            let (token, length) = (&request.token, request.body.len());
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncontent-type: application/json\r\n\
                 authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
            );
            [head.as_bytes(), request.body.as_bytes()].concat()
        };
        self.requests.iter().enumerate().map(wire).collect()
    }
}
