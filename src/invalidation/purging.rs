//! What a write has a CDN forget: entries that are written with it, and released once its versions are renewed.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::cache::Lease;
use crate::media::cdn::Cdn;
use crate::model::{Clock, Id, PurgeEntry, PurgeItem, Tag};
use crate::store::{StoreBackend, StoreError, Write};

/// Makes entries for the queue. Clones share everything.
///
/// The order is versions first, then the CDN: what it fetches after it has forgotten must be new. So an entry is held for
/// longer than the marks of its write stand, and released by the process that wrote it as soon as the versions are
/// renewed; after a crash it goes out when its time is over, when the marks have run out into no version at all.
#[derive(Clone)]
pub struct Purging {
    shared: Arc<Shared>,
}

struct Shared {
    cdn: Cdn,
    clock: Clock,
    /// The entries whose versions are renewed, until the queue has been told.
    released: Mutex<Vec<Id>>,
}

/// For how long an entry is held if nobody releases it: marks live for 10 s, and the trust in an epoch for 1 s.
const HOLD: Duration = Duration::from_secs(15);
/// How long writing an entry by itself may take.
const LIMIT: Duration = Duration::from_secs(5);
/// Most entries that are remembered to be released; the others go out when their time is over.
const MOST_RELEASED: usize = 10_000;

impl Purging {
    /// For this CDN.
    pub fn new(cdn: Cdn, clock: Clock) -> Purging {
        let released = Mutex::default();
        Purging {
            shared: Arc::new(Shared { cdn, clock, released }),
        }
    }

    /// What a write of these tags has to write along.
    pub(super) fn entries(&self, tags: &[Tag]) -> Vec<PurgeEntry> {
        self.made_of(&self.shared.cdn.forgets(tags), HOLD)
    }

    /// The versions of what these entries were written with are renewed.
    pub(super) fn release(&self, entries: &[PurgeEntry]) {
        let mut released = self.shared.released.lock();
        let room = MOST_RELEASED.saturating_sub(released.len());
        released.extend(entries.iter().map(|entry| entry.id).take(room));
    }

    /// The entries that were released since this was asked last.
    pub(super) fn take_released(&self) -> Vec<Id> {
        std::mem::take(&mut *self.shared.released.lock())
    }

    /// Has what bears these tags forgotten, or without tags whatever may be made of anything: their versions have been
    /// renewed already, by nobody's write.
    pub(super) async fn queue(&self, store: &dyn StoreBackend, tags: Option<&[Tag]>) -> Result<(), StoreError> {
        let entries = match tags {
            Some(tags) => self.made_of(&self.shared.cdn.forgets(tags), Duration::ZERO),
            // Every process has to know of the new epoch first.
            None => self.made_of(&self.shared.cdn.forgets_all(), 2 * Lease::TERM),
        };
        write(store, entries).await
    }

    /// Puts these into the queue, durably; returns the entries.
    pub async fn queue_items(&self, store: &dyn StoreBackend, items: &[PurgeItem]) -> Result<Vec<Id>, StoreError> {
        let entries = self.made_of(items, Duration::ZERO);
        let ids = entries.iter().map(|entry| entry.id).collect();
        write(store, entries).await.map(|()| ids)
    }

    fn made_of(&self, items: &[PurgeItem], hold: Duration) -> Vec<PurgeEntry> {
        PurgeEntry::all_of(items, hold, || Id::generate(self.shared.clock.now()))
    }
}

async fn write(store: &dyn StoreBackend, entries: Vec<PurgeEntry>) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let writes = entries.into_iter().map(Write::Purge).collect();
    store.write(writes, LIMIT).await.map(drop)
}
