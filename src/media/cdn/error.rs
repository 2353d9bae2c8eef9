//! What can go wrong between us and a CDN, told apart by what can be done about it.

/// Why a CDN has not taken an order over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CdnError {
    /// It can't be reached, has too much to do, or doesn't let us: the same may be taken later.
    #[error("the CDN is unavailable: {0}")]
    Unavailable(String),
    /// It won't ever take this order.
    #[error("the CDN refuses this: {0}")]
    Refused(String),
}
