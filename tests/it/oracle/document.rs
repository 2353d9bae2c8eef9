//! Documents with one or several operations, and what to send with them.

use std::collections::BTreeSet;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use serde_json::{Map, Value, json};

use super::change::Change;
use super::draft::Draft;
use super::values::Values;
use super::variables::{Sent, Variables};

/// A document that can be asked again and again with other variables.
pub struct Document<'a> {
    pub text: String,
    operations: Vec<Operation>,
    variables: Variables,
    values: Values<'a>,
}

struct Operation {
    /// Empty where it has none.
    name: String,
    variables: BTreeSet<usize>,
    /// Variables that are always sent the same.
    inputs: Map<String, Value>,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Question {
    pub query: String,
    pub operation: Option<String>,
    pub variables: Value,
    /// Whether something is sent that refuses the whole.
    pub is_wrong: bool,
}

impl<'a> Document<'a> {
    /// A document of queries.
    pub fn new(dice: &mut StdRng, values: Values<'a>) -> Document<'a> {
        let mut draft = Draft::new(values);
        let count = if dice.random_bool(0.12) {
            dice.random_range(2..=3)
        } else {
            1
        };
        let is_named = count > 1 || dice.random_bool(0.5);
        let (mut texts, mut operations) = (Vec::new(), Vec::new());
        for number in 0..count {
            let (selection, variables) = draft.operation(dice, "Query");
            let name = if is_named { format!("Q{number}") } else { String::new() };
            let declared: Vec<String> = variables.iter().map(|at| draft.variables.get(*at).text()).collect();
            let declared = if declared.is_empty() {
                String::new()
            } else {
                format!("({})", declared.join(", "))
            };
            texts.push(match name.is_empty() && declared.is_empty() {
                true => selection,
                false => format!("query {name}{declared} {selection}"),
            });
            operations.push(Operation {
                name,
                variables,
                inputs: Map::new(),
            });
        }
        texts.extend(draft.fragments.into_iter().map(|fragment| fragment.text));
        texts.shuffle(dice);
        Document {
            text: texts.join(if dice.random_bool(0.5) { "\n" } else { " " }),
            operations,
            variables: draft.variables,
            values,
        }
    }

    /// A document of one to three changes, one after the other.
    pub fn of_changes(dice: &mut StdRng, values: Values<'a>) -> Document<'a> {
        let (mut draft, mut inputs, mut declared) = (Draft::new(values), Map::new(), Vec::new());
        let mut fields = Vec::new();
        for number in 0..dice.random_range(1..=3) {
            let Change { field, input, payload } = Change::new(dice, values);
            let input = if dice.random_bool(0.5) {
                let (name, of) = (
                    format!("input{number}"),
                    format!("{}{}Input", field[..1].to_uppercase(), &field[1..]),
                );
                declared.push(format!("${name}: {of}!"));
                inputs.insert(name.clone(), input.json());
                format!("${name}")
            } else {
                input.text()
            };
            fields.push((format!("m{number}: {field}(input: {input})"), payload));
        }
        let (selection, variables) = draft.operation_of(dice, &fields);
        declared.extend(variables.iter().map(|at| draft.variables.get(*at).text()));
        let declared = if declared.is_empty() {
            String::new()
        } else {
            format!("({})", declared.join(", "))
        };
        let fragments = draft
            .fragments
            .into_iter()
            .map(|fragment| format!(" {}", fragment.text));
        Document {
            text: format!("mutation {declared} {selection}{}", fragments.collect::<String>()),
            operations: vec![Operation {
                name: String::new(),
                variables,
                inputs,
            }],
            variables: draft.variables,
            values,
        }
    }

    /// One of its operations with variables.
    pub fn ask(&self, dice: &mut StdRng) -> Question {
        let operation = self.operations.choose(dice).unwrap();
        let is_alone = self.operations.len() == 1;
        let is_left_out = operation.name.is_empty() || is_alone && dice.random_bool(0.5);
        let name = (!is_left_out).then(|| operation.name.clone());
        let (name, mut is_wrong) = match dice.random_range(0..1_000) {
            0..3 => (Some("Nothing".to_owned()), true),
            3..6 if !is_alone => (None, true),
            _ => (name, false),
        };
        let mut variables = operation.inputs.clone();
        for number in &operation.variables {
            let variable = self.variables.get(*number);
            let sent = match variable.draw(dice, self.values) {
                Sent::Nothing => None,
                Sent::Value(value) => Some(value),
                Sent::Wrong(value) => {
                    is_wrong = true;
                    value
                }
            };
            if let Some(value) = sent {
                variables.insert(variable.name.clone(), value.json());
            }
        }
        Question {
            query: self.text.clone(),
            operation: name,
            variables: Value::Object(variables),
            is_wrong,
        }
    }
}

impl Question {
    /// As the body of a request.
    pub fn body(&self) -> Value {
        json!({ "query": self.query, "operationName": self.operation, "variables": self.variables })
    }
}
