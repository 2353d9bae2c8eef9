//! Values in the process in front of a cache that processes share. What is current only the shared one says, or, where
//! somebody tells of every change there, what it said last.

mod backend;
mod life;
mod tracked;

pub use backend::TieredBackend;
pub use tracked::Tracked;
