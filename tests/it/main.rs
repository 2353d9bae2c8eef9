//! The integration tests: one binary, a file per behaviour.

mod contract;
mod http_identity;
mod http_nesting;
mod http_protocol;
mod http_server;
mod layers;
#[cfg(feature = "redis")]
mod redis_outage;
mod support;
