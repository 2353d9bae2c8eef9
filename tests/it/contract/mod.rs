//! What each backend trait promises: one list a trait, run against every engine that implements it.

mod cache;
mod store;

pub use store::StoreFixture;
