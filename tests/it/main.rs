//! The integration tests: one binary, a file per behaviour.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod contract;
mod freshness;
mod invalidation;
mod layers;
mod loader;
#[cfg(feature = "redis")]
mod redis_outage;
mod sqlite;
mod support;
