//! `@skip` and `@include`: what of a selection takes part, and which variables decide it.

use std::collections::BTreeSet;

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as Literal;

/// Whether this is taken, under these values.
pub(super) fn takes(selection: &Selection, variables: &Variables) -> bool {
    let mut directives = selection.directives().iter().map(|directive| &directive.node);
    !directives.any(|directive| match directive.name.node.as_str() {
        "skip" => says(directive, variables) == Some(true),
        "include" => says(directive, variables) == Some(false),
        _ => false,
    })
}

fn says(directive: &Directive, variables: &Variables) -> Option<bool> {
    match &directive.get_argument("if")?.node {
        Literal::Boolean(is) => Some(*is),
        Literal::Variable(name) => match variables.get(name) {
            Some(Value::Boolean(is)) => Some(*is),
            _ => None,
        },
        _ => None,
    }
}

/// The variables that decide about parts of this document, in order: a plan is for one choice of their values.
pub fn deciders(document: &ExecutableDocument) -> Vec<Name> {
    let mut names = BTreeSet::new();
    let operations = document.operations.iter();
    let mut open: Vec<&SelectionSet> = operations
        .map(|(_, operation)| &operation.node.selection_set.node)
        .collect();
    open.extend(
        document
            .fragments
            .values()
            .map(|fragment| &fragment.node.selection_set.node),
    );
    while let Some(set) = open.pop() {
        for selection in set.items.iter().map(|item| &item.node) {
            let directives = selection.directives().iter().map(|directive| &directive.node);
            let decide = directives.filter(|directive| matches!(directive.name.node.as_str(), "skip" | "include"));
            let values = decide.filter_map(|directive| Some(&directive.get_argument("if")?.node));
            names.extend(values.filter_map(|value| match value {
                Literal::Variable(name) => Some(name.clone()),
                _ => None,
            }));
            match selection {
                Selection::Field(field) => open.push(&field.node.selection_set.node),
                Selection::InlineFragment(fragment) => open.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    names.into_iter().collect()
}
