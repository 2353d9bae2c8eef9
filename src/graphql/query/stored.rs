//! Arguments as the values that documents hold.

use serde::Serialize;

use crate::model::{Field, Filter, Value};

use super::super::ApiError;

/// The most values of one list in a filter.
const MAX_VALUES: usize = 100;

/// A model enum as documents hold it: its stored name, or its rank.
pub fn stored<T: Serialize>(value: &T) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Value::Text(name),
        Ok(serde_json::Value::Number(rank)) => rank.as_i64().map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

/// The condition that the field is one of these; BAD_USER_INPUT names the argument when there are too many.
pub fn one_of(argument: &str, field: Field, values: Vec<Value>) -> Result<Filter, ApiError> {
    if values.len() > MAX_VALUES {
        return Err(ApiError::BadUserInput(format!(
            "{argument}: {} values are more than the {MAX_VALUES} allowed; ask in parts",
            values.len()
        )));
    }
    Ok(Filter::In(field, values))
}
