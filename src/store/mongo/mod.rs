//! The store on MongoDB, for several server processes: a replica set or a sharded cluster.
//! Documents travel as raw BSON; nothing here decodes one.

mod alone;
mod backend;
mod command;
mod connection;
mod count;
mod counter;
mod epoch;
mod error;
mod examine;
mod explain;
mod fence;
mod filter;
mod floor;
mod foreign;
mod index;
mod lease;
mod ledger;
mod moment;
mod purges;
mod read;
mod search;
mod shared_call;
mod source;
mod step;
mod union;
mod watch;
mod write;

pub use backend::MongoBackend;
pub use connection::{ConnectError, MongoOptions};
pub use foreign::MongoForeign;
