//! Write-through: what a write leaves in the cache once the store has it, before its reply. Each image stands under the version
//! that its tag has only if nobody else has written it from the mark on. Lists and counts are left to readers, and so is what one
//! write changes twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Entry, Key, Put, Stamp, Version};
use crate::model::{AnyEntity, Change, Clock, EntityRef, Kind, Row, Tag};

/// Keeps what is written. Clones share everything.
#[derive(Clone)]
pub struct Filling {
    clock: Clock,
    life: Arc<dyn Fn(Kind) -> Duration + Send + Sync>,
}

impl Filling {
    /// By this clock, each kind for so long.
    pub fn new(clock: Clock, life: impl Fn(Kind) -> Duration + Send + Sync + 'static) -> Filling {
        let life = Arc::new(life);
        Filling { clock, life }
    }

    /// What these changes write, each with the token of the version of its tag; the versions are those of the tags.
    pub(super) fn images(changes: &[Change], tags: &[Tag], versions: &[Version]) -> Vec<(Row, u64)> {
        let versions: HashMap<&Tag, &Version> = tags.iter().zip(versions).collect();
        let mut times: HashMap<EntityRef, usize> = HashMap::new();
        for entity in changes.iter().filter_map(Change::reference) {
            *times.entry(entity).or_default() += 1;
        }
        let image = |written: &AnyEntity| {
            let entity = written.reference();
            let version = versions.get(&Tag::entity(entity.kind, entity.id))?;
            (times[&entity] == 1).then(|| (written.to_row(), version.token()))
        };
        let written = changes.iter().filter_map(|change| match change {
            Change::Insert(after) | Change::Update { after, .. } => Some(after),
            Change::Touch { .. } | Change::Remove(_) | Change::RemoveBelow { .. } => None,
        });
        written.filter_map(image).collect()
    }

    /// The entries to put.
    pub(super) fn puts(&self, images: &[(Row, u64)]) -> Vec<Put> {
        let filled_at = self.clock.now();
        let put = |(row, token): &(Row, u64)| {
            let entity = row.reference()?;
            let ttl = Stamp::jittered((self.life)(entity.kind));
            let cost = Duration::ZERO;
            let entry = Entry {
                version: Version::from_token(*token),
                stamp: Stamp { filled_at, ttl, cost },
                row: Some(row.clone()),
            };
            Some((Key::Entity(entity), entry.encode(), ttl))
        };
        images.iter().filter_map(put).collect()
    }
}
