//! The connection to a Redis server: made when it is first needed, remade in the background with growing pauses.
//!
//! This is the circuit breaker of the cache. While there is no connection, calls fail at once; nobody waits for a
//! server that isn't there, and no call tries by itself whether it is back. An answer that comes too late breaks the
//! circuit too, so that a server that hangs costs one timeout and not one a call. The task that reconnects closes it
//! again, only once a server has answered all that a new connection asks.
//!
//! A connection knows the reign that it was made under (`Reign`) and is given up when that has ended.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, Pipeline, RedisError, RedisResult, ServerErrorKind,
    Value, cmd,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::call::{self, Answer, Call, Redirect, Said};
use super::reign::Reign;
use super::{script, tls};
use crate::cache::CacheError;

/// One connection that all callers share, and its successor when it breaks. Clones are the same link.
#[derive(Clone)]
pub(super) struct Link {
    shared: Arc<Shared>,
}

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For an answer; also how long the calls that come before the first connection may wait for it.
    pub command: Duration,
}

/// What a server said to each of some calls, in their order, and the number of the reign it was said under.
pub(super) struct Spoken {
    /// To each call.
    pub said: Vec<Said>,
    /// Under which reign.
    pub reign: u64,
}

struct Shared {
    client: Client,
    limits: Limits,
    state: watch::Sender<State>,
}

#[derive(Clone)]
enum State {
    /// Nobody has called yet.
    Idle,
    /// The first connection is being made; calls wait for it until then.
    Opening(Instant),
    /// Calls go here.
    Up(Up),
    /// Calls fail with this; a task is connecting.
    Down(String),
}

#[derive(Clone)]
struct Up {
    /// Tells one connection from its successor.
    number: u64,
    connection: MultiplexedConnection,
    reign: Arc<Reign>,
}

/// Why a pipeline failed, and whether the connection is of no further use.
struct Failure {
    reason: String,
    broken: bool,
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Link {
    /// A link to this server, not yet connected.
    pub fn new(server: ConnectionInfo, limits: Limits) -> RedisResult<Link> {
        let shared = Shared {
            client: Client::open(server)?,
            limits,
            state: watch::Sender::new(State::Idle),
        };
        Ok(Link {
            shared: Arc::new(shared),
        })
    }

    /// The host it leads to.
    pub fn host(&self) -> String {
        tls::address(self.shared.client.get_connection_info()).0
    }

    /// How the server is reached.
    pub fn server(&self) -> ConnectionInfo {
        self.shared.client.get_connection_info().clone()
    }

    /// How long it waits.
    pub fn limits(&self) -> Limits {
        self.shared.limits
    }

    /// The number of the reign that calls are answered under now; `None` without a connection.
    pub fn reign(&self) -> Option<u64> {
        match &*self.shared.state.borrow() {
            State::Up(up) => Some(up.reign.number()),
            _ => None,
        }
    }

    /// Whether both are the same link.
    pub fn is(&self, other: &Link) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Sends all of these at once, in pipelines of bounded size. `proven`: the answers count only if the server has
    /// been master, under the reign that the connection began with, until after it gave them.
    pub async fn send(&self, calls: Vec<Call>, proven: bool) -> Result<Spoken, CacheError> {
        let up = self.up().await?;
        let parts = call::split(calls);
        let sent = join_all(parts.into_iter().map(|part| up.send(part, proven))).await;
        let mut spoken = Spoken {
            said: Vec::new(),
            reign: up.reign.number(),
        };
        for part in sent {
            spoken.said.extend(part.map_err(|failure| self.judge(&up, failure))?);
        }
        if spoken.said.iter().any(is_demoted) {
            self.lose(up.number, "the server is no master any more");
        }
        Ok(spoken)
    }

    /// The same on a server of which nothing is elsewhere.
    pub async fn answers(&self, calls: Vec<Call>, proven: bool) -> Result<Vec<Answer>, CacheError> {
        let Spoken { said, reign } = self.send(calls, proven).await?;
        let answer = |said| match said {
            Said::Answer(value) => Ok(Answer { value, reign }),
            Said::Elsewhere(..) => Err(CacheError::Unavailable(
                "the server is a node of a cluster; address it as redis+cluster://".into(),
            )),
        };
        said.into_iter().map(answer).collect()
    }

    async fn up(&self) -> Result<Up, CacheError> {
        self.open();
        let mut states = self.shared.state.subscribe();
        loop {
            let state = states.borrow_and_update().clone();
            match state {
                State::Up(up) => return Ok(up),
                State::Down(reason) => return Err(CacheError::Unavailable(reason)),
                State::Idle => self.open(),
                State::Opening(until) => {
                    let late = |_| CacheError::Unavailable("still connecting".into());
                    // The sender lives as long as this link, so the inner result can't fail.
                    let _ = timeout_at(until, states.changed()).await.map_err(late)?;
                }
            }
        }
    }

    fn open(&self) {
        let until = Instant::now() + self.shared.limits.command;
        let first = self.shared.state.send_if_modified(|state| {
            let idle = matches!(state, State::Idle);
            if idle {
                *state = State::Opening(until);
            }
            idle
        });
        if first {
            tokio::spawn(Shared::reconnect(Arc::clone(&self.shared), 0));
        }
    }

    /// A failure as the caller learns of it, after looking whether the connection is of use any more.
    fn judge(&self, up: &Up, failure: Failure) -> CacheError {
        if failure.broken {
            self.lose(up.number, &failure.reason);
        }
        CacheError::Unavailable(failure.reason)
    }

    fn lose(&self, number: u64, reason: &str) {
        let first = self.shared.state.send_if_modified(|state| {
            let current = matches!(state, State::Up(up) if up.number == number);
            if current {
                *state = State::Down(reason.into());
            }
            current
        });
        if first {
            let server = self.shared.server();
            tracing::warn!(%server, reason, "the connection to Redis broke; reads go to the store meanwhile");
            tokio::spawn(Shared::reconnect(Arc::clone(&self.shared), number));
        }
    }
}

impl Up {
    async fn send(&self, mut calls: Vec<Call>, proven: bool) -> Result<Vec<Said>, Failure> {
        let pipeline = call::pipeline(&mut calls, proven);
        let all = self.exchange(&pipeline).await?;
        let values = call::values(&calls, all, proven.then_some(&*self.reign));
        let mut values = values.ok_or_else(|| Failure {
            reason: "the server's role has changed".into(),
            broken: true,
        })?;
        let is_unknown = |value| is_error(value, ServerErrorKind::NoScript);
        if values
            .iter()
            .any(|value| is_unknown(value) || redirect(value).is_some())
        {
            call::give_back(&mut calls, &pipeline);
        }
        if values.iter().any(is_unknown) {
            self.teach(&calls, &mut values).await?;
        }
        let said = calls
            .into_iter()
            .zip(values)
            .map(|(call, value)| match redirect(&value) {
                Some(to) => Said::Elsewhere(to, call),
                None => Said::Answer(value),
            });
        Ok(said.collect())
    }

