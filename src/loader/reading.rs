//! What all batches of one request share: where they read, and what is noted of what they have read.

use parking_lot::Mutex;

use super::batch::Batch;
use super::key::{BatchKey, Found};
use super::{Explanation, Provenance, Source};

/// The reading of one request.
pub(super) struct Reading {
    source: Source,
    provenance: Mutex<Provenance>,
    told: Option<Explanation>,
}

impl Reading {
    /// Nothing is read yet; `told`: where it is told how each thing is read.
    pub fn new(source: Source, told: Option<Explanation>) -> Reading {
        let provenance = Mutex::default();
        Reading {
            source,
            provenance,
            told,
        }
    }

    /// All that these keys ask for, in one batch.
    pub async fn load(&self, keys: &[BatchKey]) -> Found {
        let batch = Batch::new(&self.source, &self.provenance).explained(self.told.as_ref());
        batch.load(keys).await
    }

    /// What an answer made of all that was read so far rests on.
    pub fn provenance(&self) -> Provenance {
        self.provenance.lock().clone()
    }

    /// How all was read so far; `None` unless that is told.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.told.as_ref()
    }
}
