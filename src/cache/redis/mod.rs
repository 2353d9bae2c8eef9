//! The cache on Redis, shared by all processes of a deployment.

mod backend;
mod call;
mod cluster;
mod link;
mod reign;
mod script;
mod servers;
mod slot;
mod slot_map;
mod state;
mod tls;
mod tracking;
mod tries;

pub use backend::{RedisBackend, RedisOptions};
