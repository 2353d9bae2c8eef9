//! The integration tests: one binary, a file per behaviour.

mod contract;
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
