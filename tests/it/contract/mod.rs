//! The promises of each backend trait: one list, run against every engine.

mod blob;
mod cache;
mod store;

pub use store::StoreFixture;
