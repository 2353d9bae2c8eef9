//! The honest switch: a share of the entities that were served from the cache is read from the store too, beside the
//! request, and compared. A difference counts only if no write came between; there must never be one.

use std::sync::Arc;

use rand::random_bool;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tracing::Instrument;

use crate::cache::{Key, Lease, TagState, Version};
use crate::model::{EntityRef, Row, Tag};

use super::Source;
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
    row: Option<Row>,
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
        for (tag, version) in &look.served {
            if let Tag::Entity(kind, id) = *tag
                && let entity = EntityRef::new(kind, id)
                && let Some(Ok(Loaded::Entity(row))) = look.found.get(&BatchKey::Entity(entity))
                && random_bool(self.share)
            {
                let (version, row) = (*version, row.clone());
                self.begin(source.clone(), Served { entity, version, row });
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
        let there = there.pop().map(|entity| entity.to_row());
        let fields = differing(self.row.as_ref(), there.as_ref());
        if fields.is_empty() {
            return "same";
        }
        match self.is_current(source).await {
            None => "unread",
            Some(false) => "overtaken",
            Some(true) => {
                let (key, kind) = (Key::Entity(self.entity), kind.name());
                tracing::error!(%key, ?fields, "the cache served what the store does not hold");
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

/// The fields in which two rows differ; quiet ones may, since they renew no tag.
fn differing(served: Option<&Row>, there: Option<&Row>) -> Vec<String> {
    match (served, there) {
        (None, None) => Vec::new(),
        (Some(served), Some(there)) if served == there || is_quiet(served, there) => Vec::new(),
        (Some(served), Some(there)) => columns(served, there),
        (None, Some(_)) | (Some(_), None) => vec!["presence".into()],
    }
}

fn is_quiet(served: &Row, there: &Row) -> bool {
    let entities = served.entity().zip(there.entity());
    entities.is_some_and(|(served, there)| served.is_quiet_change(&there))
}

/// By the names that clients know them by, or would.
fn columns(served: &Row, there: &Row) -> Vec<String> {
    let columns = there.reference().map_or(&[][..], |entity| entity.kind.columns());
    let differs = |at: &usize| served.slot(*at) != there.slot(*at);
    let fields: Vec<String> = (0..columns.len())
        .filter(differs)
        .map(|at| columns[at].name())
        .collect();
    // That they differ is known already, whatever their slots say.
    if fields.is_empty() {
        vec!["unnamed".into()]
    } else {
        fields
    }
}
