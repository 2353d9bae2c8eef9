//! `store::Settle` for the cache: after a write, and before its reply, every tag it touched gets a new version.
//! It knows tags only; which entries bear them, and how many, is never asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::time::sleep;

use super::owed::Owed;
use crate::cache::{Cache, CacheError, Put, Version, version_key};
use crate::model::{Change, Tag};
use crate::store::{Outcome, Settle, Ticket};

/// Renews the versions of what is written. Clones share the tags that are owed.
///
/// A reader takes an entity's version before it asks the store and fills under it; a writer renews the version after
/// its write and before its reply. So what a reader fills with an old image bears an old version and is never served
/// to a read that begins after the reply.
///
/// Two gaps are left, which take a protocol with marks on the tags before the write and an epoch of the whole cache,
/// a work of its own. While the cache can't be reached from here, readers of other processes that still reach it may be
/// served what was there before, until the tags that are owed are renewed. And a write whose outcome is unknown may
/// still come about after its tags were renewed.
#[derive(Clone)]
pub struct Invalidator {
    cache: Cache,
    owed: Arc<Owed>,
}

/// How long a writer waits for the cache before it replies all the same.
const PATIENCE: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Invalidator {
    /// Keeps this cache true to what is written.
    pub fn new(cache: Cache) -> Invalidator {
        Invalidator {
            cache,
            owed: Arc::default(),
        }
    }

    /// Whether tags wait for the cache to come back.
    pub fn owes(&self) -> bool {
        self.owed.is_some()
    }

    async fn renew(&self, tags: &[Tag]) -> Result<(), CacheError> {
        let put = |tag| -> Put { (version_key(tag), Version::fresh().bytes(), Version::TTL) };
        self.cache.put_many(tags.iter().map(put).collect()).await
    }

    /// Tries for as long as a writer may wait. While tags are owed the cache is known to be away: one try will do.
    async fn renew_patiently(&self, tags: &[Tag]) -> Result<(), CacheError> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(error) = self.renew(tags).await else {
                return Ok(());
            };
            if self.owes() || start.elapsed() + pause >= PATIENCE {
                return Err(error);
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    fn owe(&self, tags: Vec<Tag>, error: &CacheError) {
        let count = tags.len();
        let lost = self.owed.add(tags);
        tracing::error!(%error, tags = count, lost, "written, but the cache can't be told: others may read old data");
        if self.owed.claim() {
            tokio::spawn(self.clone().pay());
        }
    }

    /// Works through what is owed, however long the cache is away.
    async fn pay(self) {
        let mut pause = FIRST_PAUSE;
        while let Some(tags) = self.owed.take() {
            match self.renew(&tags).await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    tracing::info!(tags = tags.len(), "the cache has been told what was owed");
                }
                Err(error) => {
                    let lost = self.owed.add(tags);
                    if lost > 0 {
                        tracing::error!(%error, lost, "too many tags are owed: others may read old data until it expires");
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

#[async_trait]
impl Settle for Invalidator {
    async fn before(&self, changes: &[Change]) -> Ticket {
        let mut tags: Vec<Tag> = changes.iter().flat_map(Change::tags).collect();
        tags.sort_unstable();
        tags.dedup();
        Ticket { tags }
    }

    async fn after(&self, ticket: Ticket, outcome: Outcome) {
        if outcome == Outcome::Refused || ticket.tags.is_empty() {
            return;
        }
        if let Err(error) = self.renew_patiently(&ticket.tags).await {
            self.owe(ticket.tags, &error);
        }
    }
}
