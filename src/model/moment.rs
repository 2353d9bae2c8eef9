//! A point in the store's history, so that a reader can ask for what is at least as new.

/// When a write happened, as the store counts: MongoDB's operation time, seconds and increment. Later is larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Moment {
    /// Before everything, or not known.
    pub const NONE: Moment = Moment(0);
}
