//! The integration tests: one binary, a file per behaviour.

mod layers;
#[cfg(feature = "mongo")]
mod mongo;
mod support;
