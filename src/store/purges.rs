//! The queue of what a CDN is to forget: written with what it belongs to, worked on by one process at a time, empty again
//! once the CDN has taken it over. Every promise written here is a case of `tests/it/contract/store/purges.rs`.

use std::time::Duration;

use async_trait::async_trait;

use crate::model::{Id, PurgeItem, Timestamp};

use super::StoreError;

/// An entry as it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedPurge {
    /// Its own.
    pub id: Id,
    /// What is to be forgotten.
    pub items: Vec<PurgeItem>,
    /// Since when it waits, by the engine's clock.
    pub at: Timestamp,
    /// With what it goes out; `None`: that isn't decided.
    pub batch: Option<Id>,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many entries, held ones included; of very many about how many.
    pub entries: u64,
    /// How long the oldest has waited.
    pub age: Duration,
}

/// The queue of one deployment: all its processes write into it, one of them at a time works on it.
#[async_trait]
pub trait PurgeQueue: Send + Sync + 'static {
    /// Takes the right to work on the queue, or prolongs it, for `lease` by the engine's clock; returns the entries that
    /// need no longer wait, those of a batch first, then the oldest, at most `limit`. `None`: another holds the right.
    async fn claim(&self, holder: Id, lease: Duration, limit: u32) -> Result<Option<Vec<QueuedPurge>>, StoreError>;

    /// Gives the right back, so that another can have it at once.
    async fn release(&self, holder: Id) -> Result<(), StoreError>;

    /// Notes durably that these go out together, so that whoever comes after a crash sends the same once more.
    async fn seal(&self, ids: &[Id], batch: Id) -> Result<(), StoreError>;

    /// From now on these wait for so long, and belong to no batch.
    async fn hold(&self, ids: &[Id], delay: Duration) -> Result<(), StoreError>;

    /// Takes these out; one that isn't there is no error.
    async fn remove(&self, ids: &[Id]) -> Result<(), StoreError>;

    /// How many of these still wait.
    async fn count(&self, ids: &[Id]) -> Result<u64, StoreError>;

    /// How much waits.
    async fn backlog(&self) -> Result<Backlog, StoreError>;
}
