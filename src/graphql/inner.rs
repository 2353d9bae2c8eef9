//! Executes by a plan what is selected inside of an operation that the library executes: below a mutation's payload, and
//! beside questions about the schema.

use std::sync::Arc;

use async_graphql::parser::types::SelectionSet;
use async_graphql::{ContextBase, PathSegment, ServerError, ServerResult, Value};

use crate::execute::{Plan, Subject};
use crate::loader::Step;

use super::Scope;
use super::longest::Longest;
use super::schema::{inputs, table};

/// What is selected of an object of this type, at the place that `above` is. Errors are added to the operation's.
pub async fn execute_inner<T>(
    ctx: &ContextBase<'_, T>,
    above: Option<Vec<PathSegment>>,
    of: &str,
    root: Subject,
    selected: &SelectionSet,
) -> ServerResult<Value> {
    let scope = ctx.data_unchecked::<Scope>();
    let (operation, given) = (&ctx.query_env.operation.node, &ctx.query_env.variables);
    let variables = inputs().coerce(operation, given).map_err(first)?;
    let of = table().find(of).expect("the type was declared");
    let plan = Plan::new(table(), of, selected, &ctx.query_env.fragments, &variables);
    let plan = plan.map_err(|_| ServerError::new("the selection has no plan", None))?;
    let longest = ctx.data_unchecked::<Longest>();
    let mut answer = plan.run(root, scope, &scope.loaders, &variables, longest.0).await;
    if let Some(told) = scope.loaders.explanation() {
        let above: Vec<Step> = above.iter().flatten().map(step).collect();
        told.reach(&above, std::mem::take(&mut answer.reached));
    }
    let answer = longest.take(answer).map_err(|error| ctx.set_error_path(error))?;
    for mut error in answer.errors {
        let mut path = above.clone().unwrap_or_default();
        path.append(&mut error.path);
        error.path = path;
        ctx.add_error(error);
    }
    serde_json::from_slice(&answer.data).map_err(|error| ServerError::new(error.to_string(), None))
}

/// The place of what is being resolved.
pub fn place<T>(ctx: &ContextBase<'_, T>) -> Vec<PathSegment> {
    ctx.set_error_path(ServerError::new("", None)).path
}

fn step(segment: &PathSegment) -> Step {
    match segment {
        PathSegment::Field(key) => Step::Key(key.clone()),
        PathSegment::Index(index) => Step::Index(*index),
    }
}

fn first(errors: Vec<ServerError>) -> ServerError {
    let first = errors.into_iter().next();
    first.unwrap_or_else(|| ServerError::new("a variable is refused", None))
}

/// So that what is made for an answer can be shared.
pub fn made<T: Send + Sync + 'static>(value: T) -> Subject {
    Subject::Made(Arc::new(value))
}
