//! An entity that the viewer sees, as an operation has it at hand.

use std::ops::Deref;

use crate::model::Row;

use super::arena::At;

/// The row of an entity that the viewer sees. It knows its place in the operation, so nobody looks for it again.
#[derive(Clone, Debug)]
pub struct Seen {
    row: Row,
    at: At,
}

impl Seen {
    /// The one that stands there. Only who has judged it says so.
    pub(super) const fn new(row: Row, at: At) -> Seen {
        Seen { row, at }
    }

    /// Where it stands.
    pub(super) const fn at(&self) -> At {
        self.at
    }

    /// The row alone.
    pub fn into_row(self) -> Row {
        self.row
    }
}

impl Deref for Seen {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}
