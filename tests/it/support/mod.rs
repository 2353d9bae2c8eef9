//! What the tests stand on: engines to run against, sample entities, a whole API in the process, a server around it.

pub mod app;
#[cfg(feature = "redis")]
pub mod redis;
pub mod sample;
pub mod server;
pub mod switch;
pub mod world;
