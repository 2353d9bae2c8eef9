//! What a store holds beside documents, for who moves a whole store: counters, and the epoch of the cache. Every promise
//! written here is a case of `tests/it/contract/store/ledger.rs`.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::StoreError;

/// The counter that stands while a store is being filled with the contents of another: a server refuses such a store.
pub const UNFINISHED: &str = "copy:unfinished";

/// Counters by their names.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// All counters with the last number that each has handed out.
    async fn counters(&self) -> Result<BTreeMap<String, i64>, StoreError>;

    /// The last number that a counter has handed out; `None`: it has handed out none.
    async fn counter(&self, name: &str) -> Result<Option<i64>, StoreError>;

    /// Has the counter go on behind this number, whatever it was; `None` takes it away.
    async fn set_counter(&self, name: &str, last: Option<i64>) -> Result<(), StoreError>;

    /// Raises the epoch of the cache to at least this.
    async fn raise_epoch(&self, least: u64) -> Result<(), StoreError>;

    /// Whether a server works with the store just now, as far as the engine can tell.
    async fn is_served(&self) -> Result<bool, StoreError>;
}
