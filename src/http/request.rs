//! Takes a GraphQL request out of a JSON body or a query string, and says exactly what is wrong with one that isn't.

use async_graphql::{Name, Value, Variables};
use axum::extract::Query;
use axum::http::Uri;

use super::json;
use super::nesting::check_json;
use super::refusal::Refusal;

/// One GraphQL request, well-formed but not yet understood.
#[derive(Debug, Default, PartialEq)]
pub struct GraphqlRequest {
    /// The document's text; empty while it is known by its hash only.
    pub query: String,
    /// The SHA-256 that the client gives it: <https://www.apollographql.com/docs/apollo-server/performance/apq>.
    pub persisted: Option<[u8; 32]>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The variables' values.
    pub variables: Variables,
}

/// What a body asks for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// One operation.
    One(GraphqlRequest),
    /// Several, to be answered in their order.
    Many(Vec<GraphqlRequest>),
}

impl Asked {
    /// Reads a JSON body.
    pub fn from_body(body: &[u8], max_batch: usize) -> Result<Asked, Refusal> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(Refusal::bad_request(
                "the body is empty; send JSON like {\"query\": \"{ viewer { id } }\"}",
            ));
        }
        match read(body, "the body")? {
            Value::List(items) => batch(items, max_batch).map(Asked::Many),
            one => GraphqlRequest::from_value(one).map(Asked::One),
        }
    }

    /// Reads the parameters of a GET.
    pub fn from_uri(uri: &Uri) -> Result<Asked, Refusal> {
        let unreadable = |_| Refusal::bad_request("the query string is not URL-encoded");
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(unreadable)?;
        let mut members = async_graphql::indexmap::IndexMap::new();
        for (key, text) in pairs {
            let value = match key.as_str() {
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => read(text.as_bytes(), &format!("the parameter {key}"))?,
                _ => Value::String(text),
            };
            if members.insert(Name::new(&key), value).is_some() {
                return Err(Refusal::bad_request(format!("the parameter {key:?} stands twice")));
            }
        }
        GraphqlRequest::from_value(Value::Object(members)).map(Asked::One)
    }
}

impl GraphqlRequest {
    fn from_value(value: Value) -> Result<GraphqlRequest, Refusal> {
        let Value::Object(mut members) = value else {
            return Err(wrong(
                "the body",
                "an object with the member \"query\", or a list of such",
                &value,
            ));
        };
        let persisted = match members.swap_remove("extensions").unwrap_or_default() {
            Value::Null => None,
            Value::Object(mut extensions) => extensions.swap_remove("persistedQuery").map(hash).transpose()?,
            other => return Err(wrong("extensions", "an object or null", &other)),
        };
        let query = match members.swap_remove("query") {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) if persisted.is_some() => String::new(),
            Some(other) => return Err(wrong("query", "a string", &other)),
            None => {
                return Err(Refusal::bad_request(
                    "\"query\" is missing: the text of the GraphQL document",
                ));
            }
        };
        let operation_name = match members.swap_remove("operationName").unwrap_or_default() {
            Value::Null => None,
            Value::String(name) => Some(name).filter(|name| !name.is_empty()),
            other => return Err(wrong("operationName", "a string or null", &other)),
        };
        let variables = match members.swap_remove("variables").unwrap_or_default() {
            Value::Null => Variables::default(),
            object @ Value::Object(_) => Variables::from_value(object),
            other => return Err(wrong("variables", "an object or null", &other)),
        };
        Ok(GraphqlRequest {
            query,
            persisted,
            operation_name,
            variables,
        })
    }
}

/// The hash of `extensions.persistedQuery`.
fn hash(persisted: Value) -> Result<[u8; 32], Refusal> {
    const WHAT: &str = "extensions.persistedQuery";
    let Value::Object(members) = persisted else {
        return Err(wrong(WHAT, "an object", &persisted));
    };
    if members.get("version") != Some(&Value::from(1)) {
        return Err(Refusal::bad_request(format!("{WHAT}.version must be 1")));
    }
    let hash = match members.get("sha256Hash") {
        Some(Value::String(text)) => unhex(text),
        _ => None,
    };
    let wrong = || Refusal::bad_request(format!("{WHAT}.sha256Hash must be 64 hexadecimal digits"));
    hash.ok_or_else(wrong)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16)?.try_into().ok())
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
}

fn batch(items: Vec<Value>, most: usize) -> Result<Vec<GraphqlRequest>, Refusal> {
    let count = items.len();
    if count == 0 {
        return Err(Refusal::bad_request("the batch is empty; send at least one operation"));
    }
    if count > most {
        let message = format!("the batch has {count} operations, at most {most} are allowed; send them in parts");
        return Err(Refusal::bad_request(message));
    }
    items.into_iter().map(GraphqlRequest::from_value).collect()
}

fn read(text: &[u8], what: &str) -> Result<Value, Refusal> {
    check_json(text).map_err(|error| Refusal::bad_request(error.to_string()))?;
    json::read(text).map_err(|error| Refusal::bad_request(format!("{what} is not readable JSON: {error}")))
}

fn wrong(what: &str, expected: &str, found: &Value) -> Refusal {
    let found = match found {
        Value::Null => "null",
        Value::Boolean(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
        _ => "a string",
    };
    Refusal::bad_request(format!("{what} must be {expected}, not {found}"))
}
