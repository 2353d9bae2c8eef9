//! Reads for one request, batched: one level of a query is one batch, whatever it reads.
//! `Loaders` is the handle that resolvers hold; `get_batch_data` is what a batch of entities does.

mod batch;
mod dispatch;
mod error;
mod fetch;
mod fill;
mod key;
mod lists;
mod loaders;

pub use batch::get_batch_data;
pub use error::LoadError;
pub use loaders::Loaders;
