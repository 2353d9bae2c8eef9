//! The door that every write passes twice: a `Store` can't be built without one, so no writer can forget it.
//! Invalidation implements it; the store knows nothing of caches.

use std::time::Duration;

use async_trait::async_trait;

use crate::model::{Change, Moment, PurgeEntry, Row, Tag};

use super::StoreError;

/// What `before` hands on to the write and to `after`.
#[derive(Debug)]
pub struct Ticket {
    /// The tags of everything that the write changes.
    pub tags: Vec<Tag>,
    /// The mark that stands on each of them.
    pub mark: u64,
    /// Whether the tags could not be marked: then the write raises the epoch of the cache in the same transaction.
    pub raises_epoch: bool,
    /// What a CDN is to forget because of the write: written in the same transaction.
    pub purges: Vec<PurgeEntry>,
    /// What it writes, for a door that keeps it: each row with the token of the version under which it may be kept.
    pub images: Vec<(Row, u64)>,
    /// The write must not be able to happen later than this after it was sent: the marks run out soon after.
    pub limit: Duration,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the store, since this moment.
    Written(Moment),
    /// The store refused it: nothing has changed.
    Refused,
    /// Nobody knows: it may be in the store, or still come within the ticket's limit.
    Unknown,
}

/// Makes sure that nobody is served what a write has left behind.
#[async_trait]
pub trait Settle: Send + Sync + 'static {
    /// Called before the store is asked to write.
    async fn before(&self, changes: &[Change]) -> Ticket;

    /// Called after, and before the writer is told: from its return on, no reader sees what was before.
    async fn after(&self, ticket: Ticket, outcome: Outcome);

    /// Without a write: from its return on, nobody is served anything older than what the store had answered when it
    /// was called; another's write may be in the store before its own reply.
    async fn agree(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Without a write: from its return on, nobody is served what was cached under these tags before, or where none is
    /// named, anything that was cached before.
    async fn renew(&self, tags: Option<&[Tag]>) -> Result<(), StoreError> {
        let _ = tags;
        Err(StoreError::Unavailable("nothing is cached behind this door".into()))
    }
}

impl Ticket {
    /// A ticket that concerns no tag, for a door where nobody stands.
    pub fn free() -> Ticket {
        Ticket {
            tags: Vec::new(),
            mark: 0,
            raises_epoch: false,
            purges: Vec::new(),
            images: Vec::new(),
            limit: Duration::from_secs(30),
        }
    }
}
