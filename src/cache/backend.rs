//! What an engine must do to cache: bytes under keys, each with a life of its own, and the states of tags.
//! Every promise written here is a case of `tests/it/contract/cache.rs`.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::model::{Clock, Finding, Moment, Pace, Tag, Timestamp};

use super::{CacheError, Key, Mark, TagState, TriesKey, Version};

/// A value to put: key, bytes, time to live.
pub type Put = (Key, Bytes, Duration);

/// What one look into the cache found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// The values under the keys, in their order; `None` where there is none.
    pub values: Vec<Option<Bytes>>,
    /// The states of the tags, in their order.
    pub tags: Vec<TagState>,
    /// Which of the values come from a level in front of a shared one, by their places; empty where there is but one.
    pub near: Vec<bool>,
}

/// An engine that keeps bytes for a while. It may forget anything at any time.
///
/// Nothing but `versions`, `mark` and `settle` changes the state of a tag.
#[async_trait]
pub trait CacheBackend: Send + Sync + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// Whether it holds values in this process.
    fn is_near(&self) -> bool {
        false
    }

    /// The values under these keys and the states of these tags. One round trip, or one a node side by side.
    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError>;

    /// What the level in front holds under these keys, without asking anybody; nothing where there is but one level.
    fn get_near(&self, _keys: &[Key]) -> Vec<Option<Bytes>> {
        Vec::new()
    }

    /// The values under these keys from behind the level in front: for who found there what is no longer current.
    async fn get_again(&self, keys: &[Key]) -> Result<Vec<Option<Bytes>>, CacheError> {
        Ok(self.get_many(keys, &[]).await?.values)
    }

    /// Which of these keys hold a value, in their order, without its bytes. One round trip, or one a node side by side.
    async fn exists(&self, keys: &[Key]) -> Result<Vec<bool>, CacheError> {
        let values = self.get_many(keys, &[]).await?.values;
        Ok(values.iter().map(Option::is_some).collect())
    }

    /// A count that goes up whenever a version may have ended, for an engine that is told of it here: while it stays, every
    /// version that is current stays current. `mark` and `settle` count before they return. `None`: who wants to know has to ask.
    fn changes(&self) -> Option<u64> {
        None
    }

    /// Puts all of these, each over what was there. One round trip.
    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError>;

    /// Takes these keys away. One round trip.
    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError>;

    /// Gives each of these tags a version that is absent; returns the states afterwards. One round trip.
    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError>;

    /// Marks all of these tags; returns once every mark is known to stand. One round trip.
    /// Marking again prolongs the own mark, and leaves those of others as they are.
    ///
    /// Tells for each the version that it has once this mark is settled, if nobody else marks or settles it from before
    /// this mark until then; otherwise it gets another, and this one never is.
    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError>;

    /// Takes the own mark off these tags. Where no other stands then, the tag has a new version of this moment,
    /// also where the own had run out or never stood: the one that was told when it was marked, where it was the only one
    /// all the while. One round trip.
    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError>;

    /// One try more of this, or how long to wait for it: as `Tries::take`, in one step for all processes. One round trip.
    /// An engine that only this process has doesn't count: the handle does.
    async fn take(&self, _of: TriesKey, _pace: &Pace, _now: Timestamp) -> Result<Result<(), Duration>, CacheError> {
        Err(CacheError::Off)
    }

    /// As if the last try of this had not been (`Tries::without_last`). One round trip.
    async fn give_back(&self, _of: TriesKey) -> Result<(), CacheError> {
        Err(CacheError::Off)
    }

    /// As if this had never been tried. One round trip.
    async fn forget(&self, _of: TriesKey) -> Result<(), CacheError> {
        Err(CacheError::Off)
    }

    /// Answers if the engine can be used.
    async fn ping(&self) -> Result<(), CacheError>;

    /// What whoever looks after the engine should know of it, its clock held against this one. Changes nothing.
    async fn examine(&self, _clock: &Clock) -> Vec<Finding> {
        Vec::new()
    }
}
