//! A page of a list, as an operation has it at hand: its rows, and where their entities stand.

use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::model::Row;

/// The rows of a page, whoever sees them. Each knows its place in the operation, so nobody looks for it again.
#[derive(Clone)]
pub struct Listed {
    rows: Arc<[Row]>,
    /// Where their places are listed in the operation.
    listed: Range<usize>,
}

impl Listed {
    /// The page of these rows, whose places are listed there.
    pub(super) const fn new(rows: Arc<[Row]>, listed: Range<usize>) -> Listed {
        Listed { rows, listed }
    }

    /// Where the places of the first so many are listed.
    pub(super) fn first(&self, most: usize) -> Range<usize> {
        let Range { start, end } = self.listed;
        start..end.min(start.saturating_add(most))
    }
}

impl Deref for Listed {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.rows
    }
}
