//! Validates documents and executes nothing: the schema with an extension that cuts the execution short.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, async_trait};

use super::ApiSchema;

/// Validates documents against a schema.
#[derive(Clone)]
pub struct Validator(ApiSchema);

struct CutShort;

impl Validator {
    /// The validator of the schema that is built so; it holds `introspection` against it, if that is off.
    pub fn new(introspection: bool) -> Validator {
        Validator(super::schema::cut_short(introspection, CutShort))
    }

    /// Whether the schema takes the document, or what is wrong with it. Values of variables are no part of that.
    pub async fn validate(
        &self,
        document: &ExecutableDocument,
        operation: Option<&str>,
    ) -> Result<(), Vec<ServerError>> {
        let mut request = Request::new("");
        request.operation_name = operation.map(str::to_owned);
        request.set_parsed_query(document.clone());
        let response = self.0.execute(request).await;
        if response.errors.is_empty() {
            Ok(())
        } else {
            Err(response.errors)
        }
    }
}

impl ExtensionFactory for CutShort {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(CutShort)
    }
}

#[async_trait::async_trait]
impl Extension for CutShort {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}
