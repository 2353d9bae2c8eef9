//! A letter, ready to be sent. It doesn't print: it may hold what lets somebody in.

use std::fmt;

/// A letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is known by, whoever sends it how often.
    pub id: String,
    /// Who it is for: an address.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({}, ***)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_does_not_print() {
        let letter = Letter {
            id: "65f0".into(),
            to: "ada@example.org".into(),
            subject: "A new password".into(),
            text: "secret".into(),
        };
        assert_eq!(format!("{letter:?}"), "Letter(65f0, ***)");
    }
}
