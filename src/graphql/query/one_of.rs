//! Lists of arguments as conditions on what documents hold.

use crate::model::{Field, Filter, Value};

use super::super::ApiError;

/// The most values of one list in a filter.
const MAX_VALUES: usize = 100;

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
