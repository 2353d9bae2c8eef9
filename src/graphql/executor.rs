//! The way of an operation from its document to what it comes to: validated once, its variables coerced, executed by a
//! plan; by the library where it asks for the schema, and as far as a mutation goes.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Request, ServerError, Value, Variables};

use crate::execute::{Fallback, Subject, merged};
use crate::metrics::Metrics;

use super::document::Document;
use super::longest::Longest;
use super::reply::Reply;
use super::schema::{ApiSchema, inputs, schema, table};
use super::validate::Validator;
use super::{ErrorCode, Scope};

/// Executes operations; clones share everything.
#[derive(Clone)]
pub struct Executor {
    schema: ApiSchema,
    validator: Validator,
    longest: Longest,
    metrics: Metrics,
}

impl Executor {
    /// An executor of the schema, which can be asked for itself or not. Data longer than so many bytes are refused.
    pub fn new(introspection: bool, longest: usize, metrics: Metrics) -> Executor {
        Executor {
            schema: schema(introspection),
            validator: Validator::new(introspection),
            longest: Longest(longest),
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
            .get_or_init(|| Box::pin(self.validator.validate(&document.parsed, name)));
        validated.await.clone()?;
        let absent = || vec![ServerError::new("there is no such operation in the document", None)];
        let operation = document.operation(name).ok_or_else(absent)?;
        let variables = inputs().coerce(operation, given).map_err(coded)?;
        match document
            .plans
            .get(table(), &document.parsed, (name, operation), &variables)
        {
            Ok(plan) => {
                let answer = plan.run(Subject::Root, &scope, &scope.loaders, &variables, self.longest.0);
                let mut answer = answer.await;
                if let Some(told) = scope.loaders.explanation() {
                    told.reach(&[], std::mem::take(&mut answer.reached));
                }
                let answer = self.longest.take(answer).map_err(|error| vec![error])?;
                Ok(Reply::planned(answer))
            }
            Err(fallback) => {
                let fallen = self.fall_back(fallback, document, (name, operation), &variables, scope);
                // In a place of its own: what plans do needs no room for it.
                Ok(Box::pin(fallen).await)
            }
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
        let keys = merge(&mut document, (name, operation), variables);
        if keys.as_ref().is_some_and(Vec::is_empty) {
            return Reply::empty();
        }
        let mut request = Request::new("")
            .variables(variables.clone())
            .data(scope)
            .data(self.longest);
        request.operation_name = name.map(str::to_owned);
        request.set_parsed_query(document);
        let mut response = self.schema.execute(request).await;
        if let (Value::Object(data), Some(keys)) = (&mut response.data, keys) {
            // The library puts what took longer behind what didn't.
            data.sort_by_cached_key(|key, _| keys.iter().position(|known| known == key));
        }
        Reply::from(response)
    }
}

/// Says that the request is at fault.
fn coded(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    for error in &mut errors {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", ErrorCode::BadUserInput.name());
    }
    errors
}

/// Puts each answer key of an operation's root into the document once; says which there are, in their order.
/// `None`: it names what the table has not, and stays as it is.
fn merge(
    document: &mut ExecutableDocument,
    (name, operation): (Option<&str>, &OperationDefinition),
    variables: &Variables,
) -> Option<Vec<Name>> {
    let root = match operation.ty {
        OperationType::Mutation => "Mutation",
        OperationType::Query | OperationType::Subscription => "Query",
    };
    let selected = &operation.selection_set.node;
    let once = merged(table(), table().find(root)?, selected, &document.fragments, variables).ok()?;
    let keys = once.items.iter().filter_map(|item| match &item.node {
        Selection::Field(field) => Some(field.node.response_key().node.clone()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    });
    let keys = keys.collect();
    let definition = match (&mut document.operations, name) {
        (DocumentOperations::Single(single), _) => Some(single),
        (DocumentOperations::Multiple(several), Some(name)) => several.get_mut(name),
        (DocumentOperations::Multiple(several), None) => several.values_mut().next(),
    };
    if let Some(definition) = definition {
        definition.node.selection_set.node = once;
    }
    Some(keys)
}
