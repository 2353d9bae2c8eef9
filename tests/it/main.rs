//! The integration tests: one binary, a file per behaviour.

mod cli;
mod contract;
mod layers;
#[cfg(feature = "redis")]
mod redis_outage;
mod support;
