//! What can go wrong in a store, told apart by what the caller can do about it.

use crate::model::{EntityRef, Kind};

/// Why a store call failed. Cheap to clone: one failed batch fails many readers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The document has been written or removed since it was read; read it again and decide anew.
    #[error("{0:?} has changed since it was read")]
    Conflict(EntityRef),
    /// A unique field is taken; `index` is the name of the index that says so.
    #[error("a {kind:?} with the same {index} exists")]
    Duplicate {
        /// What was to be written.
        kind: Kind,
        /// The index that refused.
        index: String,
    },
    /// The engine can't be reached or answers too late. A write that fails so may or may not have happened.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A document can't be read as what it should be, or the engine refused what it should accept: our fault.
    #[error("the store holds or was given something unreadable: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether trying again later may help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, StoreError::Unavailable(_))
    }

    /// Whether another writer came first.
    pub fn is_race(&self) -> bool {
        matches!(self, StoreError::Conflict(_) | StoreError::Duplicate { .. })
    }
}
