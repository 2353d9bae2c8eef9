//! `CacheBackend` in Redis commands, each verb one round trip, on a cluster one a node side by side. Never KEYS or SCAN,
//! nothing that looks at more than it is asked for, no command or script over more than one slot.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use redis::{Cmd, Value, cmd};

use super::call::{Answer, Call};
use super::link::Limits;
use super::servers::Servers;
use super::tracking::Tracking;
use super::{examine, script, state, tries};
use crate::cache::{
    CacheBackend, CacheError, Got, Key, Mark, Put, TagState, Tracked, TriesKey, Version, version_key, write_version_key,
};
use crate::config::RedisAddress;
use crate::model::{Clock, Finding, Moment, Pace, Tag, Timestamp};

/// A cache on one Redis server, or on a Redis Cluster.
pub struct RedisBackend {
    servers: Servers,
}

/// Which Redis, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// Where it is.
    pub address: RedisAddress,
    /// The PEM file of the authority that has signed its certificate, if not one that the system trusts.
    pub ca: Option<PathBuf>,
    /// How long the making of a connection may take.
    pub connect: Duration,
    /// How long a call may take.
    pub command: Duration,
}

impl RedisBackend {
    /// A cache there. It needn't be there: until it is, every call fails.
    pub fn new(options: &RedisOptions) -> Result<RedisBackend, CacheError> {
        let limits = Limits::under(options.connect, options.command);
        let servers = Servers::new(&options.address, options.ca.as_deref(), limits)?;
        Ok(RedisBackend { servers })
    }

    /// Lets `tracked` know of every change of a version from now on, as far as the server can be reached; in the
    /// background, until nobody else holds `tracked`.
    ///
    /// Not on a cluster: there a tag is told of by the node that holds its slot, and while slots move, who that is and
    /// from when on can't be told for certain.
    pub fn track(&self, tracked: &Arc<Tracked>) -> Result<(), CacheError> {
        let Servers::One(link) = &self.servers else {
            let why = "a Redis Cluster can't be tracked: while slots move no node tells of all their changes";
            return Err(CacheError::Misconfigured(why.into()));
        };
        tokio::spawn(Tracking::new(link.clone(), tracked)?.run());
        Ok(())
    }

    /// One command for as many of these keys as it may have, and so on.
    fn multi<K>(&self, name: &str, keys: &[K], write: impl Fn(&K, &mut String)) -> Vec<Call> {
        let mut text = String::with_capacity(KEY);
        let parts = keys.chunks(self.servers.most_keys());
        let call = parts.map(|part| {
            let mut command = Cmd::with_capacity(part.len() + 1, part.len() * KEY);
            command.arg(name);
            let mut first = String::new();
            for key in part {
                text.clear();
                write(key, &mut text);
                command.arg(text.as_str());
                if first.is_empty() {
                    first.clone_from(&text);
                }
            }
            Call::on(&first, command)
        });
        call.collect()
    }

    /// What a single command is answered.
    async fn one(&self, key: &str, command: Cmd) -> Result<Value, CacheError> {
        let answers = self.servers.send(vec![Call::on(key, command)], false).await;
        let none = || Err(CacheError::Unavailable("the server answers nothing".into()));
        Ok(answers.into_iter().next().unwrap_or_else(none)?.value)
    }

    /// Sends calls of which each must be obeyed.
    async fn obeyed(&self, calls: Vec<Call>) -> Result<(), CacheError> {
        for answer in self.servers.send(calls, false).await {
            obeyed(answer)?;
        }
        Ok(())
    }
}

