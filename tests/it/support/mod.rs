//! What the tests stand on: engines to run against, documents to put into them.

pub mod documents;
pub mod faulty;
#[cfg(feature = "redis")]
pub mod redis;
pub mod stack;
