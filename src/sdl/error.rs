//! What is wrong with a document, and where: the first mistake in it, in words.

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
        let Some(first) = found.iter().next() else {
            return SdlError::of_file(file, "can't be read");
        };
        let position = first
            .line_column_range()
            .map(|range| (range.start.line, range.start.column));
        SdlError {
            place: Place {
                file: file.to_owned(),
                position,
            },
            problem: worded(&first.error.to_string()),
            others: found.len() - 1,
        }
    }
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
