//! The limits themselves, and the check of a document against them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::parser::{Positioned, parse_schema};
use async_graphql::{Name, Value, Variables};

use crate::config::Config;

use super::super::ApiSchema;
use super::LimitError;
use super::sizes::Sizes;
use super::walk::Walk;
use super::weight::Weight;

/// What a document may ask for; cheap to clone.
#[derive(Clone, Debug)]
pub struct Limits {
    max_depth: usize,
    max_complexity: u64,
    max_aliases: usize,
    max_directives: usize,
    sizes: Arc<Sizes>,
}

impl Limits {
    /// The configured limits for this schema.
    pub fn new(config: &Config, schema: &ApiSchema) -> Limits {
        let sdl = parse_schema(schema.sdl()).expect("the schema prints what its parser reads");
        Limits {
            max_depth: config.max_depth,
            max_complexity: config.max_complexity,
            max_aliases: config.max_aliases,
            max_directives: config.max_directives,
            sizes: Arc::new(Sizes::new(&sdl)),
        }
    }

    /// Refuses a document that asks for too much: in the operation that runs, or in any other, since validation
    /// reads all of them.
    pub fn check(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(), LimitError> {
        let mut walk = Walk {
            document,
            sizes: &self.sizes,
            max_aliases: self.max_aliases,
            variables: values(document, operation_name, variables),
            weighed: HashMap::new(),
        };
        for (_, operation) in document.operations.iter() {
            let operation = &operation.node;
            let weight = walk.selection(root(operation.ty), &operation.selection_set.node, 0)?;
            self.compare(&weight, directives(operation))?;
        }
        let mut fragments = document.fragments.keys();
        fragments.try_for_each(|name| walk.fragment(name, 0).map(|_| ()))
    }

    fn compare(&self, weight: &Weight<'_>, directives: usize) -> Result<(), LimitError> {
        let directives = weight.directives.saturating_add(directives);
        if weight.depth > self.max_depth {
            return Err(LimitError::Depth {
                found: weight.depth,
                allowed: self.max_depth,
            });
        }
        if directives > self.max_directives {
            return Err(LimitError::Directives {
                found: directives,
                allowed: self.max_directives,
            });
        }
        if weight.cost > self.max_complexity {
            return Err(LimitError::Complexity {
                found: weight.cost,
                allowed: self.max_complexity,
            });
        }
        Ok(())
    }
}

fn root(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

fn directives(operation: &OperationDefinition) -> usize {
    let variables = operation.variable_definitions.iter();
    let variables: usize = variables.map(|variable| variable.node.directives.len()).sum();
    variables + operation.directives.len()
}

/// What the variables stand for: what was sent, else the defaults of the operation that runs.
fn values<'d>(
    document: &'d ExecutableDocument,
    operation_name: Option<&str>,
    variables: &'d Variables,
) -> HashMap<&'d str, &'d Value> {
    let runs = |name: Option<&str>| operation_name.is_none_or(|wanted| name == Some(wanted));
    let mut operations = document.operations.iter();
    let running = operations.find(|(name, _)| runs(name.map(Name::as_str)));
    let defaults = running.into_iter().flat_map(|(_, operation)| defaults(operation));
    let sent = variables.iter().map(|(name, value)| (name.as_str(), value));
    defaults.chain(sent).collect()
}

fn defaults(operation: &Positioned<OperationDefinition>) -> impl Iterator<Item = (&str, &Value)> {
    let variables = operation.node.variable_definitions.iter();
    variables.filter_map(|variable| {
        let default = variable.node.default_value.as_ref()?;
        Some((variable.node.name.node.as_str(), &default.node))
    })
}
