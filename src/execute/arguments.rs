//! The arguments of a field with its variables in place: read typed, absent and null told apart.

use std::sync::Arc;

use async_graphql::{InputType, Name, Positioned, Value, Variables};
use async_graphql_value::Value as Literal;

use super::Failure;
use super::table::{Bound, Field};

/// The arguments of one field.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    values: Vec<(Name, Value)>,
}

type Written = (Positioned<Name>, Positioned<Literal>);

impl Arguments {
    /// The arguments as they are written, with these values of variables: one whose variable is absent is absent too,
    /// and then what the schema says holds.
    pub fn new(written: &[Written], variables: &Variables, defaults: &[(String, Value)]) -> Arguments {
        let mut values = Vec::with_capacity(written.len());
        for (name, value) in written {
            if let Some(value) = bound(&value.node, variables) {
                values.push((name.node.clone(), value));
            }
        }
        for (name, default) in defaults {
            if !values.iter().any(|(given, _)| given == name.as_str()) {
                values.push((Name::new(name), default.clone()));
            }
        }
        Arguments { values }
    }

    /// The argument of this name; the error says what its type does not take.
    pub fn get<T: InputType>(&self, name: &str) -> Result<T, String> {
        let given = self.values.iter().find(|(known, _)| known == name);
        let value = given.map(|(_, value)| value.clone());
        let of = T::qualified_type_name();
        if value == Some(Value::Null) && of.ends_with('!') {
            return Err(format!(
                "Argument \"{name}\" of non-null type \"{of}\" must not be null."
            ));
        }
        T::parse(value).map_err(|refused| refused.into_server_error(Default::default()).message)
    }
}

/// The arguments of a field as it takes them.
pub(super) fn read(field: &Field, written: &[Written], variables: &Variables) -> Result<Bound, Failure> {
    match &field.bind {
        Some(bind) => bind(&Arguments::new(written, variables, &field.defaults)),
        None => Ok(Arc::new(())),
    }
}

/// Whether what is written here depends on a variable.
pub(super) fn names_variable(value: &Literal) -> bool {
    match value {
        Literal::Variable(_) => true,
        Literal::List(items) => items.iter().any(names_variable),
        Literal::Object(members) => members.values().any(names_variable),
        _ => false,
    }
}

/// A value as it is written, with variables in place; `None`: it is a variable that is absent. In an object such a
/// member is left out, in a list it is null.
pub(super) fn bound(value: &Literal, variables: &Variables) -> Option<Value> {
    Some(match value {
        Literal::Variable(name) => return variables.get(name).cloned(),
        Literal::Null => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Boolean(is) => Value::Boolean(*is),
        Literal::Binary(bytes) => Value::Binary(bytes.clone()),
        Literal::Enum(name) => Value::Enum(name.clone()),
        Literal::List(items) => {
            let items = items.iter().map(|item| bound(item, variables).unwrap_or(Value::Null));
            Value::List(items.collect())
        }
        Literal::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .filter_map(|(name, value)| Some((name.clone(), bound(value, variables)?)))
                    .collect(),
            )
        }
    })
}
