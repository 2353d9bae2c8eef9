//! What the follower does with what it sees: new versions for the tags that are older than what has changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::cache::{Cache, CacheError, TagState};
use crate::metrics::Metrics;
use crate::model::{AnyEntity, Clock, Kind, Moment, Tag};
use crate::store::feed::{Seen, Sight};
use crate::store::{Document, Format, StoreBackend, StoreError, Write};

use super::Purging;

/// Renews tags, however long the cache is away.
pub(super) struct Renewal {
    store: Arc<dyn StoreBackend>,
    cache: Cache,
    clock: Clock,
    metrics: Metrics,
    purging: Option<Purging>,
}

/// A mark that no write has: settling it renews a tag on which no mark stands, and leaves the others.
const NOBODY: u64 = 0;
/// How long the epoch may take to go up before it is tried again.
const LIMIT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Renewal {
    pub fn new(store: Arc<dyn StoreBackend>, cache: Cache, clock: Clock, metrics: Metrics) -> Renewal {
        Renewal {
            store,
            cache,
            clock,
            metrics,
            purging: None,
        }
    }

    /// The same, and has a CDN forget what others write.
    pub fn purging(self, purging: Option<Purging>) -> Renewal {
        Renewal { purging, ..self }
    }

    /// Renews what these changes concern. Returns when it is done.
    pub async fn take(&self, seen: Vec<Seen>) {
        let mut tags: BTreeMap<Tag, Moment> = BTreeMap::new();
        let mut gap = None;
        for one in &seen {
            match concerned(self.store.format(), &one.sight) {
                Ok(concerned) => {
                    for tag in concerned {
                        let moment = tags.entry(tag).or_default();
                        *moment = one.moment.max(*moment);
                    }
                }
                // Where the place is lost, the feed begins anew, and that does it.
                Err(_) if one.place.is_empty() => {}
                Err(why) => gap = Some(why),
            }
        }
        match gap {
            Some(why) => self.all(&why).await,
            None if tags.is_empty() => {}
            None => self.renew(&tags).await,
        }
        self.measure(&seen);
    }

    /// Raises the epoch of the cache: whatever was cached before counts no more.
    pub async fn all(&self, why: &str) {
        tracing::warn!(why, "others may have written anything: all that is cached is given up");
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.store.write(vec![Write::RaiseEpoch], LIMIT).await {
            tracing::warn!(%error, "the epoch of the cache can't be raised; trying again");
            pause = rest(pause).await;
        }
        self.metrics.followed("all");
        self.purge(None).await;
    }

    async fn renew(&self, tags: &BTreeMap<Tag, Moment>) {
        let mut pause = FIRST_PAUSE;
        let written = loop {
            match self.try_renew(tags).await {
                Ok(written) => break written,
                Err(error) => {
                    let tags = tags.len();
                    tracing::warn!(%error, tags, "the cache can't be told what others have written; trying again");
                }
            }
            pause = rest(pause).await;
        };
        if !written.is_empty() {
            self.purge(Some(&written)).await;
        }
    }

    /// Has a CDN forget it too; only then it counts as done.
    async fn purge(&self, tags: Option<&[Tag]>) {
        let Some(purging) = &self.purging else { return };
        let mut pause = FIRST_PAUSE;
        while let Err(error) = purging.queue(self.store.as_ref(), tags).await {
            tracing::warn!(%error, "what others have written can't be put into the queue of purges; trying again");
            pause = rest(pause).await;
        }
    }

    /// One look at all the tags, and new versions for those that are older. A tag that is marked gets a new version
    /// from whoever has marked it, one that is absent has nothing to lose. Returns those that others may have written:
    /// what was written here has its version.
    ///
    /// Of a tenant nobody could tell by its moment: a later write of another thing gives it one. So it is renewed with any of its
    /// tags, and where one is absent: what was found current before that was lost is taken for current still.
    async fn try_renew(&self, tags: &BTreeMap<Tag, Moment>) -> Result<Vec<Tag>, CacheError> {
        let (tenants, tags): (Vec<_>, Vec<_>) = tags.iter().partition(|(tag, _)| matches!(tag, Tag::Tenant(_)));
        let names: Vec<Tag> = tags.iter().map(|(tag, _)| **tag).collect();
        let states = self.cache.get_many(&[], &names).await?.tags;
        let older = |(tag, state): (&(&Tag, &Moment), &TagState)| match state {
            TagState::Current(_, of) if of < tag.1 => Some(*tag.0),
            _ => None,
        };
        let absent = |(tag, state): (&(&Tag, &Moment), &TagState)| (*state == TagState::Absent).then_some(*tag.0);
        let old: Vec<Tag> = tags.iter().zip(&states).filter_map(older).collect();
        let absent: Vec<Tag> = tags.iter().zip(&states).filter_map(absent).collect();
        let latest = tags.iter().map(|(_, moment)| **moment).max().unwrap_or_default();
        if !(old.is_empty() && absent.is_empty()) {
            let renewed: Vec<Tag> = old
                .iter()
                .copied()
                .chain(tenants.into_iter().map(|(tag, _)| *tag))
                .collect();
            self.cache.settle(&renewed, NOBODY, latest).await?;
        }
        self.metrics
            .followed(if old.is_empty() { "current" } else { "renewed" });
        Ok(old.into_iter().chain(absent).collect())
    }

    fn measure(&self, seen: &[Seen]) {
        let now = self.clock.now().millis();
        for at in seen.iter().filter_map(|one| one.at) {
            let delay = u64::try_from(now.saturating_sub(at.millis())).unwrap_or_default();
            self.metrics.follower_delay(Duration::from_millis(delay));
        }
    }
}

/// The tags of what has changed, of before and after, and its tenants'; none, when nothing but quiet fields has. Otherwise why nobody
/// can tell.
fn concerned(format: Format, sight: &Sight) -> Result<Vec<Tag>, String> {
    let (kind, before, after) = match sight {
        Sight::Change { kind, before, after } => (*kind, before, after),
        Sight::Idle => return Ok(Vec::new()),
        Sight::Gap(why) => return Err(why.clone()),
    };
    let unreadable = |error: StoreError| format!("{} hold a document that can't be read: {error}", kind.collection());
    let before = read(format, kind, before.as_ref()).map_err(unreadable)?;
    let after = read(format, kind, after.as_ref()).map_err(unreadable)?;
    if let (Some(before), Some(after)) = (&before, &after)
        && before.is_quiet_change(after)
    {
        return Ok(Vec::new());
    }
    let images = [before, after];
    let images = images.iter().flatten();
    let tags = images.flat_map(|image| image.tags().into_iter().chain([Tag::Tenant(image.organization())]));
    Ok(tags.collect())
}

fn read(format: Format, kind: Kind, document: Option<&Document>) -> Result<Option<AnyEntity>, StoreError> {
    document.map(|document| format.decode(kind, document)).transpose()
}

async fn rest(pause: Duration) -> Duration {
    sleep(pause).await;
    (pause * 2).min(LONGEST_PAUSE)
}
