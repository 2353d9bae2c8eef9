//! What others write to the same data, past this program: a feed of all changes, and the lease of the one who follows it.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::model::{Id, Kind, Moment, Timestamp};

use super::{Document, StoreError};

/// A place in the feed, to go on from; only the engine reads it.
pub type Place = Vec<u8>;

/// One thing seen in the feed.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What.
    pub sight: Sight,
    /// When it happened, as the store counts.
    pub moment: Moment,
    /// When it happened, by the engine's clock; `None` where it doesn't tell.
    pub at: Option<Timestamp>,
    /// Behind it.
    pub place: Place,
}

/// What can be seen in the feed.
#[derive(Clone, Debug)]
pub enum Sight {
    /// A document has changed.
    Change {
        /// What it is.
        kind: Kind,
        /// As it was; `None`: it was not there.
        before: Option<Document>,
        /// As it is; `None`: it is not there any more.
        after: Option<Document>,
    },
    /// Something has changed that the feed can't tell in documents: anything may be different.
    Gap(String),
    /// Nothing, for a while.
    Idle,
}

/// The right to follow the feed, as the engine has granted it.
#[derive(Clone, Debug)]
pub struct Held {
    /// How far the last one has followed; `None`: nobody ever has.
    pub place: Option<Place>,
}

/// A feed of all changes, whoever makes them. All processes share it; one of them follows.
#[async_trait]
pub trait Feed: Send + Sync + 'static {
    /// Takes the right to follow, or prolongs it, for `lease` by the engine's clock; notes how far the holder has got.
    /// `None`: another holds it.
    async fn hold(&self, holder: Id, lease: Duration, place: Option<Place>) -> Result<Option<Held>, StoreError>;

    /// Gives the right back, so that another can have it at once.
    async fn release(&self, holder: Id) -> Result<(), StoreError>;

    /// All changes behind this place, or from now on. Where the place is lost it is a `Gap`, and then the end.
    async fn watch(&self, place: Option<Place>) -> Result<BoxStream<'static, Result<Seen, StoreError>>, StoreError>;
}
