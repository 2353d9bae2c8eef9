//! Which selections of an operation take part: what `@skip` and `@include` leave, by its variables.

use async_graphql::parser::types::{Directive, OperationDefinition, Selection};
use async_graphql::{Name, Positioned, Value, Variables};

/// The values of an operation's variables, as far as `@skip` and `@include` ask for them.
pub struct Mask<'d> {
    operation: &'d OperationDefinition,
    variables: &'d Variables,
}

impl<'d> Mask<'d> {
    /// The mask of this operation with these variables.
    pub fn new(operation: &'d OperationDefinition, variables: &'d Variables) -> Mask<'d> {
        Mask { operation, variables }
    }

    /// Whether it takes part. What can't be told takes part: that only shortens the time.
    pub fn takes(&self, selection: &Selection) -> bool {
        let says = |directive: &Positioned<Directive>, name: &str, value: bool| {
            directive.node.name.node == name && self.condition(&directive.node) == Some(value)
        };
        let mut directives = selection.directives().iter();
        !directives.any(|directive| says(directive, "skip", true) || says(directive, "include", false))
    }

    fn condition(&self, directive: &Directive) -> Option<bool> {
        let value = directive.get_argument("if")?.node.clone();
        match value.into_const_with(|name| self.value(&name)).ok()? {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    fn value(&self, name: &Name) -> Result<Value, ()> {
        if let Some(value) = self.variables.get(name) {
            return Ok(value.clone());
        }
        let mut declared = self.operation.variable_definitions.iter();
        let declared = declared.find(|variable| variable.node.name.node == *name).ok_or(())?;
        let default = declared.node.default_value.as_ref().ok_or(())?;
        Ok(default.node.clone())
    }
}
