//! The moment that no read of this process answers from before. It follows all that the database answers, so that a member that was
//! the primary once, and doesn't know yet that there is another, can't be believed any more by whoever has heard of the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Moment;

/// The floor of one process; clones share it.
#[derive(Clone, Default)]
pub(super) struct Floor(Arc<AtomicU64>);

impl Floor {
    /// Where it is.
    pub(super) fn get(&self) -> Moment {
        Moment(self.0.load(Ordering::Acquire))
    }

    /// Raises it to this moment, unless it is there already.
    pub(super) fn advance(&self, moment: Moment) {
        self.0.fetch_max(moment.0, Ordering::AcqRel);
    }
}
