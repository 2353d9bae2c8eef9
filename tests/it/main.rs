//! The integration tests: one binary, a file per behaviour.

mod contract;
mod freshness;
mod invalidation;
mod layers;
mod loader;
#[cfg(feature = "redis")]
mod redis_outage;
mod sqlite;
mod support;
