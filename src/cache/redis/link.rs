//! The connection to a Redis server: made when it is first needed, remade in the background with growing pauses.
//! While there is none, calls fail at once; nobody waits for a server that isn't there.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError,
    RedisResult, ServerErrorKind,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use crate::cache::CacheError;

/// One connection that all callers share, and its successor when it breaks.
pub(super) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    config: AsyncConnectionConfig,
    /// How long the calls that come before the first connection may wait for it.
    patience: Duration,
    state: watch::Sender<State>,
}

#[derive(Clone)]
enum State {
    /// Nobody has called yet.
    Idle,
    /// The first connection is being made; calls wait for it until then.
    Opening(Instant),
    /// Calls go here. The number tells one connection from its successor.
    Up(u64, MultiplexedConnection),
    /// Calls fail with this; a task is connecting.
    Down(String),
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Link {
    /// A link to the server at `url`, not yet connected.
    pub fn new(url: &str, connect: Duration, command: Duration) -> RedisResult<Link> {
        let settings = TcpSettings::default().set_nodelay(true);
        let client = Client::open(url.into_connection_info()?.set_tcp_settings(settings))?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect))
            .set_response_timeout(Some(command));
        let shared = Shared {
            client,
            config,
            patience: command,
            state: watch::Sender::new(State::Idle),
        };
        Ok(Link {
            shared: Arc::new(shared),
        })
    }

    /// Sends one command.
    pub async fn command<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CacheError> {
        let (number, mut connection) = self.connection().await?;
        self.judge(number, command.query_async(&mut connection).await)
    }

    /// Sends several commands at once.
    pub async fn pipeline<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, CacheError> {
        let (number, mut connection) = self.connection().await?;
        self.judge(number, commands.query_async(&mut connection).await)
    }

    async fn connection(&self) -> Result<(u64, MultiplexedConnection), CacheError> {
        self.open();
        let mut states = self.shared.state.subscribe();
        loop {
            let state = states.borrow_and_update().clone();
            match state {
                State::Up(number, connection) => return Ok((number, connection)),
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
        let until = Instant::now() + self.shared.patience;
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

    /// Gives a call's result back, after looking whether it says that the connection is of no use any more.
    fn judge<T>(&self, number: u64, done: RedisResult<T>) -> Result<T, CacheError> {
        done.map_err(|error| {
            let reason = error.to_string();
            if broken(&error) {
                self.lose(number, &reason);
            }
            CacheError::Unavailable(reason)
        })
    }

    fn lose(&self, number: u64, reason: &str) {
        let first = self.shared.state.send_if_modified(|state| {
            let current = matches!(state, State::Up(up, _) if *up == number);
            if current {
                *state = State::Down(reason.into());
            }
            current
        });
        if first {
            tracing::warn!(reason, "the connection to Redis broke; reads go to the store meanwhile");
            tokio::spawn(Shared::reconnect(Arc::clone(&self.shared), number));
        }
    }
}

impl Shared {
    /// Tries until there is a connection that answers, or nobody holds the link any more.
    async fn reconnect(self: Arc<Shared>, broken: u64) {
        let link = Arc::downgrade(&self);
        let mut shared = Some(self);
        let mut pause = FIRST_PAUSE;
        while let Some(this) = shared.take().or_else(|| link.upgrade()) {
            match this.connect().await {
                Ok(connection) => {
                    tracing::info!(server = %this.client.get_connection_info().addr(), "connected to Redis");
                    this.state.send_replace(State::Up(broken + 1, connection));
                    return;
                }
                Err(error) => this.report(&error),
            }
            drop(this);
            sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let connecting = self.client.get_multiplexed_async_connection_with_config(&self.config);
        let mut connection = connecting.await?;
        redis::cmd("PING").exec_async(&mut connection).await?;
        Ok(connection)
    }

    fn report(&self, error: &RedisError) {
        let reason = error.to_string();
        let before = self.state.send_replace(State::Down(reason.clone()));
        if matches!(before, State::Opening(_)) {
            tracing::warn!(reason, "Redis can't be reached; reads go to the store meanwhile");
        }
    }
}

/// Whether the next call on this connection can't be expected to do better. A late answer counts: a server that is
/// stopped or cut off keeps its connections, and each further call would wait in vain.
fn broken(error: &RedisError) -> bool {
    let role = matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly));
    error.is_io_error() || error.is_timeout() || error.is_unrecoverable_error() || role
}
