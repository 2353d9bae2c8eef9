//! The plans of one document, each made once: for an operation and one choice of what `@skip` and `@include` ask.
//! Bounded, so that nobody fills the memory by choosing.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Name, Value, Variables};
use parking_lot::Mutex;

use crate::execute::{Fallback, Plan, Table, deciders};

/// The plans of a document.
#[derive(Default)]
pub struct Plans {
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    deciders: Vec<Name>,
    plans: HashMap<Choice, Planned>,
}

/// An operation's name, and what the deciding variables say.
type Choice = (Option<String>, Vec<Option<bool>>);
type Planned = Result<Arc<Plan>, Fallback>;

/// Most plans of one document; beyond that they are made each time.
const MOST: usize = 64;

impl Plans {
    /// The plan of a validated operation with these variables, which have been coerced.
    pub fn get(
        &self,
        table: &Arc<Table>,
        document: &ExecutableDocument,
        (name, operation): (Option<&str>, &OperationDefinition),
        variables: &Variables,
    ) -> Planned {
        let mut kept = self.kept.lock();
        let kept = kept.get_or_insert_with(|| Kept {
            deciders: deciders(document),
            plans: HashMap::new(),
        });
        let says = |name: &Name| match variables.get(name) {
            Some(Value::Boolean(is)) => Some(*is),
            _ => None,
        };
        let choice = (name.map(str::to_owned), kept.deciders.iter().map(says).collect());
        if let Some(planned) = kept.plans.get(&choice) {
            return planned.clone();
        }
        let planned = plan(table, document, operation, variables);
        if kept.plans.len() < MOST {
            kept.plans.insert(choice, planned.clone());
        }
        planned
    }
}

fn plan(
    table: &Arc<Table>,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Planned {
    if operation.ty != OperationType::Query {
        return Err(Fallback::Mutation);
    }
    let root = table.find("Query").ok_or(Fallback::Unknown)?;
    let selected = &operation.selection_set.node;
    Plan::new(table, root, selected, &document.fragments, variables).map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::{Document, table};

    #[test]
    fn the_plans_of_a_document_are_bounded_and_one_that_is_kept_is_made_once() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let declared = names.map(|name| format!("${name}: Boolean!")).join(", ");
        let fields = names
            .map(|name| format!("{name}: __typename @skip(if: ${name})"))
            .join(" ");
        let document = Document::parse(&format!("query({declared}) {{ {fields} }}")).expect("it parses");
        let operation = document.operation(None).expect("there is one");
        let plan = |choice: u32| {
            let says = names.iter().enumerate().map(|(at, name)| {
                let is = choice & (1 << at) > 0;
                (Name::new(name), Value::Boolean(is))
            });
            let variables = says.collect::<std::collections::BTreeMap<_, _>>();
            let variables = Variables::from_json(serde_json::to_value(variables).expect("they are JSON"));
            let plans = &document.plans;
            plans
                .get(table(), &document.parsed, (None, operation), &variables)
                .expect("there is a plan")
        };
        let first = plan(0);
        for choice in 0..256 {
            plan(choice);
        }
        let kept = document.plans.kept.lock();
        assert_eq!(kept.as_ref().map(|kept| kept.plans.len()), Some(MOST));
        drop(kept);
        assert!(Arc::ptr_eq(&first, &plan(0)));
    }
}
