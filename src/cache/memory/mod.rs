//! The cache inside the process: values bounded in bytes, tags bounded in number.

mod backend;
mod tags;
mod values;

pub use backend::MemoryBackend;
pub(super) use values::Values;
