//! The durable store. `Store` is the handle that everybody holds; `StoreBackend` is what an engine implements.
//! To add an engine: implement the trait, add it to `tests/it/contract/store.rs` and to the choice in `app.rs`.

mod backend;
mod codec;
mod error;
pub mod feed;
#[cfg(feature = "mongo")]
pub mod foreign;
mod handle;
pub mod ledger;
#[cfg(feature = "mongo")]
pub mod mongo;
pub mod purges;
mod settle;
pub mod sqlite;

pub use backend::{Document, StoreBackend, Write};
pub use codec::Format;
pub use error::StoreError;
pub use handle::Store;
pub use settle::{Outcome, Settle, Ticket};
