//! Reads for one request, a batch at a time: one round of a plan is one batch, whatever it reads. Entities come as rows.
//! `Loaders` is the handle that readers hold, `Batch` is getBatchData, and `Source` what all requests share.

mod asked;
mod asking;
mod assumed;
mod batch;
mod confirmed;
mod differing;
mod error;
mod explanation;
mod fetch;
mod fill;
mod flight;
mod hashed;
mod key;
mod lifetimes;
mod lists;
mod loaders;
mod look;
mod provenance;
mod reached;
mod remembered;
mod shadow;
mod source;

pub use assumed::Assumed;
pub use confirmed::Claim;
pub use error::LoadError;
pub use explanation::{Explanation, Floor, Level, Read, Trip};
pub use hashed::Hashed;
pub use key::{BatchKey, Loaded, Outcome, TaskCounts};
pub use lifetimes::Lifetimes;
pub use loaders::Loaders;
pub use provenance::{Provenance, Spoiled};
pub use reached::{Reached, Step};
pub use source::Source;
