//! A document that clients send, and what was found out about it before: whether the schema takes it, and its plans.

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use tokio::sync::OnceCell;

use super::plans::Plans;

/// A parsed document.
pub struct Document {
    /// What the parser made of it.
    pub parsed: ExecutableDocument,
    pub(super) validated: OnceCell<Result<(), Vec<ServerError>>>,
    pub(super) plans: Plans,
}

impl Document {
    /// Parses a text, or says where it is no document.
    pub fn parse(text: &str) -> Result<Document, ServerError> {
        Ok(Document {
            parsed: parse_query(text)?,
            validated: OnceCell::new(),
            plans: Plans::default(),
        })
    }

    /// The operation of this name; without a name the only one. `None`: there is none such.
    pub(super) fn operation(&self, name: Option<&str>) -> Option<&OperationDefinition> {
        match (&self.parsed.operations, name) {
            (DocumentOperations::Single(single), None) => Some(&single.node),
            (DocumentOperations::Single(_), Some(_)) => None,
            (DocumentOperations::Multiple(several), Some(name)) => several.get(name).map(|found| &found.node),
            (DocumentOperations::Multiple(several), None) => match several.len() {
                1 => several.values().next().map(|found| &found.node),
                _ => None,
            },
        }
    }
}
