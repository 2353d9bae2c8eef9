//! The integration tests: one binary, a file per behaviour.

mod contract;
mod http_identity;
mod http_nesting;
mod http_protocol;
mod http_server;
mod layers;
mod limits;
mod lists;
mod nodes;
mod reading;
#[cfg(feature = "redis")]
mod redis_outage;
mod sdl;
mod sqlite;
mod support;
mod visibility;
