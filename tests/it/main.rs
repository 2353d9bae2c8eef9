//! The integration tests: one binary, a file per behaviour.

mod bad_input;
mod boards;
mod comments;
mod contract;
mod identity;
mod layers;
mod limits;
mod lists;
mod nodes;
mod projects;
mod reading;
#[cfg(feature = "redis")]
mod redis_outage;
mod rights;
mod sdl;
mod sqlite;
mod strangers;
mod support;
mod tasks;
mod visibility;
