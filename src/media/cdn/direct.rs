//! No CDN: browsers come to the server and to the bucket themselves, so there is nothing that could be forgotten.

use async_trait::async_trait;

use crate::model::PurgeItem;

use super::{CdnBackend, CdnError};

/// Nothing between browsers and the server.
pub struct DirectBackend;

#[async_trait]
impl CdnBackend for DirectBackend {
    fn name(&self) -> &'static str {
        "direct"
    }

    fn keeps(&self) -> bool {
        false
    }

    async fn invalidate(&self, _items: &[PurgeItem], reference: &str) -> Result<String, CdnError> {
        Ok(reference.to_owned())
    }

    async fn is_done(&self, _order: &str) -> Result<bool, CdnError> {
        Ok(true)
    }
}
