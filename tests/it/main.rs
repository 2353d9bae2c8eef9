//! The integration tests: one binary, a file per behaviour.

mod contract;
mod layers;
#[cfg(feature = "redis")]
mod redis_outage;
mod support;
