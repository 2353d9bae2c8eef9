//! What a CDN must do to be told what to forget.

use async_trait::async_trait;

use crate::model::PurgeItem;

use super::CdnError;

/// A CDN.
#[async_trait]
pub trait CdnBackend: Send + Sync + 'static {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    /// Whether anything is kept there at all.
    fn keeps(&self) -> bool;

    /// Has it forget these; returns what it calls the order once it has taken it over for good. An order under a
    /// reference that it knows is the one that it knows.
    async fn invalidate(&self, items: &[PurgeItem], reference: &str) -> Result<String, CdnError>;

    /// Whether such an order has been carried out everywhere.
    async fn is_done(&self, order: &str) -> Result<bool, CdnError>;
}
