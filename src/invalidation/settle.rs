//! `store::Settle` for the cache: what a write touches is marked before and has a new version after, before its reply.
//! It knows tags only; which entries bear them, and how many, is never asked.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep, sleep_until};

use crate::cache::{Cache, Lease, Mark, Version};
use crate::model::{Change, Moment, Tag};
use crate::store::{Outcome, Settle, StoreBackend, StoreError, Ticket};

use super::doubt::Doubt;
use super::epoch;
use super::{Filling, Purging};

/// Keeps the cache true to what is written. Clones share everything.
///
/// A reader takes the versions of what it reads before it asks the store, and fills under them; while a tag is marked
/// it asks the store alone and fills nothing. So what a reader fills with an old image bears a version that was gone
/// before the write was sent, and a process that dies between its write and its reply leaves marks behind, which run
/// out into no version at all.
///
/// Where the marks can't be confirmed the write raises the epoch of the cache in its own transaction, and its reply
/// waits until every process has read the new one or has stopped trusting the cache.
#[derive(Clone)]
pub struct Invalidator {
    cache: Cache,
    store: Arc<dyn StoreBackend>,
    purging: Option<Purging>,
    filling: Option<Filling>,
}

/// How long a mark stands, should its writer never take it off.
pub(super) const MARK_LIFE: Duration = Duration::from_secs(10);
/// What of it may be gone when the write is sent; a write may take as long as is left, but for `MARGIN`.
const MOST_GONE: Duration = Duration::from_secs(4);
/// For clocks that run at different speeds, and for what lies between a check and what it allows.
const MARGIN: Duration = Duration::from_millis(250);

impl Invalidator {
    /// Keeps this cache true to what is written into this store.
    pub fn new(cache: Cache, store: Arc<dyn StoreBackend>) -> Invalidator {
        Invalidator {
            cache,
            store,
            purging: None,
            filling: None,
        }
    }

    /// The same, and has a CDN forget what is written.
    pub fn purging(self, purging: Option<Purging>) -> Invalidator {
        Invalidator { purging, ..self }
    }

    /// The same, and puts what is written into the cache.
    pub fn filling(self, filling: Filling) -> Invalidator {
        let filling = Some(filling);
        Invalidator { filling, ..self }
    }

    /// Marks the tags; tells how much of the marks' life is left, and the versions that the tags have if nobody else writes;
    /// or `None` where the marks can't be relied on.
    async fn mark(&self, tags: &[Tag], mark: Mark) -> Option<(Duration, Vec<Version>)> {
        let start = Instant::now();
        let marked = self.cache.mark(tags, mark).await.inspect_err(|error| {
            tracing::warn!(%error, tags = tags.len(), "the cache can't be told of a write: its epoch is raised");
        });
        let gone = start.elapsed();
        (gone <= MOST_GONE).then_some((MARK_LIFE.saturating_sub(gone), marked.ok()?))
    }

    /// Whether the tags have new versions, or marks of others that will end in new versions.
    async fn settle(&self, ticket: &Ticket, moment: Moment) -> bool {
        let settled = self.cache.settle(&ticket.tags, ticket.mark, moment);
        let (settled, ()) = tokio::join!(settled, self.fill(ticket));
        if let Err(error) = &settled {
            tracing::warn!(%error, tags = ticket.tags.len(), "the cache can't be told that a write is done");
        }
        settled.is_ok()
    }

    /// Puts what was written under the versions that its tags get; under any other it is never served.
    async fn fill(&self, ticket: &Ticket) {
        let Some(filling) = &self.filling else { return };
        let puts = filling.puts(&ticket.images);
        if !puts.is_empty() {
            // Without it the next reader asks the store.
            let _ = self.cache.put_many(puts).await;
        }
    }

