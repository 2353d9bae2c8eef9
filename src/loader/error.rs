//! What can go wrong in a load: the store. The cache can't fail a load.

use crate::store::StoreError;

/// Why a load failed. Cheap to clone: one failed batch fails many readers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
