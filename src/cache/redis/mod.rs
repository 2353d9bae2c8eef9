//! The cache on Redis, shared by all processes of a deployment.

mod backend;
mod link;
mod state;

pub use backend::RedisBackend;
