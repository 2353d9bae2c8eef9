//! The Kanvaro API: floors from plain data at the bottom to the command line at the top.

pub mod cache;
pub mod metrics;
pub mod model;
pub mod store;
