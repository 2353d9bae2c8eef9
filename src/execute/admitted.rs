//! Those entities of a page that the viewer sees, as an operation has them at hand: by their places, so that nobody copies
//! or looks for what stands there.

use std::ops::Range;

/// The entities of a page that the viewer sees, in their order. Only who has judged them makes one.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Where they are listed in the operation.
    listed: Range<usize>,
    backward: bool,
}

impl Admitted {
    /// Those that are listed there.
    pub(super) const fn new(listed: Range<usize>) -> Admitted {
        let backward = false;
        Admitted { listed, backward }
    }

    /// Where each is listed.
    pub(super) fn listed(&self) -> impl ExactSizeIterator<Item = usize> + use<> {
        let Admitted {
            listed: Range { start, end },
            backward,
        } = *self;
        (0..end - start).map(move |nth| if backward { end - 1 - nth } else { start + nth })
    }

    /// The same, the last of them first.
    #[must_use]
    pub const fn reversed(self) -> Admitted {
        let backward = !self.backward;
        Admitted { backward, ..self }
    }
}
