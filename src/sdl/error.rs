//! What is wrong with a document, and where: the first mistake in it, in words.

use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::validation::DiagnosticList;

use super::Place;

/// A document that can't be read or is against the rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}{}", more(*.others))]
pub struct SdlError {
    /// Where the first mistake is.
    pub place: Place,
    /// What is wrong, and where it can be told what was expected.
    pub problem: String,
    /// How many more mistakes there are.
    pub others: usize,
}

impl SdlError {
    /// A mistake of the file as a whole.
    pub(super) fn of_file(file: &str, problem: &str) -> SdlError {
        SdlError {
            place: Place::file(file),
            problem: problem.to_owned(),
            others: 0,
        }
    }

    /// The first of these, which is the one nearest to the beginning of the file.
    pub(super) fn first(file: &str, found: &DiagnosticList) -> SdlError {
        // An undefined field leaves an empty selection behind, which is told of before it.
        let first = found
            .iter()
            .find(|one| !one.error.to_string().contains(EMPTY_SELECTION));
        let Some(first) = first.or_else(|| found.iter().next()) else {
            return SdlError::of_file(file, "can't be read");
        };
        let span = first.error.location();
        let text = span.and_then(|span| Some((span, first.sources.get(&span.file_id())?)));
        SdlError {
            place: Place {
                file: file.to_owned(),
                position: text.map(|(span, source)| position(source.source_text(), span.offset())),
            },
            problem: worded(&first.error.to_string()),
            others: found.len() - 1,
        }
    }
}

const EMPTY_SELECTION: &str = "must have a subselection set";

/// Line and column of an offset, which may be the end of the text.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

fn more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (and 1 more mistake)".into(),
        others => format!(" (and {others} more mistakes)"),
    }
}

/// The parser's names of signs, as they are written.
const SIGNS: &[(&str, &str)] = &[
    ("R_CURLY", "`}`"),
    ("L_CURLY", "`{`"),
    ("R_PAREN", "`)`"),
    ("L_PAREN", "`(`"),
    ("R_BRACK", "`]`"),
    ("L_BRACK", "`[`"),
    ("COLON", "`:`"),
    ("AT", "`@`"),
    ("got EOF", "got the end of the file"),
    ("<EOF>", "end of the file"),
    ("exptected", "expected"),
    (
        "expected definition",
        "expected type, interface, union, enum, input, scalar, directive, schema or extend",
    ),
    (
        "parser recursion limit reached",
        "lists and objects are nested deeper than 64; at most 64 levels were expected",
    ),
];

fn worded(message: &str) -> String {
    SIGNS
        .iter()
        .fold(message.to_owned(), |message, (name, sign)| message.replace(name, sign))
}
