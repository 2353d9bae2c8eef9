//! The queues of those who wrote in vain: of the many in this process who change one document, one at a time decides anew.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::model::EntityRef;

/// Some queues for all documents; which one is a document's is told by its hash, so two may share one and wait in vain.
#[derive(Clone)]
pub(super) struct Turns {
    queues: Arc<[Arc<Mutex<()>>; QUEUES]>,
    hasher: RandomState,
}

/// The turn of one, until it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

const QUEUES: usize = 64;

impl Turns {
    /// Queues up, in the order of coming. Whoever holds a turn must not ask for another.
    pub(super) async fn take(&self, document: EntityRef) -> Turn {
        let place = self.hasher.hash_one(document) as usize % QUEUES;
        Arc::clone(&self.queues[place]).lock_owned().await
    }
}

impl Default for Turns {
    fn default() -> Turns {
        Turns {
            queues: Arc::new(std::array::from_fn(|_| Arc::default())),
            hasher: RandomState::new(),
        }
    }
}
