//! The honest switch: a share of the entities that were served from the cache is read from the store too, beside the
//! request, and compared. A difference counts only if no write came between; there must never be one.

use std::sync::Arc;

use rand::random_bool;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

use crate::cache::{Lease, TagState, Version, entity_key};
use crate::model::{AnyEntity, EntityRef, Tag};

use super::Source;
use super::fetch::disclosed;
use super::key::{BatchKey, Loaded};
use super::look::Look;

/// Which share, and how many comparisons may still begin. Clones share that.
#[derive(Clone)]
pub(super) struct Shadow {
    share: f64,
    room: Arc<Semaphore>,
}

/// One entity as it was served.
struct Served {
    entity: EntityRef,
    version: Version,
    image: Option<AnyEntity>,
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

    /// Casts the lot on what a look into the cache has found.
    pub fn sample(&self, source: &Source, look: &Look) {
        if self.share <= 0.0 {
            return;
        }
        for (key, found) in &look.found {
            if let (BatchKey::Entity(entity), Ok(Loaded::Entity(image))) = (key, found)
                && let Some(version) = look.served.get(&Tag::entity(entity.kind, entity.id))
                && random_bool(self.share)
            {
                let (entity, version, image) = (*entity, *version, image.clone());
                self.begin(source.clone(), Served { entity, version, image });
            }
        }
    }

    fn begin(&self, source: Source, served: Served) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            return source.metrics.shadowed(served.entity.kind.name(), "skipped");
        };
        let compared = async move {
            let outcome = served.compare(&source).await;
            source.metrics.shadowed(served.entity.kind.name(), outcome);
            drop(permit);
        };
        tokio::spawn(compared.in_current_span());
    }
}

impl Served {
    async fn compare(&self, source: &Source) -> &'static str {
        let EntityRef { kind, id } = self.entity;
        let Ok(mut there) = source.store.get_many(kind, &[id]).await else {
            return "unread";
        };
        let there = there.pop().map(disclosed);
        let fields = differing(self.image.as_ref(), there.as_ref());
        if fields.is_empty() {
            return "same";
        }
        match self.is_current(source).await {
            None => "unread",
            Some(false) => "overtaken",
            Some(true) => {
                let (key, kind) = (entity_key(&self.entity), kind.name());
                tracing::error!(key, ?fields, "the cache served what the store does not hold");
                fields
                    .iter()
                    .for_each(|field| source.metrics.shadow_differed(kind, field));
                "different"
            }
        }
    }

    /// Whether what was served is current still, after the store was read; `None`: nobody can say. Where trust in the
    /// cache is for a term, a write may have gone to the store without marks: after a term that has shown too, and so
    /// has what others wrote.
    async fn is_current(&self, source: &Source) -> Option<bool> {
        if source.cache.lease().ends() {
            sleep(Lease::TERM).await;
        }
        let tag = Tag::entity(self.entity.kind, self.entity.id);
        let states = source.cache.get_many(&[], &[tag]).await.ok()?.tags;
        Some(matches!(states[..], [TagState::Current(version, _)] if version == self.version))
    }
}

/// The fields in which two images differ; quiet ones may, since they renew no tag.
fn differing(served: Option<&AnyEntity>, there: Option<&AnyEntity>) -> Vec<String> {
    match (served, there) {
        (None, None) => Vec::new(),
        (Some(served), Some(there)) if served.is_quiet_change(there) => Vec::new(),
        (Some(served), Some(there)) => {
            let json = |entity: &AnyEntity| serde_json::to_value(entity).unwrap_or_default();
            let (served, there) = (json(served), json(there));
            let names = served
                .as_object()
                .into_iter()
                .chain(there.as_object())
                .flat_map(|object| object.keys());
            let mut fields: Vec<String> = names
                .filter(|name| served.get(name) != there.get(name))
                .cloned()
                .collect();
            fields.sort_unstable();
            fields.dedup();
            // That they differ is known already, whatever their texts say.
            if fields.is_empty() {
                vec!["unnamed".into()]
            } else {
                fields
            }
        }
        (None, Some(_)) | (Some(_), None) => vec!["presence".into()],
    }
}
