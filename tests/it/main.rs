//! The integration tests: one binary, a file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod layers;
#[cfg(feature = "mongo")]
mod mongo;
mod sqlite;
mod support;
