//! Values in operations: as GraphQL writes them in documents, and as JSON in variables.

use serde_json::{Map, Number, Value};

/// A value that stands in a document or is sent as a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Enum(String),
    List(Vec<Literal>),
    Object(Vec<(String, Literal)>),
    /// A variable, by its name without the dollar.
    Variable(String),
}

impl Literal {
    /// As it stands in a document.
    pub fn text(&self) -> String {
        match self {
            Literal::Null => "null".into(),
            Literal::Int(number) => number.to_string(),
            Literal::Bool(is) => is.to_string(),
            Literal::Text(text) => Value::from(text.as_str()).to_string(),
            Literal::Enum(name) => name.clone(),
            Literal::List(items) => {
                let items: Vec<String> = items.iter().map(Literal::text).collect();
                format!("[{}]", items.join(", "))
            }
            Literal::Object(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", value.text()))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            Literal::Variable(name) => format!("${name}"),
        }
    }

    /// As it is sent for a variable.
    pub fn json(&self) -> Value {
        match self {
            Literal::Null => Value::Null,
            Literal::Int(number) => Value::Number(Number::from(*number)),
            Literal::Bool(is) => Value::Bool(*is),
            Literal::Text(text) | Literal::Enum(text) => Value::String(text.clone()),
            Literal::List(items) => items.iter().map(Literal::json).collect(),
            Literal::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone(), value.json()));
                Value::Object(Map::from_iter(members))
            }
            Literal::Variable(name) => panic!("${name} stands in a variable"),
        }
    }
}