    /// Where settling fails the marks are no guard: a cache that was restarted since has lost them, and a reader may
    /// have filled what was there before the write. So the epoch goes up, and the reply waits until all know.
    async fn written(&self, ticket: &Ticket, moment: Moment) {
        if ticket.raises_epoch {
            sleep(Lease::TERM + MARGIN).await;
        } else if !self.settle(ticket, moment).await {
            epoch::raise(self.store.as_ref()).await;
            sleep(Lease::TERM + MARGIN).await;
        }
    }

    /// New versions, of a moment at which all writes of before are in the store: what is filled from now on has them.
    async fn renew_tags(&self, tags: &[Tag]) -> Result<(), StoreError> {
        let moment = self.store.barrier().await?;
        let tags = [tags, &[Tag::NO_TENANT]].concat();
        if let Err(error) = self.cache.settle(&tags, rand::random(), moment).await {
            tracing::warn!(%error, "the cache can't be told of a purge: its epoch is raised");
            return self.renew_all().await;
        }
        Ok(())
    }

    /// A new epoch, which all processes know once the term of their trust in the one before is over.
    async fn renew_all(&self) -> Result<(), StoreError> {
        if !self.cache.lease().raise() {
            epoch::raise_once(self.store.as_ref()).await?;
            sleep(Lease::TERM + MARGIN).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Settle for Invalidator {
    async fn before(&self, changes: &[Change]) -> Ticket {
        let mut tags = each(changes.iter().flat_map(Change::tags));
        let purging = self.purging.as_ref();
        let purges = purging.map(|purging| purging.entries(&tags)).unwrap_or_default();
        tags.extend(each(changes.iter().flat_map(Change::tenants)));
        let mark = Mark::new(MARK_LIFE);
        let marked = if tags.is_empty() {
            Some((MARK_LIFE, Vec::new()))
        } else {
            self.mark(&tags, mark).await
        };
        let raises_epoch = marked.is_none();
        let (left, versions) = marked.unwrap_or((MARK_LIFE, Vec::new()));
        let images = match self.filling {
            Some(_) => Filling::images(changes, &tags, &versions),
            None => Vec::new(),
        };
        Ticket {
            purges,
            tags,
            mark: mark.id,
            raises_epoch,
            images,
            limit: left.saturating_sub(MARGIN),
        }
    }

    async fn after(&self, ticket: Ticket, outcome: Outcome) {
        if ticket.tags.is_empty() {
            return;
        }
        match outcome {
            Outcome::Written(moment) => {
                self.written(&ticket, moment).await;
                if let Some(purging) = &self.purging {
                    purging.release(&ticket.purges);
                }
            }
            // Nothing has changed: a mark that can't be taken off runs out.
            Outcome::Refused if !ticket.raises_epoch => {
                let ticket = Ticket {
                    images: Vec::new(),
                    ..ticket
                };
                self.settle(&ticket, Moment::NONE).await;
            }
            Outcome::Refused => {}
            // Should it have happened, the epoch has gone up with it.
            Outcome::Unknown if ticket.raises_epoch => {}
            Outcome::Unknown => {
                let doubt = Doubt::new(self.cache.clone(), Arc::clone(&self.store), ticket);
                tokio::spawn(doubt.resolve(self.purging.clone()));
            }
        }
    }

    /// A write whose marks stand is seen by nobody in the cache. One that could not mark has raised the epoch with what
    /// it wrote: who has read that finds the epoch raised, and waits as the writer does.
    async fn agree(&self) -> Result<(), StoreError> {
        let lease = self.cache.lease();
        if lease.ends() {
            epoch::read(lease, self.store.as_ref()).await?;
            if let Some(common) = lease.common() {
                sleep_until(common + MARGIN).await;
            }
        }
        Ok(())
    }

    async fn renew(&self, tags: Option<&[Tag]>) -> Result<(), StoreError> {
        match tags {
            Some(tags) => self.renew_tags(tags).await?,
            None => self.renew_all().await?,
        }
        match &self.purging {
            Some(purging) => purging.queue(self.store.as_ref(), tags).await,
            None => Ok(()),
        }
    }
}

/// Each once.
fn each(tags: impl Iterator<Item = Tag>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = tags.collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}
