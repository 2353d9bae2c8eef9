//! Whole answers from the cache: what is served, what never is, and what the headers say of it.

mod again;
mod caching;
mod coding;
#[cfg(all(feature = "mongo", feature = "redis"))]
mod foreign;
mod freshness;
mod front;
#[cfg(feature = "redis")]
mod levels;
mod persisted;
mod sharing;
pub mod site;
mod stale;
