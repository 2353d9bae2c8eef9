//! `CacheBackend` in Redis commands, each verb one round trip. Never KEYS or SCAN, nothing that looks at more than it is asked for.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use redis::{Cmd, cmd, pipe};

use super::link::Link;
use crate::cache::{CacheBackend, CacheError, Put};

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

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.link.command(cmd("MGET").arg(keys)).await
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

    async fn put_absent(&self, puts: Vec<Put>) -> Result<Vec<Bytes>, CacheError> {
        if puts.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = pipe();
        for put in &puts {
            let mut set = set(put);
            set.arg("NX");
            commands.add_command(set).ignore().cmd("GET").arg(&put.0);
        }
        let there: Vec<Option<Bytes>> = self.link.pipeline(&commands).await?;
        // Gone again between the two commands: what was put is as good an answer as any.
        let pairs = there.into_iter().zip(puts);
        Ok(pairs.map(|(there, (_, mine, _))| there.unwrap_or(mine)).collect())
    }

    async fn purge(&self, keys: &[String]) -> Result<(), CacheError> {
        if keys.is_empty() {
            return Ok(());
        }
        self.link.command(cmd("UNLINK").arg(keys)).await
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.link.command(&cmd("PING")).await
    }
}

fn set((key, bytes, ttl): &Put) -> Cmd {
    let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut command = cmd("SET");
    command.arg(key).arg(&bytes[..]).arg("PX").arg(millis);
    command
}
