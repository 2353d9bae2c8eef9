//! Those entities of a page that the viewer sees, as an operation has them at hand: by their places, so that nobody copies
//! or looks for what stands there.

use std::sync::Arc;

use super::arena::At;

/// The entities of a page that the viewer sees, in their order. Cheap to clone. Only who has judged them makes one.
#[derive(Clone, Debug)]
pub struct Admitted {
    places: Arc<[At]>,
    count: usize,
}

impl Admitted {
    /// The first so many of these.
    pub(super) const fn first(count: usize, places: Arc<[At]>) -> Admitted {
        Admitted { places, count }
    }

    /// Where they stand.
    pub(super) fn places(&self) -> &[At] {
        &self.places[..self.count]
    }

    /// The same, the last of them first.
    #[must_use]
    pub fn reversed(self) -> Admitted {
        let places: Arc<[At]> = self.places().iter().rev().copied().collect();
        Admitted { places, ..self }
    }
}
