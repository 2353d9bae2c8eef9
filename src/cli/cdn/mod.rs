//! `kanvaro cdn`: how the CDN is set up, and what it has to forget.

mod config;
mod purge;

pub use config::config;
pub use purge::{items, purge};
