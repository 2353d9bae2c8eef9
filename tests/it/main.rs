//! The integration tests: one binary, a file per behaviour.

mod contract;
mod sqlite;
mod support;
