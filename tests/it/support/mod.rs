//! What the tests stand on: engines to run against.

#[cfg(feature = "redis")]
pub mod redis;
