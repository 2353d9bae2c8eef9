//! A place in an answer and what it rests on, for who asked to be told.

/// What stands in one place of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Where, from the root of the answer down.
    pub path: Vec<Step>,
    /// The type whose field led there.
    pub of: String,
    /// The field.
    pub field: String,
    /// Which of the explanation's reads it rests on; none: it was worked out from nothing that was read for it.
    pub reads: Vec<usize>,
}

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the field of this answer key.
    Key(String),
    /// To the item in this place.
    Index(usize),
}
