//! The promises of each backend trait: one list, run against every engine.

mod store;

pub use store::StoreFixture;
