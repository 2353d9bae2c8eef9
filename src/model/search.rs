//! The one tokeniser of the product: what it makes of a document is what it makes of what people type,
//! so whatever is typed is literal, word beginnings are found, case and accents don't matter.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Filter, Value};

/// The most terms kept of one document; what comes later in its text isn't found.
pub const MAX_TERMS: usize = 200;
/// The most characters kept of one term.
pub const MAX_TERM: usize = 40;
/// The most terms of one search that count.
pub const MAX_SEARCH_TERMS: usize = 10;

/// What terms begin with that stand where they tell most; no term that people type does.
const HEAD: char = '=';
/// What terms begin with that stand in what not everybody may read; no term that people type does.
const KEPT: char = '@';

/// The terms that a document with these texts is found by: sorted, each once.
pub fn terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    bounded(texts.into_iter().flat_map(tokens))
}

/// The same of a document of which the first texts, which are short, tell most: what it is called by. Their terms stand
/// there twice, so that it is found by them alone, too.
pub fn headed_terms<'a>(first: &[&'a str], rest: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let all = terms(first.iter().copied().chain(rest));
    let first = bounded(first.iter().copied().flat_map(tokens)).into_iter();
    // Before all letters and digits, so that they are sorted still.
    first.map(|term| format!("{HEAD}{term}")).chain(all).collect()
}

/// The same of a document of which not everybody may read all: the terms of what is kept from some are found only by
/// who looks among them, too.
pub fn kept_terms<'a>(open: impl IntoIterator<Item = &'a str>, kept: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let kept = terms(kept).into_iter().map(|term| format!("{KEPT}{term}"));
    let mut all: Vec<String> = terms(open).into_iter().chain(kept).collect();
    all.sort_unstable();
    all
}

/// The condition of a search, also among the terms that are kept from some.
pub fn with_kept(filter: Filter) -> Filter {
    match filter {
        Filter::All(all) => Filter::All(all.into_iter().map(with_kept).collect()),
        Filter::Prefix(field, word) => {
            let kept = Filter::Prefix(field, format!("{KEPT}{word}"));
            Filter::Any(vec![Filter::Prefix(field, word), kept])
        }
        Filter::Has(field, Value::Text(word)) => {
            let kept = Filter::Has(field, Value::Text(format!("{KEPT}{word}")));
            Filter::Any(vec![Filter::Has(field, Value::Text(word)), kept])
        }
        other => other,
    }
}

fn bounded(terms: impl Iterator<Item = String>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for term in terms {
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
    let words = words(text);
    if words.is_empty() {
        return Filter::nothing();
    }
    let begins = |word| Filter::Prefix("searchTerms", word);
    Filter::All(words.into_iter().map(begins).collect())
}

/// The words of a search that count: sorted, each once.
pub fn words(text: &str) -> Vec<String> {
    let words: BTreeSet<String> = tokens(text).into_iter().take(MAX_SEARCH_TERMS).collect();
    words.into_iter().collect()
}

/// Words of fewer bytes begin too many others to be looked for by their beginnings among all that there is: one or two
/// Latin letters, no ideograph.
const SHORT: usize = 3;

/// The condition of a search over all there is: every one of these words begins a term; a short one is a term.
pub fn wanted(words: &[String]) -> Filter {
    Filter::All(words.iter().map(|word| term(word, word.clone())).collect())
}

/// The same, among the terms that stand where they tell most.
pub fn headed(words: &[String]) -> Filter {
    Filter::All(words.iter().map(|word| term(word, format!("{HEAD}{word}"))).collect())
}

fn term(word: &str, begins: String) -> Filter {
    match word.len() < SHORT {
        true => Filter::Has("searchTerms", Value::Text(begins)),
        false => Filter::Prefix("searchTerms", begins),
    }
}

/// A word of a search, found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, in characters: from the beginning of a word of the text as far as the two are the same.
    pub at: Range<usize>,
    /// Which of the words.
    pub word: usize,
    /// Whether the word of the text is no longer than that.
    pub is_whole: bool,
}

/// Where words of this text begin with one of these.
pub fn found(text: &[char], words: &[String]) -> Vec<Found> {
    let (mut found, mut letters) = (Vec::new(), Vec::<(char, Range<usize>)>::new());
    for (at, letter) in text.iter().enumerate() {
        let folded = fold([*letter].into_iter());
        if let (true, Some((_, last))) = (folded.is_empty(), letters.last_mut()) {
            last.end = at + 1;
        }
        for letter in folded.chars() {
            if letter.is_alphanumeric() {
                letters.push((letter, at..at + 1));
            } else {
                close(&letters, words, &mut found);
                letters.clear();
            }
        }
    }
    close(&letters, words, &mut found);
    found
}

/// Notes which of the words the word of these letters begins with.
fn close(letters: &[(char, Range<usize>)], words: &[String], found: &mut Vec<Found>) {
    for (word, wanted) in words.iter().enumerate() {
        let length = wanted.chars().count();
        let begins = letters.len() >= length
            && letters
                .iter()
                .zip(wanted.chars())
                .all(|((letter, _), one)| *letter == one);
        if let (true, Some((_, first)), Some((_, last))) =
            (begins, letters.first(), letters.get(length.wrapping_sub(1)))
        {
            found.push(Found {
                at: first.start..last.end,
                word,
                is_whole: letters.len() == length,
            });
        }
    }
}

/// Folds accents and case, and splits at whatever is neither letter nor digit.
fn tokens(text: &str) -> Vec<String> {
    fold(text.chars())
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAX_TERM).collect())
        .collect()
}

fn fold(text: impl Iterator<Item = char>) -> String {
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_most_is_found_by_itself_and_with_the_rest() {
        let terms = headed_terms(&["Big Title"], ["title text"]);
        assert_eq!(terms, ["=big", "=title", "big", "text", "title"]);
        assert_eq!(words("=Big = text"), ["big", "text"]);
        assert_eq!(
            headed(&words("big")),
            Filter::All(vec![Filter::Prefix("searchTerms", "=big".into())])
        );
    }

    #[test]
    fn what_is_kept_from_some_is_found_only_among_what_is_kept() {
        assert_eq!(kept_terms(["Ada"], ["ada@b.c"]), ["@ada", "@b", "@c", "ada"]);
        let begins = |word: &str| Filter::Prefix("searchTerms", word.into());
        assert_eq!(
            with_kept(filter("@Ada")),
            Filter::All(vec![Filter::Any(vec![begins("ada"), begins("@ada")])])
        );
        assert_eq!(filter("@ada"), Filter::All(vec![begins("ada")]));
    }

    #[test]
    fn words_are_found_where_their_letters_stand() {
        let text: Vec<char> = "Ｆull ﬁne, cafe\u{301}s".chars().collect();
        let words = ["caf", "cafes", "fi", "full", "x"].map(str::to_owned);
        let found: Vec<_> = found(&text, &words)
            .into_iter()
            .map(|found| (found.word, found.at, found.is_whole))
            .collect();
        assert_eq!(
            found,
            [(3, 0..4, true), (2, 5..6, false), (0, 10..13, false), (1, 10..16, true)]
        );
    }

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
