//! What a place must do to hold blobs. Every promise written here is a case of `tests/it/contract/blob.rs`.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Announced, BlobError, BlobKey, Content, PutLink, Range, Stream};

/// What is known of a blob without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobHead {
    /// How many bytes it has.
    pub bytes: u64,
    /// Since when it is there.
    pub modified: SystemTime,
}

/// A blob, or a part of it.
pub struct Blob {
    /// Of the whole.
    pub head: BlobHead,
    /// The first and last byte that come; `None` where there are none.
    pub part: Option<(u64, u64)>,
    /// They.
    pub body: Stream,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub key: BlobKey,
    /// What is known of it.
    pub head: BlobHead,
}

/// A place that holds blobs.
#[async_trait]
pub trait BlobBackend: Send + Sync + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// Puts it there durably and whole, or not at all: no reader ever sees a part. What stands under the key is replaced.
    async fn put(&self, key: &BlobKey, content: Content) -> Result<(), BlobError>;

    /// The blob or a part of it; `None` where there is none. `Range` where the part lies behind the end.
    async fn get(&self, key: &BlobKey, range: Option<Range>) -> Result<Option<Blob>, BlobError>;

    /// What is known of the blob; `None` where there is none.
    async fn head(&self, key: &BlobKey) -> Result<Option<BlobHead>, BlobError>;

    /// Takes them away; one that isn't there is no error.
    async fn remove(&self, keys: &[BlobKey]) -> Result<(), BlobError>;

    /// The blobs whose keys begin so and come after that one, in the order of the bytes of their keys, at most `limit`.
    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: u32) -> Result<Vec<Listed>, BlobError>;

    /// Where whoever has the address puts what was announced, and nothing else, under the key, for so long; `None`: this place
    /// has no such addresses.
    async fn put_link(
        &self,
        key: &BlobKey,
        announced: &Announced,
        life: Duration,
    ) -> Result<Option<PutLink>, BlobError>;

    /// Answers if it can be used.
    async fn ping(&self) -> Result<(), BlobError>;
}
