//! Reads for one request, batched: one level of a query is one batch, whatever it reads. Entities come as rows.
//! `Loaders` is the handle that readers hold: resolvers ask it key by key, an executor for a whole batch.
//! `Source::get_batch_data` is what a batch of entities does.

mod batch;
mod dispatch;
mod error;
mod explanation;
mod fetch;
mod fill;
mod flight;
mod key;
mod lifetimes;
mod lists;
mod loaders;
mod look;
mod provenance;
mod reading;
mod shadow;
mod source;

pub use error::LoadError;
pub use explanation::{Explanation, Floor, Level, Read, Trip};
pub use key::{BatchKey, Found, Loaded};
pub use lifetimes::Lifetimes;
pub use loaders::Loaders;
pub use provenance::{Provenance, Spoiled};
pub use source::Source;
