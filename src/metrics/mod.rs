//! What operators watch, in Prometheus' terms: measured through a handle that every floor may hold.

mod counted;
mod families;
mod handle;

pub use handle::{Metrics, Repeated};
