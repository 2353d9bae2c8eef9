//! The integration tests: one binary, a file per behaviour.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

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
