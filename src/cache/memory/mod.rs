//! The cache inside the process: values bounded in bytes, tags bounded in number.

mod backend;
mod tags;

pub use backend::MemoryBackend;
