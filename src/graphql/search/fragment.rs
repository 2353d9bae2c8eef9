//! Where something was found: a piece of its text with what was found in it told apart, so that nobody has to put marks
//! into text that people have written.

use std::ops::Range;

use crate::model::search;

use super::texts::Text;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The field that it stands in.
    pub field: &'static str,
    /// It, from its beginning to its end.
    pub parts: Vec<Part>,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What stands there.
    pub text: String,
    /// Whether it was searched for.
    pub is_match: bool,
}

/// How many characters a fragment has at most, and how many of them before what was found.
const LONGEST: usize = 160;
const BEFORE: usize = 40;
/// What stands where text was left out.
const CUT: char = '…';

impl Fragment {
    /// The piece of this text where the words were found first; `None`: they were not.
    pub fn of(text: &Text, words: &[String]) -> Option<Fragment> {
        let letters: Vec<char> = text.text.chars().collect();
        let found = merged(
            search::found(&letters, words)
                .into_iter()
                .map(|found| found.at)
                .collect(),
        );
        let first = found.first()?.start;
        let shown = match letters.len() <= LONGEST {
            true => 0..letters.len(),
            false => {
                let start = first.saturating_sub(BEFORE).min(letters.len() - LONGEST);
                start..start + LONGEST
            }
        };
        Some(Fragment {
            field: text.field,
            parts: parts(&letters, &shown, &found),
        })
    }
}

fn parts(letters: &[char], shown: &Range<usize>, found: &[Range<usize>]) -> Vec<Part> {
    let (mut parts, mut at) = (Vec::new(), shown.start);
    let mut add = |range: Range<usize>, is_match: bool| {
        let mut text: String = letters[range.clone()].iter().collect();
        if range.is_empty() {
            return;
        }
        if range.start == shown.start && shown.start > 0 {
            text.insert(0, CUT);
        }
        if range.end == shown.end && shown.end < letters.len() {
            text.push(CUT);
        }
        parts.push(Part { text, is_match });
    };
    for range in found {
        let (start, end) = (range.start.max(at), range.end.min(shown.end));
        if start < end {
            add(at..start, false);
            add(start..end, true);
            at = end;
        }
    }
    add(at..shown.end, false);
    parts
}

/// The ranges in their order, those that overlap as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, words: &[&str]) -> Option<String> {
        let text = Text {
            field: "body",
            text: text.into(),
            weight: 0,
        };
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let parts = Fragment::of(&text, &words)?.parts;
        let mark = |part: Part| {
            if part.is_match {
                format!("[{}]", part.text)
            } else {
                part.text
            }
        };
        Some(parts.into_iter().map(mark).collect())
    }

    #[test]
    fn beginnings_of_words_are_told_apart_as_they_are_written() {
        assert_eq!(
            shown("Crème brûlée, ÜBER-fein", &["bru", "uber"]).unwrap(),
            "Crème [brû]lée, [ÜBER]-fein"
        );
        assert_eq!(shown("cre\u{300}me cr", &["cre"]).unwrap(), "[cre\u{300}]me cr");
        assert_eq!(shown("שלום עולם 👩‍🚀", &["עו"]).unwrap(), "שלום [עו]לם 👩‍🚀");
        assert_eq!(shown("<b>bold</b>", &["b", "bo"]).unwrap(), "<[b]>[bo]ld</[b]>");
        assert_eq!(shown("nothing", &["thing"]), None);
    }

    #[test]
    fn a_long_text_is_cut_around_what_was_found_first() {
        let text = format!("{} needle {}", "a ".repeat(500), "b ".repeat(500));
        let shown = shown(&text, &["need"]).unwrap();
        assert!(shown.starts_with("…") && shown.ends_with('…') && shown.contains("[need]le b"));
        assert_eq!(shown.chars().count(), LONGEST + 4);
        let at_its_end = format!("{} needle", "a ".repeat(500));
        assert!(
            super::tests::shown(&at_its_end, &["need"])
                .unwrap()
                .ends_with("[need]le")
        );
    }
}
