//! A write whose outcome nobody knows: its marks stand until it has happened for certain, or can't happen any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::cache::{Cache, Mark};
use crate::model::Moment;
use crate::store::{StoreBackend, Ticket};

use super::settle::MARK_LIFE;
use super::{Purging, epoch};

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

    /// Prolongs the marks until the store has told that nothing more can come, then settles.
    pub async fn resolve(self, purging: Option<Purging>) {
        while self.began.elapsed() < PATIENCE {
            self.prolong().await;
            if self.began.elapsed() >= self.ticket.limit
                && let Some(moment) = self.certain().await
            {
                self.end(moment).await;
                // Where the write has not happened there is no entry either.
                return purging.iter().for_each(|purging| purging.release(&self.ticket.purges));
            }
            sleep(PAUSE).await;
        }
        let tags = self.ticket.tags.len();
        tracing::error!(tags, "a write's outcome stayed unknown; its marks run out");
    }

    /// Where it fails, readers may fill what the write leaves behind; they are served it until the end, as they might
    /// have been before a write that nobody has been told of.
    async fn prolong(&self) {
        let (id, life) = (self.ticket.mark, MARK_LIFE);
        let _ = self.cache.mark(&self.ticket.tags, Mark { id, life }).await;
    }

    async fn certain(&self) -> Option<Moment> {
        let barrier = timeout(MARK_LIFE / 2, self.store.barrier());
        barrier.await.ok()?.ok()
    }

    /// New versions, whatever has become of the marks; without the cache a new epoch.
    async fn end(&self, moment: Moment) {
        let Ticket { tags, mark, .. } = &self.ticket;
        if self.cache.settle(tags, *mark, moment).await.is_err() {
            epoch::raise(self.store.as_ref()).await;
        }
    }
}