#[async_trait]
impl CacheBackend for RedisBackend {
    fn name(&self) -> &'static str {
        "redis"
    }

    /// On a cluster, what lies on a node that is away is no failure: its values are not there, and its tags read as
    /// marked, so that readers go to the store and fill nothing. It fails when nothing at all could be answered.
    async fn get_many(&self, keys: &[Key], tags: &[Tag]) -> Result<Got, CacheError> {
        let mut calls = self.multi("MGET", keys, Key::write);
        let values_end = calls.len();
        calls.extend(self.multi("MGET", tags, write_version_key));
        let mut answers = some(self.servers.send(calls, !tags.is_empty()).await)?;
        let of_tags = answers.split_off(values_end);
        let most = self.servers.most_keys();
        let mut got = Got::default();
        for (keys, found) in parts(keys, answers, most) {
            match found {
                Ok((values, _)) => got.values.extend(values.into_iter().map(bytes)),
                Err(_) => got.values.resize(got.values.len() + keys.len(), None),
            }
        }
        for (tags, found) in parts(tags, of_tags, most) {
            match found {
                Ok((values, reign)) => got.tags.extend(values.iter().map(|value| state_of(value, reign))),
                Err(_) => got
                    .tags
                    .resize(got.tags.len() + tags.len(), TagState::Marked(Moment::NONE)),
            }
        }
        Ok(got)
    }

    /// One command a key, because a command for many answers how many of them there are. On a cluster, what lies on a
    /// node that is away is not there.
    async fn exists(&self, keys: &[Key]) -> Result<Vec<bool>, CacheError> {
        let calls = keys.iter().map(|key| {
            let key = key.to_string();
            Call::on(&key, cmd("EXISTS").arg(&key).to_owned())
        });
        let answers = some(self.servers.send(calls.collect(), false).await)?;
        let is_there =
            |answer: Result<Answer, CacheError>| matches!(answer, Ok(answer) if answer.value == Value::Int(1));
        Ok(answers.into_iter().map(is_there).collect())
    }

    async fn put_many(&self, puts: Vec<Put>) -> Result<(), CacheError> {
        let calls = puts.iter().map(|(key, bytes, ttl)| {
            let key = key.to_string();
            Call::on(&key, set(&key, bytes, *ttl))
        });
        self.obeyed(calls.collect()).await
    }

    async fn purge(&self, keys: &[Key]) -> Result<(), CacheError> {
        self.obeyed(self.multi("UNLINK", keys, Key::write)).await
    }

    /// As with `get_many`, what lies on a node that is away reads as marked.
    async fn versions(&self, tags: &[Tag]) -> Result<Vec<TagState>, CacheError> {
        let calls = tags.iter().map(version_key).flat_map(|key| {
            let text = state::text(Version::fresh(), Moment::NONE);
            let mut set = set(&key, text.as_bytes(), Version::TTL);
            set.arg("NX");
            [set, cmd("GET").arg(&key).to_owned()].map(|command| Call::on(&key, command))
        });
        let answers = some(self.servers.send(calls.collect(), true).await)?;
        let mut answers = answers.into_iter();
        let mut states = Vec::with_capacity(tags.len());
        while let (Some(put), Some(got)) = (answers.next(), answers.next()) {
            states.push(created(put, got)?);
        }
        Ok(states)
    }

    async fn mark(&self, tags: &[Tag], mark: Mark) -> Result<Vec<Version>, CacheError> {
        let (id, life) = (state::mark_id(mark.id), millis(mark.life));
        let calls = tags.iter().map(version_key).map(|key| {
            let mut call = script::MARK.call(&key);
            call.arg(&id).arg(life);
            Call::on(&key, call)
        });
        let answers = self.servers.send(calls.collect(), false).await;
        let version = |answer: Result<Answer, CacheError>| {
            let reign = answer.as_ref().map_or(0, |answer| answer.reign);
            obeyed(answer).map(|()| mark.version().mixed(reign))
        };
        answers.into_iter().map(version).collect()
    }

    async fn settle(&self, tags: &[Tag], mark: u64, moment: Moment) -> Result<(), CacheError> {
        let (id, ttl) = (state::mark_id(mark), millis(Version::TTL));
        let calls = tags.iter().map(version_key).map(|key| {
            let mut call = script::SETTLE.call(&key);
            call.arg(&id)
                .arg(state::untimed(Version::fresh()))
                .arg(ttl)
                .arg(moment.0);
            Call::on(&key, call)
        });
        self.obeyed(calls.collect()).await
    }

    async fn take(&self, of: TriesKey, pace: &Pace, now: Timestamp) -> Result<Result<(), Duration>, CacheError> {
        let key = of.to_string();
        let mut call = script::TAKE.call(&key);
        call.arg(now.millis()).arg(pace.free);
        for span in [pace.first, pace.longest, pace.memory] {
            call.arg(millis(span));
        }
        tries::taken(&self.one(&key, call).await?)
    }

    async fn give_back(&self, of: TriesKey) -> Result<(), CacheError> {
        let key = of.to_string();
        self.obeyed(vec![Call::on(&key, script::GIVE_BACK.call(&key))]).await
    }

    async fn forget(&self, of: TriesKey) -> Result<(), CacheError> {
        let key = of.to_string();
        self.obeyed(vec![Call::on(&key, cmd("UNLINK").arg(&key).to_owned())])
            .await
    }

    /// On a cluster every master must answer.
    async fn ping(&self) -> Result<(), CacheError> {
        let links = self.servers.links().await?;
        let pings = links
            .iter()
            .map(|link| link.answers(vec![Call::on("", cmd("PING"))], false));
        for answers in join_all(pings).await {
            answers?.into_iter().try_for_each(|answer| obeyed(Ok(answer)))?;
        }
        Ok(())
    }

    async fn examine(&self, clock: &Clock) -> Vec<Finding> {
        examine::servers(&self.servers, clock).await
    }
}

