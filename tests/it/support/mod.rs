//! What the tests stand on: engines to run against.

pub mod process;
#[cfg(feature = "redis")]
pub mod redis;
