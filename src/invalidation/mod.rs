//! Invalidation: what stands between a write and its reply, so that no reader is served what the write left behind.

mod doubt;
pub mod epoch;
mod follower;
mod renewal;
mod settle;

pub use follower::Follower;
pub use settle::Invalidator;
