//! What people type into search fields, as a condition.

use crate::model::{Filter, search};

use super::super::ApiError;

/// The most characters of a search.
const MAX_CHARACTERS: usize = 10_000;

/// The condition that every word of the text begins a term of what is found; BAD_USER_INPUT when it is too long.
pub fn matching(argument: &str, text: &str) -> Result<Filter, ApiError> {
    let characters = text.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(ApiError::BadUserInput(format!(
            "{argument}: {characters} characters are more than the {MAX_CHARACTERS} of a search; \
             its first {} words count",
            search::MAX_SEARCH_TERMS
        )));
    }
    Ok(search::filter(text))
}
