//! A schema from the answer of a running server. Introspection tells everything but the directives that stand at the
//! parts of a schema, save deprecation, `@specifiedBy` and `@oneOf`.

use serde::Deserialize;
use serde_json::Value;

use super::told::Told;
use super::{Sdl, SdlError};

/// The questions to ask, the fullest first: a server that doesn't know a part of one is asked the next.
pub const QUERIES: [&str; 3] = [
    concat!(
        "{ __schema { queryType { name } mutationType { name } subscriptionType { name } ",
        "types { kind name description specifiedByURL isOneOf ",
        "fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...T } ",
        "args(includeDeprecated: true) { ...I } } ",
        "inputFields(includeDeprecated: true) { ...I } interfaces { name } possibleTypes { name } ",
        "enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } ",
        "directives { name description isRepeatable locations args(includeDeprecated: true) { ...I } } } } ",
        "fragment I on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...T } } ",
        "fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ",
        "ofType { kind name ofType { kind name ofType { kind name } } } } } } } }"
    ),
    concat!(
        "{ __schema { queryType { name } mutationType { name } subscriptionType { name } ",
        "types { kind name description specifiedByURL ",
        "fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...T } args { ...I } } ",
        "inputFields { ...I } interfaces { name } possibleTypes { name } ",
        "enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } ",
        "directives { name description isRepeatable locations args { ...I } } } } ",
        "fragment I on __InputValue { name description defaultValue type { ...T } } ",
        "fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ",
        "ofType { kind name ofType { kind name ofType { kind name } } } } } } } }"
    ),
    concat!(
        "{ __schema { queryType { name } mutationType { name } subscriptionType { name } ",
        "types { kind name description ",
        "fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...T } args { ...I } } ",
        "inputFields { ...I } interfaces { name } possibleTypes { name } ",
        "enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } ",
        "directives { name description locations args { ...I } } } } ",
        "fragment I on __InputValue { name description defaultValue type { ...T } } ",
        "fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ",
        "ofType { kind name ofType { kind name ofType { kind name } } } } } } } }"
    ),
];

/// Why an answer is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntrospectionError {
    /// It isn't an answer of GraphQL.
    #[error("{0}: this is no GraphQL endpoint: an object with `data.__schema` was expected, found {1}")]
    NotGraphql(String, String),
    /// It says no.
    #[error("{0}: the server tells no schema: introspection may be off there ({1})")]
    Refused(String, String),
    /// What it tells is no valid schema.
    #[error("what the server tells is no valid schema: {0}")]
    Invalid(#[from] SdlError),
}

/// Reads what a server answered to one of the questions; `from` is its address.
pub fn from_introspection(from: &str, answer: &[u8]) -> Result<Sdl, IntrospectionError> {
    let not_graphql = |found: String| IntrospectionError::NotGraphql(from.into(), found);
    let answer: Value = serde_json::from_slice(answer).map_err(|_| not_graphql(excerpt(answer)))?;
    let schema = &answer["data"]["__schema"];
    if schema.is_null() {
        let message = answer["errors"][0]["message"].as_str();
        let refused = |message: &str| IntrospectionError::Refused(from.into(), message.into());
        // Some servers leave out what they don't show, instead of saying why.
        let silent = answer.get("data").map(|_| refused("it answers nothing"));
        return Err(message
            .map(refused)
            .or(silent)
            .unwrap_or_else(|| not_graphql(excerpt(answer.to_string().as_bytes()))));
    }
    let told: Told = Told::deserialize(schema).map_err(|error| not_graphql(error.to_string()))?;
    Ok(Sdl::parse(from, &told.sdl())?.without_directives())
}

fn excerpt(bytes: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(bytes).chars().take(60).collect();
    format!("{:?}", text.trim())
}
