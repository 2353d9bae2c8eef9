//! The one tokeniser of the product: what it makes of a document is what it makes of what people type,
//! so whatever is typed is literal, word beginnings are found, case and accents don't matter.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Filter;

/// The most terms kept of one document; what comes later in its text isn't found.
pub const MAX_TERMS: usize = 200;
/// The most characters kept of one term.
pub const MAX_TERM: usize = 40;
/// The most terms of one search that count.
pub const MAX_SEARCH_TERMS: usize = 10;

/// The terms that a document with these texts is found by: sorted, each once.
pub fn terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for term in texts.into_iter().flat_map(tokens) {
        found.insert(term);
        if found.len() == MAX_TERMS {
            break;
        }
    }
    found.into_iter().collect()
}

/// The condition that every word of `text` begins a term. Blank text puts no condition;
/// text without any letter or digit finds nothing.
pub fn filter(text: &str) -> Filter {
    if text.trim().is_empty() {
        return Filter::everything();
    }
    let words: BTreeSet<String> = tokens(text).into_iter().take(MAX_SEARCH_TERMS).collect();
    if words.is_empty() {
        return Filter::nothing();
    }
    Filter::All(
        words
            .into_iter()
            .map(|word| Filter::Prefix("searchTerms", word))
            .collect(),
    )
}

/// Folds accents and case, and splits at whatever is neither letter nor digit.
fn tokens(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAX_TERM).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_matter() {
        assert_eq!(terms(["Crème brûlée, ÜBER-fein!"]), ["brulee", "creme", "fein", "uber"]);
    }

    #[test]
    fn what_operators_other_engines_know_is_plain_text_here() {
        assert_eq!(filter("\"-$.*"), Filter::nothing());
        assert_eq!(filter("  "), Filter::everything());
    }
}
