//! What the crate `dataloader` calls with the keys of a batch.

use std::collections::HashMap;
use std::sync::Arc;

use dataloader::BatchFn;
use tokio::task::yield_now;

use super::LoadError;
use super::key::{BatchKey, Loaded};
use super::reading::Reading;

/// Loads the batches of one request.
pub(super) struct Dispatch(pub Arc<Reading>);

impl BatchFn<BatchKey, Result<Loaded, LoadError>> for Dispatch {
    async fn load(&mut self, keys: &[BatchKey]) -> HashMap<BatchKey, Result<Loaded, LoadError>> {
        let found = self.0.load(keys).await;
        // A batch that all came from memory never waited. Who asked first would go on, and ask for what lies below alone;
        // so all who wait for this batch get their answer before anybody asks further.
        yield_now().await;
        found
    }
}
