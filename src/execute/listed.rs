//! A page of a list, as an operation has it at hand: its rows, and where their entities stand.

use std::ops::Deref;
use std::sync::Arc;

use crate::model::Row;

use super::arena::At;

/// The rows of a page, whoever sees them. Each knows its place in the operation, so nobody looks for it again.
#[derive(Clone)]
pub struct Listed {
    rows: Arc<[Row]>,
    places: Arc<[At]>,
}

impl Listed {
    /// The page of these rows, which stand there.
    pub(super) const fn new(rows: Arc<[Row]>, places: Arc<[At]>) -> Listed {
        Listed { rows, places }
    }

    /// Where their entities stand.
    pub(super) const fn places(&self) -> &Arc<[At]> {
        &self.places
    }
}

impl Deref for Listed {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.rows
    }
}
