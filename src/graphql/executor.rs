//! The way of an operation from its document to what it comes to: validated once, its variables coerced, executed by a
//! plan; by the library where it asks for the schema, and as far as a mutation goes.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Request, ServerError, Variables};

use crate::execute::{Fallback, Subject, merged};
use crate::metrics::Metrics;

use super::Scope;
use super::document::Document;
use super::reply::Reply;
use super::schema::{ApiSchema, inputs, schema, table};
use super::validate::Validator;

/// Executes operations; clones share everything.
#[derive(Clone)]
pub struct Executor {
    schema: ApiSchema,
    validator: Validator,
    metrics: Metrics,
}

/// Data longer than this is refused, in bytes.
const MOST_BYTES: usize = 32 << 20;

impl Executor {
    /// An executor of the schema, which can be asked for itself or not.
    pub fn new(introspection: bool, metrics: Metrics) -> Executor {
        Executor {
            schema: schema(introspection),
            validator: Validator::new(introspection),
            metrics,
        }
    }

    /// The schema.
    pub fn schema(&self) -> &ApiSchema {
        &self.schema
    }

    /// Executes the operation of this name; without a name the only one.
    pub async fn execute(&self, document: &Document, name: Option<&str>, given: &Variables, scope: Scope) -> Reply {
        match self.answer(document, name, given, scope).await {
            Ok(reply) => reply,
            Err(errors) => Reply::refused(errors),
        }
    }

    async fn answer(
        &self,
        document: &Document,
        name: Option<&str>,
        given: &Variables,
        scope: Scope,
    ) -> Result<Reply, Vec<ServerError>> {
        let validated = document
            .validated
            .get_or_init(|| self.validator.validate(&document.parsed, name));
        validated.await.clone()?;
        let absent = || vec![ServerError::new("there is no such operation in the document", None)];
        let operation = document.operation(name).ok_or_else(absent)?;
        let variables = inputs().coerce(operation, given)?;
        match document
            .plans
            .get(table(), &document.parsed, (name, operation), &variables)
        {
            Ok(plan) => {
                let answer = plan.run(Subject::Root, &scope, &scope.loaders, &variables, MOST_BYTES);
                Reply::planned(answer.await)
            }
            Err(fallback) => Ok(self
                .fall_back(fallback, document, (name, operation), &variables, scope)
                .await),
        }
    }

    async fn fall_back(
        &self,
        fallback: Fallback,
        document: &Document,
        (name, operation): (Option<&str>, &OperationDefinition),
        variables: &Variables,
        scope: Scope,
    ) -> Reply {
        self.metrics.fell_back(fallback.name());
        let mut document = document.parsed.clone();
        if operation.ty == OperationType::Mutation && !merge(&mut document, (name, operation), variables) {
            return Reply::empty();
        }
        let mut request = Request::new("").variables(variables.clone()).data(scope);
        request.operation_name = name.map(str::to_owned);
        request.set_parsed_query(document);
        Reply::from(self.schema.execute(request).await)
    }
}

/// Puts each answer key of a mutation into the document once; `false`: nothing is left of it.
fn merge(
    document: &mut ExecutableDocument,
    (name, operation): (Option<&str>, &OperationDefinition),
    variables: &Variables,
) -> bool {
    let root = table().find("Mutation").unwrap_or_default();
    let selected = &operation.selection_set.node;
    let Ok(once) = merged(table(), root, selected, &document.fragments, variables) else {
        return true;
    };
    let is_left = !once.items.is_empty();
    let definition = match (&mut document.operations, name) {
        (DocumentOperations::Single(single), _) => Some(single),
        (DocumentOperations::Multiple(several), Some(name)) => several.get_mut(name),
        (DocumentOperations::Multiple(several), None) => several.values_mut().next(),
    };
    if let Some(definition) = definition {
        definition.node.selection_set.node = once;
    }
    is_left
}
