//! What can go wrong in a cache: nothing that a reader notices, since every failure reads as a miss.

/// Why a cache call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CacheError {
    /// The engine can't be reached, answers too late or refuses.
    #[error("the cache is unavailable: {0}")]
    Unavailable(String),
    /// The epoch of the cache hasn't been read from the store lately enough.
    #[error("the cache is not trusted: its epoch is not known")]
    Untrusted,
    /// It is told of writes, but not used.
    #[error("the cache is switched off")]
    Off,
    /// The configuration can't be used as it is.
    #[error("{0}")]
    Misconfigured(String),
}
