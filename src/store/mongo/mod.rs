//! The store on MongoDB, for several server processes: a replica set or a sharded cluster.
//! Documents travel as raw BSON; nothing here decodes one.

mod backend;
mod connection;
mod count;
mod counter;
mod error;
mod explain;
mod filter;
mod index;
mod read;
mod step;
mod union;
mod write;

pub use backend::MongoBackend;
pub use connection::{ConnectError, MongoOptions};
