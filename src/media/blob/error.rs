//! What can go wrong with blobs.

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// The place can't be used now; the same may succeed later.
    #[error("the asset store can't be reached: {0}")]
    Unavailable(String),
    /// The place says no, and will again.
    #[error("the asset store refuses: {0}")]
    Refused(String),
    /// The range lies behind the end.
    #[error("there are {bytes} bytes")]
    Range {
        /// How many there are.
        bytes: u64,
    },
    /// What was to be put can't be read.
    #[error("the content can't be read: {0}")]
    Content(String),
    /// That is no key.
    #[error("{0:?} is no key of an asset")]
    Key(String),
}

impl BlobError {
    #[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
    pub(super) fn unavailable(error: impl ToString) -> BlobError {
        BlobError::Unavailable(error.to_string())
    }

    #[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
    pub(super) fn content(error: impl ToString) -> BlobError {
        BlobError::Content(error.to_string())
    }
}
