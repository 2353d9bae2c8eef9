//! What the tests stand on: engines to run against, sample entities, a whole API in the process.

pub mod app;
pub mod mutation;
#[cfg(feature = "redis")]
pub mod redis;
pub mod sample;
pub mod world;
