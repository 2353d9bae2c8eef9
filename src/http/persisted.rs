//! Documents that clients name by an id: the trusted ones, and automatic persisted queries, where a client names a
//! document by its SHA-256 and sends the text only to a server that doesn't know it. These are kept in the process, and
//! in the cache for other processes. <https://www.apollographql.com/docs/apollo-server/performance/apq>

use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use bytes::Bytes;
use moka::sync::Cache as Kept;
use sha2::{Digest, Sha256};

use crate::cache::{Cache, Key};
use crate::graphql::{ErrorCode, TrustedDocuments};

use super::document_id::no_hash;
use super::operation::bad_input;
use super::request::GraphqlRequest;
use super::trust::{Trust, coded};

/// The documents that are known by an id.
pub struct Persisted {
    trust: Trust,
    texts: Kept<[u8; 32], Arc<str>>,
    cache: Cache,
}

/// How many bytes of text a process keeps.
const CAPACITY: u64 = 16 << 20;
/// What one weighs beyond its text.
const OVERHEAD: usize = 200;
/// Longer documents are not kept.
const LONGEST: usize = 64 << 10;
/// How long the cache keeps one.
const TTL: Duration = Duration::from_secs(24 * 3600);

impl Persisted {
    /// Nothing is known yet but what is trusted and what this cache holds.
    pub fn new(cache: Cache, trusted: Arc<TrustedDocuments>) -> Persisted {
        let weigh = |_: &[u8; 32], text: &Arc<str>| u32::try_from(text.len() + OVERHEAD).unwrap_or(u32::MAX);
        Persisted {
            trust: Trust::new(trusted),
            texts: Kept::builder().weigher(weigh).max_capacity(CAPACITY).build(),
            cache,
        }
    }

    /// Puts the text that its id stands for into a request that lacks it; checks that of one that doesn't. Where only
    /// trusted documents are answered, the others that are known aren't looked at: other servers keep theirs in the
    /// same cache.
    pub async fn resolve(&self, request: &mut GraphqlRequest) -> Result<(), ServerError> {
        if !request.query.is_empty() {
            return self.check(request);
        }
        // What was known needs not be kept once more.
        let Some(id) = request.id.take() else {
            return Ok(());
        };
        let known = match (self.trust.get(&id.text), id.sha256) {
            (Some(text), _) => Arc::clone(text),
            (None, Some(hash)) if !self.trust.is_required() => self.get(&hash).await.ok_or_else(not_found)?,
            (None, _) => return Err(self.trust.unknown(&id.text)),
        };
        request.query = known.as_ref().to_owned();
        Ok(())
    }

    /// Checks a text, and the id that it shall be known by.
    fn check(&self, request: &mut GraphqlRequest) -> Result<(), ServerError> {
        self.trust.check(&request.query)?;
        let Some(id) = &request.id else {
            return Ok(());
        };
        let is_trusted = self.trust.get(&id.text).is_some_and(|text| **text == *request.query);
        match id.sha256 {
            _ if is_trusted => request.id = None,
            Some(hash) if <[u8; 32]>::from(Sha256::digest(&request.query)) != hash => {
                return Err(bad_input(
                    "extensions.persistedQuery.sha256Hash is not the SHA-256 of \"query\"",
                ));
            }
            Some(_) if self.trust.is_required() => request.id = None,
            Some(_) => {}
            None => return Err(bad_input(no_hash())),
        }
        Ok(())
    }

    /// Keeps the text of a valid document, whose hash this is.
    pub fn insert(&self, hash: [u8; 32], text: Arc<str>) {
        if text.len() > LONGEST || self.texts.contains_key(&hash) {
            return;
        }
        self.texts.insert(hash, Arc::clone(&text));
        let cache = self.cache.clone();
        tokio::spawn(async move {
            let put = (Key::Document(hash), Bytes::from(text.as_bytes().to_vec()), TTL);
            // Without it another process asks the client for the text.
            let _ = cache.put_many(vec![put]).await;
        });
    }

    async fn get(&self, hash: &[u8; 32]) -> Option<Arc<str>> {
        if let Some(text) = self.texts.get(hash) {
            return Some(text);
        }
        let found = self.cache.get_many(&[Key::Document(*hash)], &[]).await.ok()?;
        let bytes = found.values.into_iter().next()??;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != *hash {
            return None;
        }
        let text: Arc<str> = std::str::from_utf8(&bytes).ok()?.into();
        self.texts.insert(*hash, Arc::clone(&text));
        Some(text)
    }
}

/// Worded as the clients of this protocol know it.
fn not_found() -> ServerError {
    coded("PersistedQueryNotFound", ErrorCode::PersistedQueryNotFound)
}
