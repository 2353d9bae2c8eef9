//! The integration tests: one binary, a file per behaviour.

mod contract;
mod layers;
mod loader;
#[cfg(feature = "redis")]
mod redis_outage;
mod sqlite;
mod support;
