//! What people type into search fields: as a condition, and over all kinds at once.

use crate::model::{Filter, Viewer, may_read_addresses, search};

use super::super::ApiError;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Ty};
use super::super::search::{SearchArgs, SearchConnection, SearchPage};

/// The most characters of a search.
const MAX_CHARACTERS: usize = 10_000;

/// Declares the root.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query.field(FieldDeclaration::root::<(SearchArgs, SearchPage)>(
        "search",
        Ty::of("SearchConnection"),
        "Tasks, projects, people and comments that the viewer sees and that have words which begin with each word of a\n\
         text; the best first.",
        |asked, call| SearchConnection::load(call, asked),
    ))
}

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

/// The condition of a search for people: clients are found by their addresses only by who may read those.
pub fn findable(viewer: &Viewer, matching: Filter) -> Filter {
    match may_read_addresses(viewer) {
        true => search::with_kept(matching),
        false => matching,
    }
}
