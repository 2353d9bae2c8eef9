//! What is wrong with known operations.

use crate::sdl::SdlError;

/// Operations that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperationsError {
    /// A document that can't be read, or that neither schema accepts.
    #[error("{0}")]
    Document(#[from] SdlError),
    /// It isn't of a manifest's form.
    #[error(
        "{file}: no manifest of persisted queries: an object of hashes and texts (Relay), or one with format \
         \"apollo-persisted-query-manifest\", version 1 and operations (Apollo) was expected, found {found}"
    )]
    Manifest {
        /// Which file.
        file: String,
        /// What is there instead.
        found: String,
    },
    /// A hash that isn't the text's.
    #[error("{file}: {id} is not the {algorithm} of its text ({operation}), which is {actual}")]
    Hash {
        /// Which file.
        file: String,
        /// What the manifest says.
        id: String,
        /// By its length.
        algorithm: &'static str,
        /// Whose.
        operation: String,
        /// What the text hashes to.
        actual: String,
    },
    /// One id, two texts.
    #[error("{file}: {id} stands for another document than in {before}; each needs an id of its own")]
    Twice {
        /// Where it stands again.
        file: String,
        /// Which id.
        id: String,
        /// Where it stood before.
        before: String,
    },
    /// Nothing there.
    #[error("{0}: no operation in it; a query, mutation or subscription was expected")]
    Empty(String),
}
