//! What a request reads through its loaders: right answers, in few calls, with any cache or none. That the API's own
//! operations read in rounds is shown in `reading.rs`.

mod batches;
mod cached;
mod flights;
mod lease;
mod rounds;
mod world;
