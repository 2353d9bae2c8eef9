//! The database of another program, to be read and never written.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use super::StoreError;

/// Documents of somebody else, as JSON: ids are `{"$oid": …}`, times `{"$date": …}`.
#[async_trait]
pub trait Foreign: Send + Sync {
    /// Whether that is the database that this address leads to.
    fn is_at(&self, address: &str) -> bool;

    /// Its collections, and about how many documents each has.
    async fn collections(&self) -> Result<BTreeMap<String, u64>, StoreError>;

    /// All documents of a collection, in the order of their ids; none where there is no such collection.
    async fn documents(&self, collection: &str) -> Result<Vec<Value>, StoreError>;
}
