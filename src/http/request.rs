//! Takes a GraphQL request out of a JSON body or a query string, and says exactly what is wrong with one that isn't.

use async_graphql::{Name, Value, Variables};
use axum::extract::Query;
use axum::http::Uri;

use super::document_id::DocumentId;
use super::json;
use super::nesting::check_json;
use super::refusal::Refusal;

/// One GraphQL request, well-formed but not yet understood.
#[derive(Debug, Default, PartialEq)]
pub struct GraphqlRequest {
    /// The document's text; empty while it is known by its id only.
    pub query: String,
    /// What the client calls it.
    pub id: Option<DocumentId>,
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
        let mut id = match members.swap_remove("extensions").unwrap_or_default() {
            Value::Null => None,
            Value::Object(mut extensions) => {
                let persisted = extensions.swap_remove("persistedQuery");
                persisted.map(DocumentId::of_extension).transpose()?
            }
            other => return Err(wrong("extensions", "an object or null", &other)),
        };
        let query = members.swap_remove("query");
        if id.is_none() && !matches!(&query, Some(Value::String(text)) if !text.is_empty()) {
            id = DocumentId::of_members(&mut members)?;
        }
        let query = match query {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) if id.is_some() => String::new(),
            Some(other) => return Err(wrong("query", "a string", &other)),
            None => {
                return Err(Refusal::bad_request(
                    "\"query\" is missing: the text of the GraphQL document; or \"documentId\", the id of one that \
                     the server knows",
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
            id,
            operation_name,
            variables,
        })
    }
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
