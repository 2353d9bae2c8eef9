//! Reads of entities and lists for one request, batched.

mod loaders;

pub use loaders::{LoadError, Loaders};
