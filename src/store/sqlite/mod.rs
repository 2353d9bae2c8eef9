//! The embedded store: documents as JSON in one SQLite file, one writing thread, a pool of readers.
//! For one process; several processes on the same data need MongoDB and Redis.

mod backend;
mod error;
mod examine;
mod filter;
mod ledger;
mod link;
mod lock;
mod purges;
mod readers;
mod schema;
mod statement;
mod value;
mod write;
mod writer;

pub use backend::SqliteBackend;
pub use error::OpenError;
