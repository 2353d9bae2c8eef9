//! The door that every write passes twice: a `Store` can't be built without one, so no writer can forget it.
//! Invalidation implements it; the store knows nothing of caches.

use async_trait::async_trait;

use crate::model::{Change, Tag};

/// What `before` hands on to `after`.
#[derive(Debug, Default)]
pub struct Ticket {
    /// The tags of everything that the write changes.
    pub tags: Vec<Tag>,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the store.
    Written,
    /// The store refused it: nothing has changed.
    Refused,
    /// Nobody knows: it may be in the store, or still come.
    Unknown,
}

/// Makes sure that nobody is served what a write has left behind.
#[async_trait]
pub trait Settle: Send + Sync + 'static {
    /// Called before the store is asked to write.
    async fn before(&self, changes: &[Change]) -> Ticket;

    /// Called after, and before the writer is told: from its return on, no reader sees what was before.
    async fn after(&self, ticket: Ticket, outcome: Outcome);
}
