//! Understands a request before anything is executed: nesting, parsing, choice of the operation, its variables, limits.

use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Name, ServerError, Variables};

use crate::graphql::{Document, ErrorCode, Policies, Policy};

use super::answers::Question;
use super::documents::Parsed;
use super::endpoint::Endpoint;
use super::request::GraphqlRequest;
use super::trust::coded;

/// An operation that may be executed.
#[derive(Clone)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
    document: Arc<Parsed>,
    request: Arc<GraphqlRequest>,
    found: Arc<FoundOut>,
}

/// What is found out about an operation once, when it is first needed.
#[derive(Default)]
struct FoundOut {
    policy: OnceLock<Policy>,
    question: OnceLock<Question>,
}

/// A request that can't be executed, and what can be said of it nevertheless.
#[derive(Clone)]
pub struct Misunderstood {
    /// The name that was asked for.
    pub name: Option<String>,
    /// Why.
    pub errors: Vec<ServerError>,
}

impl Operation {
    /// Understands a request, or says why not.
    pub fn understand(endpoint: &Endpoint, request: GraphqlRequest) -> Result<Operation, Misunderstood> {
        match understand(endpoint, &request) {
            Ok((document, kind, name)) => Ok(Operation {
                kind,
                name,
                document,
                request: Arc::new(request),
                found: Arc::default(),
            }),
            Err(errors) => Err(Misunderstood {
                name: request.operation_name,
                errors,
            }),
        }
    }

    /// Whether it changes something.
    pub fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// What the schema allows for its answer.
    pub fn policy(&self, policies: &Policies) -> Policy {
        let (document, variables) = (&self.document.document.parsed, &self.request.variables);
        let found = || policies.policy(document, self.name.as_deref(), variables);
        *self.found.policy.get_or_init(found)
    }

    /// What its answer depends on besides data and whoever asks. A variable that the operation doesn't declare is none
    /// of it: nothing can ask for it.
    pub fn question(&self, schema: &[u8; 32]) -> Question {
        let found = || self.ask(schema);
        self.found.question.get_or_init(found).clone()
    }

    fn ask(&self, schema: &[u8; 32]) -> Question {
        let name = self.name.as_deref();
        let (_, definition) = choose(&self.document.document.parsed, name).expect("it was chosen before");
        let declared = definition.variable_definitions.iter();
        let variables = declared.filter_map(|variable| {
            let name = variable.node.name.node.as_str();
            Some((name, self.request.variables.get(name)?))
        });
        Question::new(schema, &self.document.hash, name, variables)
    }

    /// The hash that it asks to be known by, and its text.
    pub fn persisted(&self) -> Option<([u8; 32], Arc<str>)> {
        let hash = self.request.id.as_ref()?.sha256?;
        Some((hash, self.request.query.as_str().into()))
    }

    /// The document that it stands in.
    pub fn document(&self) -> &Document {
        &self.document.document
    }

    /// The variables that were sent.
    pub fn variables(&self) -> &Variables {
        &self.request.variables
    }
}

/// An error in the request, as the API words it.
pub fn bad_input(message: impl Into<String>) -> ServerError {
    coded(message, ErrorCode::BadUserInput)
}

type Understood = (Arc<Parsed>, OperationType, Option<Arc<str>>);

fn understand(endpoint: &Endpoint, request: &GraphqlRequest) -> Result<Understood, Vec<ServerError>> {
    let document = endpoint.documents.get(&request.query).map_err(|error| vec![error])?;
    let (name, definition) = choose(&document.document.parsed, request.operation_name.as_deref())?;
    let kind = definition.ty;
    if kind == OperationType::Subscription {
        return Err(vec![bad_input("subscriptions are not answered over HTTP requests")]);
    }
    let limited = endpoint
        .limits
        .check(&document.document.parsed, name, &request.variables);
    limited.map_err(|error| vec![bad_input(error.to_string())])?;
    let name = name.map(Arc::from);
    Ok((document, kind, name))
}

fn choose<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a str>, &'a OperationDefinition), Vec<ServerError>> {
    let operations = match (&document.operations, wanted) {
        (DocumentOperations::Single(one), None) => return Ok((None, &one.node)),
        (DocumentOperations::Single(_), Some(wanted)) => {
            let message = format!("there is no operation {wanted:?}: the one in the document has no name");
            return Err(vec![bad_input(message)]);
        }
        (DocumentOperations::Multiple(operations), _) => operations,
    };
    let found = match wanted {
        Some(wanted) => operations.get_key_value(wanted),
        None if operations.len() == 1 => operations.iter().next(),
        None => None,
    };
    found
        .map(|(name, definition)| (Some(name.as_str()), &definition.node))
        .ok_or_else(|| {
            let mut names: Vec<&str> = operations.keys().map(Name::as_str).collect();
            names.sort_unstable();
            let names = names.join(", ");
            vec![bad_input(match wanted {
                Some(wanted) => format!("there is no operation {wanted:?} in the document; it has: {names}"),
                None => format!("the document has several operations; \"operationName\" must be one of: {names}"),
            })]
        })
}

#[cfg(test)]
impl Operation {
    /// That of a document with one operation.
    pub fn parsed(text: &str) -> Operation {
        let document = super::documents::Documents::default()
            .get(text)
            .expect("it is a document");
        let (name, definition) = choose(&document.document.parsed, None).expect("it has one operation");
        let (kind, name) = (definition.ty, name.map(Arc::from));
        Operation {
            kind,
            name,
            document,
            request: Arc::default(),
            found: Arc::default(),
        }
    }
}
