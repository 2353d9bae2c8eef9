//! Why a field could not be resolved, as clients may be told: made by the floor above, which alone knows codes.

use async_graphql::parser::types::Field;
use async_graphql::{ErrorExtensionValues, PathSegment, Pos, Positioned, ServerError};

/// A field's error before it has a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What clients read.
    pub message: String,
    /// `extensions.code`; `None` where an answer breaks its own schema, which is our fault.
    pub code: Option<&'static str>,
}

impl Failure {
    /// What the specification says of a null that may not be.
    pub fn null(of: &str, field: &str) -> Failure {
        Failure {
            message: format!("Cannot return null for non-nullable field {of}.{field}."),
            code: None,
        }
    }

    /// The error at its place.
    pub fn at(&self, locations: &[Pos], path: Vec<PathSegment>) -> ServerError {
        let mut error = ServerError::new(&self.message, None);
        error.locations = locations.to_vec();
        error.path = path;
        if let Some(code) = self.code {
            let mut extensions = ErrorExtensionValues::default();
            extensions.set("code", code);
            error.extensions = Some(extensions);
        }
        error
    }
}

/// Where the fields of one answer key stand in the document.
pub(super) fn locations(fields: &[&Positioned<Field>]) -> Vec<Pos> {
    fields.iter().map(|field| field.pos).collect()
}
