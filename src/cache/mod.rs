//! The cache. `Cache` is the handle that everybody holds; `CacheBackend` is what an engine implements, on bytes.
//! To add an engine: implement the trait, add it to `tests/it/contract/cache.rs` and to the choice in `app.rs`.

mod answer;
mod backend;
mod bodies;
mod entry;
mod error;
mod handle;
mod key;
mod lease;
mod list_entry;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod stamp;
mod tiered;
mod tries;
mod unread;
mod version;

#[cfg(feature = "redis")]
pub use self::redis::{RedisBackend, RedisOptions};
pub use answer::Answer;
pub use backend::{CacheBackend, Got, Put};
pub use bodies::{Bodies, Coding};
pub use entry::Entry;
pub use error::CacheError;
pub use handle::{Cache, Generation};
pub use key::{Key, version_key, write_version_key};
pub use lease::Lease;
pub use list_entry::{CachedList, ListEntry};
pub use memory::MemoryBackend;
pub use stamp::Stamp;
pub use tiered::{TieredBackend, Tracked};
pub use tries::TriesKey;
pub use unread::UnreadBackend;
pub use version::{Mark, TagState, Version};
