//! The integration tests: one binary, a file per behaviour.

mod contract;
mod layers;
#[cfg(feature = "mongo")]
mod mongo;
mod sqlite;
mod support;