    /// Sends scripts in full where the server has forgotten them since the connection was made.
    async fn teach(&self, calls: &[Call], values: &mut [Value]) -> Result<(), Failure> {
        let unknown = |value: &Value| is_error(value, ServerErrorKind::NoScript);
        let pairs = calls.iter().zip(values).filter(|(_, value)| unknown(value));
        let (mut again, places): (Vec<Call>, Vec<&mut Value>) = pairs
            .filter_map(|(call, value)| {
                let command = script::in_full(&call.command)?;
                Some((
                    Call {
                        command,
                        ..call.clone()
                    },
                    value,
                ))
            })
            .unzip();
        if again.is_empty() {
            return Ok(());
        }
        let all = self.exchange(&call::pipeline(&mut again, false)).await?;
        let taught = call::values(&again, all, None).unwrap_or_default();
        places.into_iter().zip(taught).for_each(|(place, value)| *place = value);
        Ok(())
    }

    async fn exchange(&self, pipeline: &Pipeline) -> Result<Vec<Value>, Failure> {
        let mut connection = self.connection.clone();
        let sent = connection.send_packed_commands(pipeline, 0, pipeline.len()).await;
        sent.map_err(|error| Failure {
            reason: error.to_string(),
            broken: broken(&error),
        })
    }
}

impl Shared {
    fn server(&self) -> &ConnectionAddr {
        self.client.get_connection_info().addr()
    }

    /// Tries until there is a connection that answers, or nobody holds the link any more.
    async fn reconnect(self: Arc<Shared>, broken: u64) {
        let link = Arc::downgrade(&self);
        let mut shared = Some(self);
        let mut pause = FIRST_PAUSE;
        while let Some(this) = shared.take().or_else(|| link.upgrade()) {
            match this.connect(broken + 1).await {
                Ok(up) => {
                    tracing::info!(server = %this.server(), "connected to Redis");
                    this.state.send_replace(State::Up(up));
                    return;
                }
                Err(reason) => this.report(&reason),
            }
            drop(this);
            sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A connection to a master that has its scripts and has said under which reign it is.
    async fn connect(&self, number: u64) -> Result<Up, String> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.limits.connect))
            .set_response_timeout(Some(self.limits.command));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connecting.await.map_err(|error| error.to_string())?;
        let mut setup = Pipeline::new();
        for command in script::load() {
            setup.add_command(command).ignore();
        }
        for section in ["server", "replication"] {
            setup.add_command(cmd("INFO").arg(section).to_owned());
        }
        let asked = setup.query_async(&mut connection).await;
        let (server, replication): (Value, Value) = asked.map_err(|error| error.to_string())?;
        Ok(Up {
            number,
            connection,
            reign: Arc::new(Reign::read(&server, &replication)?),
        })
    }

    fn report(&self, reason: &str) {
        let before = self.state.send_replace(State::Down(reason.into()));
        if matches!(before, State::Opening(_)) {
            let server = self.server();
            tracing::warn!(%server, reason, "Redis can't be used; reads go to the store meanwhile");
        }
    }
}

/// Whether the next call on this connection can't be expected to do better. A late answer counts: a server that is
/// stopped or cut off keeps its connections, and each further call would wait in vain.
fn broken(error: &RedisError) -> bool {
    error.is_io_error() || error.is_timeout() || error.is_unrecoverable_error()
}

fn is_demoted(said: &Said) -> bool {
    let of = |value| is_error(value, ServerErrorKind::ReadOnly) || is_error(value, ServerErrorKind::MasterDown);
    matches!(said, Said::Answer(value) if of(value))
}

fn is_error(value: &Value, kind: ServerErrorKind) -> bool {
    matches!(value, Value::ServerError(error) if error.kind() == Some(kind))
}

fn redirect(value: &Value) -> Option<Redirect> {
    match value {
        Value::ServerError(error) => Redirect::read(error),
        _ => None,
    }
}
