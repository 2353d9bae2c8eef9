//! Invalidation: what stands between a write and its reply, so that no reader is served what the write left behind.

mod batch;
mod doubt;
pub mod epoch;
mod filling;
mod follower;
mod purging;
mod queue;
mod renewal;
mod settle;

pub use filling::Filling;
pub use follower::Follower;
pub use purging::Purging;
pub use queue::Purger;
pub use settle::Invalidator;
