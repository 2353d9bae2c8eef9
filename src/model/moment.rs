//! A point in the store's history.

/// A point in the store's history, as the store itself tells it; later ones compare greater. On MongoDB the operation
/// time: seconds in the upper half, the number within the second in the lower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// Before all others: nothing is known.
    pub const NONE: Moment = Moment(0);
}
