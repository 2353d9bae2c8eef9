//! What an engine must do to cache: bytes under text keys, each with a life of its own.
//! Every promise written here is a case of `tests/it/contract/cache.rs`.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::CacheError;

/// A value to put: key, bytes, time to live.
pub type Put = (String, Bytes, Duration);

/// An engine that keeps bytes for a while. It may forget anything at any time.
#[async_trait]
pub trait CacheBackend: Send + Sync + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// The values under these keys, in their order; `None` where there is none. One round trip.
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError>;

    /// Puts all of these, each over what was there. One round trip.
    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError>;

    /// Puts each of these only where nothing is; returns what is there afterwards, in their order. One round trip.
    async fn put_absent(&self, puts: Vec<Put>) -> Result<Vec<Bytes>, CacheError>;

    /// Takes these keys away. One round trip.
    async fn purge(&self, keys: &[String]) -> Result<(), CacheError>;

    /// Answers if the engine can be used.
    async fn ping(&self) -> Result<(), CacheError>;
}
