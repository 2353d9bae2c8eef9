//! What came of an operation, in one letter.

use std::fmt;

use serde_json::Value;

use super::cast::PLACES;

/// What somebody is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// It was done, or shown.
    Yes,
    /// FORBIDDEN.
    Forbidden,
    /// UNAUTHENTICATED.
    Unauthenticated,
    /// There is no such thing: null, left out of a list, or NOT_FOUND.
    Absent,
    /// It doesn't depend on the place, so it was asked for once.
    #[default]
    Nowhere,
}

/// What somebody is answered in each place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters(pub [Seen; PLACES]);

impl Seen {
    /// By the code of an error.
    pub fn by_code(code: &str) -> Option<Seen> {
        match code {
            "FORBIDDEN" => Some(Seen::Forbidden),
            "UNAUTHENTICATED" => Some(Seen::Unauthenticated),
            "NOT_FOUND" => Some(Seen::Absent),
            _ => None,
        }
    }

    /// By the first error of an answer; `None`: it has none.
    ///
    /// # Panics
    /// When it is about anything but rights.
    pub fn by_error(answer: &Value) -> Option<Seen> {
        let error = answer["errors"].get(0)?;
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        Some(Seen::by_code(code).unwrap_or_else(|| panic!("this says nothing of rights: {answer}")))
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Seen::Yes => "y",
            Seen::Forbidden => "F",
            Seen::Unauthenticated => "U",
            Seen::Absent => ".",
            Seen::Nowhere => "-",
        })
    }
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|seen| write!(f, "{seen}"))
    }
}
