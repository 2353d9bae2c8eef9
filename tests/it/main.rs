//! The integration tests: one binary, a file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod freshness;
mod invalidation;
mod layers;
mod loader;
#[cfg(feature = "mongo")]
mod mongo;
#[cfg(feature = "redis")]
mod redis_outage;
mod sqlite;
mod support;
