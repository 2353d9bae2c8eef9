//! What a request reads through its loaders: right answers, in few calls, with any cache or none.

mod batches;
mod cached;
mod executed;
mod flights;
mod world;
