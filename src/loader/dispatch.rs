//! What the crate `dataloader` calls with the keys of a batch.

use std::collections::HashMap;
use std::sync::Arc;

use dataloader::BatchFn;
use parking_lot::Mutex;
use tokio::task::yield_now;

use super::batch::Batch;
use super::key::{BatchKey, Loaded};
use super::{Explanation, LoadError, Provenance, Source};

/// Loads the batches of one request.
pub(super) struct Dispatch {
    source: Source,
    provenance: Arc<Mutex<Provenance>>,
    told: Option<Explanation>,
}

impl Dispatch {
    pub fn new(source: Source, provenance: Arc<Mutex<Provenance>>, told: Option<Explanation>) -> Dispatch {
        Dispatch {
            source,
            provenance,
            told,
        }
    }
}

impl BatchFn<BatchKey, Result<Loaded, LoadError>> for Dispatch {
    async fn load(&mut self, keys: &[BatchKey]) -> HashMap<BatchKey, Result<Loaded, LoadError>> {
        let batch = Batch::new(&self.source, &self.provenance).explained(self.told.as_ref());
        let found = batch.load(keys).await;
        // A batch that all came from memory never waited. Who asked first would go on, and ask for what lies below alone;
        // so all who wait for this batch get their answer before anybody asks further.
        yield_now().await;
        found
    }
}
