//! What the tests stand on: engines to run against, sample entities, a whole API in the process.

pub mod app;
#[cfg(feature = "redis")]
pub mod redis;
pub mod sample;
pub mod world;
