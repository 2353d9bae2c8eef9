//! One change between two schemas.

use std::fmt;

use super::operations::Use;
use super::{ChangeKind, Place};

/// What a change does to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing that worked stops working.
    Safe,
    /// What worked may behave differently.
    Dangerous,
    /// What worked stops working.
    Breaking,
}

impl Severity {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Safe => "SAFE",
            Severity::Dangerous => "DANGEROUS",
            Severity::Breaking => "BREAKING",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// What it does to clients.
    pub severity: Severity,
    /// Where in the schema: `Task.comments.first`, `@cacheControl.maxAge`, `Task.title.@deprecated`.
    pub path: String,
    /// What it was.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
    /// Where in the new schema's file, or of what is gone, where it was missed.
    pub place: Place,
    /// What else there is to say: a guessed rename, what it means for caching.
    pub notes: Vec<String>,
    /// The known operations that use it.
    pub uses: Vec<Use>,
}

impl Change {
    /// A change without more to say.
    pub(super) fn new(kind: ChangeKind, severity: Severity, path: impl Into<String>, place: Place) -> Change {
        Change {
            kind,
            severity,
            path: path.into(),
            old: None,
            new: None,
            place,
            notes: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// With what it was.
    pub(super) fn old(self, old: impl Into<String>) -> Change {
        Change {
            old: Some(old.into()),
            ..self
        }
    }

    /// With what it is.
    pub(super) fn new_value(self, new: impl Into<String>) -> Change {
        Change {
            new: Some(new.into()),
            ..self
        }
    }

    /// With more to say.
    pub(super) fn note(mut self, note: Option<String>) -> Change {
        self.notes.extend(note);
        self
    }
}