/// What most keys fit into, in bytes.
const KEY: usize = 64;

/// The values that a multi-get found, and the number of the reign they were read under.
type Found = (Vec<Value>, u64);

/// Each part of the keys with what was found under it.
fn parts<K>(
    keys: &[K],
    answers: Vec<Result<Answer, CacheError>>,
    most: usize,
) -> impl Iterator<Item = (&[K], Result<Found, CacheError>)> {
    keys.chunks(most).zip(answers).map(|(keys, answer)| {
        let found = answer.and_then(|Answer { value, reign }| Ok((values(value, keys.len())?, reign)));
        (keys, found)
    })
}

fn values(answer: Value, count: usize) -> Result<Vec<Value>, CacheError> {
    let Value::Array(values) = answer else {
        return Err(refused(&answer));
    };
    if values.len() != count {
        return Err(CacheError::Unavailable("the server answers something else".into()));
    }
    Ok(values)
}

/// Fails with the first reason if there is nothing but failures.
fn some(answers: Vec<Result<Answer, CacheError>>) -> Result<Vec<Result<Answer, CacheError>>, CacheError> {
    let is_said = |answer: &Result<Answer, CacheError>| matches!(answer, Ok(answer) if !matches!(answer.value, Value::ServerError(_)));
    if answers.iter().any(is_said) {
        return Ok(answers);
    }
    match answers.into_iter().next() {
        None => Ok(Vec::new()),
        Some(Ok(answer)) => Err(refused(&answer.value)),
        Some(Err(error)) => Err(error),
    }
}

/// The state of a tag after `SET NX` and `GET`. That it holds no text is told apart; any other refusal is a failure,
/// because a version that couldn't be put may not be taken for absent.
fn created(put: Result<Answer, CacheError>, got: Result<Answer, CacheError>) -> Result<TagState, CacheError> {
    let (Ok(put), Ok(got)) = (put, got) else {
        return Ok(TagState::Marked(Moment::NONE));
    };
    match got.value {
        Value::ServerError(error) if error.code() == "WRONGTYPE" => Ok(TagState::Foreign),
        Value::BulkString(bytes) => Ok(state_under(Some(&bytes), got.reign)),
        _ => {
            obeyed(Ok(put))?;
            obeyed(Ok(got))?;
            Ok(TagState::Absent)
        }
    }
}

fn bytes(value: Value) -> Option<Bytes> {
    match value {
        Value::BulkString(bytes) => Some(bytes.into()),
        _ => None,
    }
}

fn state_of(value: &Value, reign: u64) -> TagState {
    match value {
        Value::BulkString(bytes) => state_under(Some(bytes), reign),
        _ => state_under(None, reign),
    }
}

fn state_under(text: Option<&[u8]>, reign: u64) -> TagState {
    match state::parse(text) {
        TagState::Current(version, moment) => TagState::Current(version.mixed(reign), moment),
        other => other,
    }
}

fn obeyed(answer: Result<Answer, CacheError>) -> Result<(), CacheError> {
    match answer?.value {
        refusal @ Value::ServerError(_) => Err(refused(&refusal)),
        _ => Ok(()),
    }
}

fn refused(value: &Value) -> CacheError {
    CacheError::Unavailable(match value {
        Value::ServerError(error) => error.to_string(),
        _ => "the server answers something else".into(),
    })
}

fn set(key: &str, bytes: &[u8], ttl: Duration) -> Cmd {
    let mut command = cmd("SET");
    command.arg(key).arg(bytes).arg("PX").arg(millis(ttl));
    command
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1)
}
