//! The honest switch: a share of what was served from the cache is read from the store too, beside the request, and
//! compared. A difference counts only if no write came between; there must never be one.

use std::sync::Arc;

use rand::random_bool;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

use crate::cache::{Lease, TagState, Version};
use crate::model::{AnyEntity, EntityRef, Id, Kind, Row};

use super::Source;
use super::differing::differing;
use super::fetch::fetch;
use super::key::{BatchKey, Loaded, Place};
use super::look::Look;

/// Which share, and how many comparisons may still begin. Clones share that.
#[derive(Clone)]
pub(super) struct Shadow {
    share: f64,
    room: Arc<Semaphore>,
}

/// What the cache held.
pub(super) enum Was {
    /// All that was asked for.
    All(Loaded),
    /// The ids of a page.
    Page(Vec<Id>),
}

/// One thing as it was served.
struct Served {
    key: BatchKey,
    place: Place,
    version: Version,
    was: Was,
}

/// Most comparisons under way in a process; what the lot falls on beyond that is left out and counted.
const ROOM: usize = 32;

impl Default for Shadow {
    fn default() -> Shadow {
        Shadow::of(0.0)
    }
}

impl Shadow {
    /// Compares this share.
    pub fn of(share: f64) -> Shadow {
        Shadow {
            share: share.clamp(0.0, 1.0),
            room: Arc::new(Semaphore::new(ROOM)),
        }
    }

    /// Whether anything is compared.
    pub fn is_on(&self) -> bool {
        self.share > 0.0
    }

    /// Casts the lot on what a look into the cache has found.
    pub fn sample(&self, source: &Source, keys: &[BatchKey], look: &Look) {
        if self.is_on() {
            self.cast(source, keys, look);
        }
    }

    fn cast(&self, source: &Source, keys: &[BatchKey], look: &Look) {
        for (key, loaded) in keys.iter().zip(&look.found) {
            if let Some(Ok(loaded)) = loaded
                && random_bool(self.share)
            {
                self.begin(source, look, key, Was::All(loaded.clone()));
            }
        }
        for page in &look.pages {
            if random_bool(self.share) {
                self.begin(source, look, &keys[page.at], Was::Page(page.ids.clone()));
            }
        }
    }

    fn begin(&self, source: &Source, look: &Look, key: &BatchKey, was: Was) {
        let Some(place) = key.place() else { return };
        let Some((_, version)) = look.served.iter().find(|(tag, _)| *tag == place.tag) else {
            return;
        };
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            return source.metrics.shadowed(key.label(), "skipped");
        };
        let (key, version, source) = (key.clone(), *version, source.clone());
        let served = Served {
            key,
            place,
            version,
            was,
        };
        let compared = async move {
            let outcome = served.compare(&source).await;
            source.metrics.shadowed(served.key.label(), outcome);
            drop(permit);
        };
        tokio::spawn(compared.in_current_span());
    }
}

impl Served {
    async fn compare(&self, source: &Source) -> &'static str {
        let mut found = fetch(&source.store, &|_, _| {}, std::iter::once(&self.key)).await;
        let Some(Ok(there)) = found.remove(&self.key) else {
            return "unread";
        };
        let fields = differing(&self.was, &there);
        if fields.is_empty() {
            return "same";
        }
        match self.counts(source).await {
            None => "unread",
            Some(false) => "overtaken",
            Some(true) => {
                let (key, kind) = (self.place.key, self.key.kind().name());
                tracing::error!(%key, ?fields, "the cache served what the store does not hold");
                fields
                    .iter()
                    .for_each(|field| source.metrics.shadow_differed(kind, field));
                "different"
            }
        }
    }

    /// Whether what was served is current still, after the store was read, and could be seen; `None`: nobody can say.
    /// Where trust in the cache is for a term, a write may have gone to the store without marks: after a term that has
    /// shown too, and so has what others wrote.
    async fn counts(&self, source: &Source) -> Option<bool> {
        if source.cache.lease().ends() {
            sleep(Lease::TERM).await;
        }
        let states = source.cache.get_many(&[], &[self.place.tag]).await.ok()?.tags;
        if !matches!(states[..], [TagState::Current(version, _)] if version == self.version) {
            return Some(false);
        }
        for above in self.above(source) {
            if source.store.get_many(above.kind, &[above.id]).await.ok()?.is_empty() {
                return Some(false);
            }
        }
        Some(true)
    }

    /// What it is seen through: what hangs below something that is removed goes with it, and its own tags stay.
    fn above(&self, source: &Source) -> Vec<EntityRef> {
        let Was::All(Loaded::Entity(row)) = &self.was else {
            return vec![self.place.tag.about()];
        };
        match row.as_ref().and_then(Row::entity) {
            Some(AnyEntity::Task(task)) => vec![EntityRef::new(Kind::Project, task.project)],
            Some(AnyEntity::Comment(comment)) => vec![EntityRef::new(Kind::Task, comment.task)],
            Some(AnyEntity::Asset(asset)) => vec![EntityRef::new(asset.kind.owner(), asset.owner)],
            // One that has ended is swept without a word to the cache.
            Some(AnyEntity::Session(session)) if session.expires_at <= source.store.clock().now() => {
                vec![EntityRef::new(Kind::Session, session.id)]
            }
            _ => Vec::new(),
        }
    }
}
