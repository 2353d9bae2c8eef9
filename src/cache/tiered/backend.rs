//! Two levels as one cache: values in the process, bounded in bytes, in front of a cache that processes share.
//!
//! Marks, versions and what they end live in the shared cache alone, so its promises hold. A value in front is a copy;
//! whether it counts is decided under the tag's state like that of any other. With `Tracked`, states are copies too,
//! and as old as what tells of their changes is late: what this process writes itself it forgets before its reply.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::Tracked;
use super::life::left;
use super::tracked::Ticket;
use crate::cache::memory::Values;
use crate::cache::{CacheBackend, CacheError, Got, Key, Mark, Put, TagState, TriesKey, Version};
use crate::model::{Clock, Finding, Moment, Pace, Tag, Timestamp};

/// A cache of two levels.
pub struct TieredBackend {
    near: Values,
    far: Arc<dyn CacheBackend>,
    tracked: Option<Arc<Tracked>>,
    clock: Clock,
}

impl TieredBackend {
    /// At most `capacity` bytes of values in front of this cache; each state is asked for there.
    pub fn validated(far: Arc<dyn CacheBackend>, capacity: u64, clock: Clock) -> TieredBackend {
        TieredBackend {
            near: Values::new(capacity),
            far,
            tracked: None,
            clock,
        }
    }

    /// The same with states in front too, for as long as somebody tells `tracked` of their changes.
    pub fn tracked(far: Arc<dyn CacheBackend>, capacity: u64, clock: Clock, tracked: Arc<Tracked>) -> TieredBackend {
        TieredBackend {
            tracked: Some(tracked),
            ..TieredBackend::validated(far, capacity, clock)
        }
    }

    /// Keeps what the shared cache holds, in bytes of its own: as found they may pin the buffer they were read into.
    fn keep(&self, key: Key, bytes: &Bytes) {
        if let Some(left) = left(bytes, self.clock.now()) {
            self.near.put(key, Bytes::copy_from_slice(bytes), left);
        }
    }

    fn known(&self, tags: &[Tag]) -> Option<Vec<Result<TagState, Ticket>>> {
        Some(self.tracked.as_ref()?.get_many(tags))
    }

    fn learn(&self, tag: &Tag, ticket: Ticket, state: TagState) {
        if let Some(tracked) = &self.tracked {
            tracked.keep(tag, ticket, state);
        }
    }

    /// What was asked before this is not kept any more.
    fn forget(&self, tags: &[Tag]) {
        if let Some(tracked) = &self.tracked {
            tags.iter().for_each(|tag| tracked.forget(tag));
        }
    }

    /// Fills the places of values that are not in front.
    fn complete(&self, keys: &[Key], values: &mut [Option<Bytes>], found: Vec<Option<Bytes>>) {
        let empty = keys.iter().zip(values).filter(|(_, value)| value.is_none());
        for ((key, value), found) in empty.zip(found) {
            if let Some(bytes) = &found {
                self.keep(*key, bytes);
            }
            *value = found;
        }
    }

    /// All states, those that were known and those that were asked for.
    fn joined(&self, tags: &[Tag], known: Vec<Result<TagState, Ticket>>, asked: Vec<TagState>) -> Vec<TagState> {
        let mut asked = asked.into_iter();
        let state = |(tag, known): (&Tag, Result<TagState, Ticket>)| {
            known.unwrap_or_else(|ticket| {
                let state = asked.next().unwrap_or(TagState::Marked(Moment::NONE));
                self.learn(tag, ticket, state);
                state
            })
        };
        tags.iter().zip(known).map(state).collect()
    }
}

#[async_trait]
impl CacheBackend for TieredBackend {
    fn name(&self) -> &'static str {
        "tiered"
    }

    fn is_near(&self) -> bool {
        true
    }

    /// Asks the shared cache for what is not in front, values and states together; not at all where nothing is missing.
    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        let mut values = self.get_near(keys);
        let near: Vec<bool> = values.iter().map(Option::is_some).collect();
        let known = self.known(tags);
        let missing: Vec<Key> = lacking(keys, near.iter().map(|near| !near)).collect();
        let unknown: Cow<[Tag]> = match &known {
            None => tags.into(),
            Some(known) => lacking(tags, known.iter().map(Result::is_err)).collect(),
        };
        let found = if missing.is_empty() && unknown.is_empty() {
            Got::default()
        } else {
            self.far.get_many(&missing, &unknown).await?
        };
        self.complete(keys, &mut values, found.values);
        let tags = match known {
            None => found.tags,
            Some(known) => self.joined(tags, known, found.tags),
        };
        Ok(Got { values, tags, near })
    }

    fn get_near(&self, keys: &[Key]) -> Vec<Option<Bytes>> {
        self.near.get_many(keys)
    }

    fn changes(&self) -> Option<u64> {
        self.tracked.as_ref()?.changes()
    }

    async fn get_again(&self, keys: &[Key]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.near.purge(keys);
        let mut values = vec![None; keys.len()];
        let found = self.far.get_many(keys, &[]).await?.values;
        self.complete(keys, &mut values, found);
        Ok(values)
    }

    async fn exists(&self, keys: &[Key]) -> Result<Vec<bool>, CacheError> {
        let mut held: Vec<bool> = self.get_near(keys).iter().map(Option::is_some).collect();
        let missing: Vec<Key> = lacking(keys, held.iter().map(|held| !held)).collect();
        if !missing.is_empty() {
            let found = self.far.exists(&missing).await?;
            let empty = held.iter_mut().filter(|held| !**held);
            empty.zip(found).for_each(|(held, found)| *held = found);
        }
        Ok(held)
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        for (key, bytes, ttl) in &puts {
            self.near.put(*key, bytes.clone(), *ttl);
        }
        self.far.put_many(puts).await
    }

    /// Other processes keep what they hold in front; whether that counts, its tags say.
    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        let done = self.far.purge(keys).await;
        self.near.purge(keys);
        done
    }

    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        let known = self.known(tags);
        let states = self.far.versions(tags).await?;
        for ((tag, known), state) in tags.iter().zip(known.into_iter().flatten()).zip(&states) {
            if let Err(ticket) = known {
                self.learn(tag, ticket, *state);
            }
        }
        Ok(states)
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        let done = self.far.mark(tags, mark).await;
        self.forget(tags);
        done
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        let done = self.far.settle(tags, mark, moment).await;
        self.forget(tags);
        done
    }

    async fn take(&self, of: TriesKey, pace: &Pace, now: Timestamp) -> Result<Result<(), Duration>, CacheError> {
        self.far.take(of, pace, now).await
    }

    async fn give_back(&self, of: TriesKey) -> Result<(), CacheError> {
        self.far.give_back(of).await
    }

    async fn forget(&self, of: TriesKey) -> Result<(), CacheError> {
        self.far.forget(of).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.far.ping().await
    }

    async fn examine(&self, clock: &Clock) -> Vec<Finding> {
        self.far.examine(clock).await
    }
}

fn lacking<T: Copy>(all: &[T], is_lacking: impl Iterator<Item = bool>) -> impl Iterator<Item = T> {
    let lacking = all.iter().zip(is_lacking).filter(|(_, is_lacking)| *is_lacking);
    lacking.map(|(one, _)| *one)
}
