//! `CacheBackend` in Redis commands, each verb one round trip. Never KEYS or SCAN, nothing that looks at more than it is asked for.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use redis::{Cmd, cmd, pipe};

use super::link::Link;
use super::state;
use crate::cache::{CacheBackend, CacheError, Got, Mark, Put, TagState, Version};
use crate::model::Moment;

/// A cache on one Redis server.
pub struct RedisBackend {
    link: Link,
}

impl RedisBackend {
    /// A cache on the server at `url` (`redis://` or, with TLS, `rediss://`). It needn't be there: until it is, every
    /// call fails. `connect` bounds the making of a connection, `command` the wait for an answer.
    pub fn new(url: &str, connect: Duration, command: Duration) -> Result<RedisBackend, CacheError> {
        // A little shorter than the handle's limit, so that it is the link that learns of a late answer.
        let link = Link::new(url, connect, command.mul_f64(0.9));
        let link = link.map_err(|error| CacheError::Unavailable(error.to_string()))?;
        Ok(RedisBackend { link })
    }
}

#[async_trait]
impl CacheBackend for RedisBackend {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn get_many(&self, keys: &[String], tags: &[String]) -> Result<Got, CacheError> {
        if keys.is_empty() && tags.is_empty() {
            return Ok(Got::default());
        }
        let mut values: Vec<Option<Bytes>> = self.link.command(cmd("MGET").arg(keys).arg(tags)).await?;
        let states = values.split_off(keys.len());
        let tags = states.iter().map(|state| state::parse(state.as_ref())).collect();
        Ok(Got { values, tags })
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        if puts.is_empty() {
            return Ok(());
        }
        let mut commands = pipe();
        for put in &puts {
            commands.add_command(set(put)).ignore();
        }
        self.link.pipeline(&commands).await
    }

    async fn purge(&self, keys: &[String]) -> Result<(), CacheError> {
        if keys.is_empty() {
            return Ok(());
        }
        self.link.command(cmd("UNLINK").arg(keys)).await
    }

    async fn versions(&self, tags: &[String]) -> Result<Vec<TagState>, CacheError> {
        if tags.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = pipe();
        for tag in tags {
            let text = state::text(Version::fresh(), Moment::NONE);
            let mut set = set(&(tag.clone(), text.into(), Version::TTL));
            set.arg("NX");
            commands.add_command(set).ignore().cmd("GET").arg(tag);
        }
        let there: Vec<Option<Bytes>> = self.link.pipeline(&commands).await?;
        Ok(there.iter().map(|state| state::parse(state.as_ref())).collect())
    }

    async fn mark(&self, tags: &[String], mark: Mark) -> Result<(), CacheError> {
        if tags.is_empty() {
            return Ok(());
        }
        let (id, life) = (state::mark_id(mark.id), millis(mark.life));
        let mut commands = pipe();
        for tag in tags {
            commands
                .cmd("EVAL")
                .arg(state::MARK)
                .arg(1)
                .arg(tag)
                .arg(&id)
                .arg(life)
                .ignore();
        }
        self.link.pipeline(&commands).await
    }

    async fn settle(&self, tags: &[String], mark: u64, moment: Moment) -> Result<(), CacheError> {
        if tags.is_empty() {
            return Ok(());
        }
        let (id, ttl) = (state::mark_id(mark), millis(Version::TTL));
        let mut commands = pipe();
        for tag in tags {
            let version = state::text(Version::fresh(), moment);
            commands
                .cmd("EVAL")
                .arg(state::SETTLE)
                .arg(1)
                .arg(tag)
                .arg(&id)
                .arg(version)
                .arg(ttl)
                .ignore();
        }
        self.link.pipeline(&commands).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.link.command(&cmd("PING")).await
    }
}

fn set((key, bytes, ttl): &Put) -> Cmd {
    let mut command = cmd("SET");
    command.arg(key).arg(&bytes[..]).arg("PX").arg(millis(*ttl));
    command
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1)
}
