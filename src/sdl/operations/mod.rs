//! Known operations: files of them and manifests of persisted ones, what of a schema they use, which changes reach them.

mod documents;
mod error;
mod impact;
mod manifest;
mod trusted;
mod usage;

pub use documents::Documents;
pub use error::OperationsError;
pub use impact::{Known, Use, pass_unused};
pub use manifest::Persisted;
pub use trusted::Manifests;
