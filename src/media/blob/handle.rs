//! The handle on blobs that everybody holds: names by content, time limits, measurements, once for all backends.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::time::timeout;

use crate::metrics::Metrics;

use super::{Announced, Area, Blob, BlobBackend, BlobError, BlobHead, BlobKey, Content, Listed, PutLink, Range};

/// A cheap handle on the blobs; clones share everything.
#[derive(Clone)]
pub struct Blobs {
    backend: Arc<dyn BlobBackend>,
    metrics: Metrics,
}

/// What was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub key: BlobKey,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

/// How long a file counts as there without being put anew: less than what sweeps let lie, so that no sweep takes away what has
/// just been found to be there.
const FRESH: Duration = Duration::from_secs(12 * 3_600);
/// How long to wait for an answer, or for the first byte.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long putting may take, beside what the size allows.
const PUT_PATIENCE: Duration = Duration::from_secs(30);
/// The slowest way to a backend that is waited for, in bytes a second.
const SLOWEST: u64 = 256 << 10;

impl Blobs {
    /// On this backend.
    pub fn new(backend: Arc<dyn BlobBackend>, metrics: Metrics) -> Blobs {
        Blobs { backend, metrics }
    }

    /// Where they lie: `disk` or `s3`.
    pub fn place(&self) -> &'static str {
        self.backend.name()
    }

    /// Puts it under the hash of its content; what is there already is not put again, unless it has been there for long.
    pub async fn put(&self, area: Area, extension: &str, content: Content) -> Result<Stored, BlobError> {
        let (bytes, sha256) = content.measure().await?;
        let key = BlobKey::of_content(area, sha256, extension)?;
        let is_fresh = |modified| SystemTime::now().duration_since(modified).unwrap_or_default() < FRESH;
        let head = self.head(&key).await?;
        let present = head.is_some_and(|head| head.bytes == bytes && is_fresh(head.modified));
        if !present {
            self.put_at(&key, content, bytes).await?;
        }
        Ok(Stored { key, bytes, sha256 })
    }

    /// Puts it under a name that says nothing of it, where it waits until it is taken or swept away.
    pub async fn stage(&self, key: &BlobKey, content: Content) -> Result<(), BlobError> {
        let bytes = content.bytes().await?;
        self.put_at(key, content, bytes).await
    }

    /// Where whoever has the address puts what was announced under the key; `None`: only through this server.
    pub async fn put_link(
        &self,
        key: &BlobKey,
        announced: &Announced,
        life: Duration,
    ) -> Result<Option<PutLink>, BlobError> {
        let link = self.backend.put_link(key, announced, life);
        self.observed("put_link", PATIENCE, link).await
    }

    /// The blob or a part of it.
    pub async fn get(&self, key: &BlobKey, range: Option<Range>) -> Result<Option<Blob>, BlobError> {
        self.observed("get", PATIENCE, self.backend.get(key, range)).await
    }

    /// What is known of it.
    pub async fn head(&self, key: &BlobKey) -> Result<Option<BlobHead>, BlobError> {
        self.observed("head", PATIENCE, self.backend.head(key)).await
    }

    /// Takes them away.
    pub async fn remove(&self, keys: &[BlobKey]) -> Result<(), BlobError> {
        let limit = PATIENCE + Duration::from_millis(keys.len() as u64);
        self.observed("remove", limit, self.backend.remove(keys)).await
    }

    /// Those whose keys begin so and come after that one, in their order.
    pub async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: u32) -> Result<Vec<Listed>, BlobError> {
        self.observed("list", PATIENCE, self.backend.list(prefix, after, limit))
            .await
    }

    /// Answers if they can be used.
    pub async fn ping(&self) -> Result<(), BlobError> {
        self.observed("ping", PATIENCE, self.backend.ping()).await
    }

    async fn put_at(&self, key: &BlobKey, content: Content, bytes: u64) -> Result<(), BlobError> {
        let limit = PUT_PATIENCE + Duration::from_secs(bytes / SLOWEST);
        self.observed("put", limit, self.backend.put(key, content)).await
    }

    async fn observed<T>(
        &self,
        verb: &'static str,
        limit: Duration,
        call: impl Future<Output = Result<T, BlobError>>,
    ) -> Result<T, BlobError> {
        let start = Instant::now();
        let late = |_| {
            Err(BlobError::Unavailable(format!(
                "no answer within {} s",
                limit.as_secs()
            )))
        };
        let result = timeout(limit, call).await.unwrap_or_else(late);
        let outcome = match &result {
            Ok(_) | Err(BlobError::Range { .. }) => "ok",
            Err(_) => "error",
        };
        self.metrics
            .blob_call(self.backend.name(), verb, outcome, start.elapsed());
        result
    }
}
