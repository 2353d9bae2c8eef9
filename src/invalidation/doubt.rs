//! A write whose outcome nobody knows: its marks stand until it has happened for certain, or can't happen any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::cache::{Cache, Mark};
use crate::model::Moment;
use crate::store::{StoreBackend, Ticket, Write};

use super::settle::MARK_LIFE;

/// One such write. Settled at once, its tags would get a version under which a reader fills what the write, coming
/// late, leaves behind.
pub(super) struct Doubt {
    cache: Cache,
    store: Arc<dyn StoreBackend>,
    ticket: Ticket,
    began: Instant,
}

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(500);
/// After so long without the store the marks are left to run out; whatever still comes, the follower of the store's
/// changes tells.
const PATIENCE: Duration = Duration::from_secs(600);

impl Doubt {
    pub fn new(cache: Cache, store: Arc<dyn StoreBackend>, ticket: Ticket) -> Doubt {
        Doubt {
            cache,
            store,
            ticket,
            began: Instant::now(),
        }
    }

    /// Prolongs the marks until the store has told that nothing more can come, then settles. Where the marks had gaps
    /// meanwhile the epoch goes up instead.
    pub async fn resolve(self) {
        let mut guarded_until = self.began + self.ticket.limit;
        while self.began.elapsed() < PATIENCE {
            guarded_until = self.prolong(guarded_until).await;
            if self.began.elapsed() >= self.ticket.limit
                && let Some(moment) = self.certain().await
            {
                return self.end(moment, guarded_until).await;
            }
            sleep(PAUSE).await;
        }
        tracing::error!(
            tags = self.ticket.tags.len(),
            "a write's outcome stayed unknown; its marks run out"
        );
    }

    /// Until when the marks stand for certain; a gap that has opened once stays open.
    async fn prolong(&self, guarded_until: Instant) -> Instant {
        let (id, start) = (self.ticket.mark, Instant::now());
        let mark = Mark { id, life: MARK_LIFE };
        let stands = self.cache.mark(&self.ticket.tags, mark).await.is_ok() && Instant::now() < guarded_until;
        if stands { start + MARK_LIFE } else { guarded_until }
    }

    async fn certain(&self) -> Option<Moment> {
        let barrier = timeout(MARK_LIFE / 2, self.store.barrier());
        barrier.await.ok()?.ok()
    }

    async fn end(&self, moment: Moment, guarded_until: Instant) {
        let Ticket { tags, mark, .. } = &self.ticket;
        if Instant::now() < guarded_until {
            // Where it fails the marks run out into no version.
            let _ = self.cache.settle(tags, *mark, moment).await;
            return;
        }
        while let Err(error) = self.store.write(vec![Write::RaiseEpoch], MARK_LIFE).await {
            tracing::warn!(%error, "the epoch of the cache can't be raised; trying again");
            sleep(PAUSE).await;
        }
    }
}
