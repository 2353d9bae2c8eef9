//! Has the server tell of every change of a version, on a connection of its own (RESP3, `CLIENT TRACKING … BCAST`), and
//! lets `Tracked` know: of the changes, and for how long it is certain that none was missed.
//!
//! The server tells before it answers what is asked on that connection later, so each answered question proves all
//! changes until it was asked. The question is which reign this is: a server that was demoted tells of changes late or
//! never, and one that isn't the server that versions are read from tells of others.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Pipeline, ProtocolVersion, PushInfo, PushKind, Value, cmd};
use tokio::time::sleep;

use super::call::Call;
use super::link::Link;
use super::reign::Reign;
use crate::cache::{CacheError, Lease, Tracked};

/// The connection's keeper.
pub(super) struct Tracking {
    client: Client,
    link: Link,
    tracked: Weak<Tracked>,
}

/// A connection that tells.
struct Told {
    connection: MultiplexedConnection,
    reign: Reign,
    is_over: Arc<AtomicBool>,
}

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(200);
/// For how long a proof counts; also what a state may be too old at most.
const TERM: Duration = Lease::TERM;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Tracking {
    /// Tracks what is read through this link, not yet connected.
    pub fn new(link: Link, tracked: &Arc<Tracked>) -> Result<Tracking, CacheError> {
        let server = link.server();
        let settings = server.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(server.set_redis_settings(settings));
        Ok(Tracking {
            client: client.map_err(|error| CacheError::Misconfigured(error.to_string()))?,
            link,
            tracked: Arc::downgrade(tracked),
        })
    }

    /// Keeps a connection for as long as somebody holds what it is for.
    pub async fn run(self) {
        let mut pause = FIRST_PAUSE;
        while self.tracked.strong_count() > 0 {
            match self.connect().await {
                Ok(told) => {
                    pause = FIRST_PAUSE;
                    let reason = self.follow(&told).await;
                    told.is_over.store(true, Ordering::SeqCst);
                    self.end(&reason);
                }
                Err(reason) => tracing::debug!(reason, "Redis doesn't tell of changes yet"),
            }
            sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A connection that tells of changes, once there is one too that versions can be read from.
    async fn connect(&self) -> Result<Told, String> {
        // Who asks for nothing learns nowhere else that the link is broken.
        let ping = Call::on("", cmd("PING"));
        let answers = self.link.answers(vec![ping], true).await;
        answers.map_err(|error| error.to_string())?;
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, tracked) = (Arc::clone(&is_over), Weak::clone(&self.tracked));
        let limits = self.link.limits();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(limits.connect))
            .set_response_timeout(Some(limits.command.min(TERM / 2)))
            .set_push_sender(move |push| {
                if let Some(tracked) = tracked.upgrade() {
                    tell(&tracked, &push, &over);
                }
                Ok::<(), redis::aio::SendError>(())
            });
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connecting.await.map_err(|error| error.to_string())?;
        let mut setup = Pipeline::new();
        setup.cmd("CLIENT").arg("TRACKING").arg("ON");
        setup.arg("BCAST").arg("PREFIX").arg(Tracked::PREFIX).ignore();
        for section in ["server", "replication"] {
            setup.add_command(cmd("INFO").arg(section).to_owned());
        }
        let asked = setup.query_async(&mut connection).await;
        let (server, replication): (Value, Value) = asked.map_err(|error| error.to_string())?;
        Ok(Told {
            connection,
            reign: Reign::read(&server, &replication)?,
            is_over,
        })
    }

    /// Asks again and again, until it is no longer certain that every change is told; gives the reason.
    async fn follow(&self, told: &Told) -> String {
        let mut has_begun = false;
        loop {
            let since = Instant::now();
            let asked = told.still_reigns().await;
            let Some(tracked) = self.tracked.upgrade() else {
                return "nobody is interested".into();
            };
            match asked {
                Ok(true) => {}
                Ok(false) => return "the server's role has changed".into(),
                Err(error) => return error.to_string(),
            }
            match self.link.reign() {
                Some(reign) if reign != told.reign.number() => return "another server has taken over".into(),
                Some(_) if !has_begun => {
                    tracked.begin(since + TERM);
                    has_begun = true;
                    tracing::info!("Redis tells of changes: versions are kept in the process");
                }
                Some(_) => {
                    tracked.trust(since + TERM);
                    if !tracked.is_trusted() {
                        return "the connection broke".into();
                    }
                }
                None if has_begun => return "the connection that versions are read from broke".into(),
                None => {}
            }
            drop(tracked);
            sleep(PAUSE).await;
        }
    }

    fn end(&self, reason: &str) {
        if let Some(tracked) = self.tracked.upgrade() {
            tracked.end();
            tracing::warn!(
                reason,
                "Redis doesn't tell of changes any more; versions are asked for meanwhile"
            );
        }
    }
}

impl Told {
    async fn still_reigns(&self) -> redis::RedisResult<bool> {
        let mut connection = self.connection.clone();
        let replication: Value = cmd("INFO").arg("replication").query_async(&mut connection).await?;
        Ok(self.reign.lasts(&replication))
    }
}

/// What the server says of itself; called in the order in which it arrives, answers included.
fn tell(tracked: &Tracked, push: &PushInfo, is_over: &AtomicBool) {
    match (&push.kind, push.data.first()) {
        (PushKind::Invalidate, Some(Value::Array(keys))) => keys.iter().for_each(|key| forget(tracked, key)),
        // All that the server had is gone.
        (PushKind::Invalidate, _) => tracked.forget_all(),
        // The end of a connection that has been given up says nothing about its successor.
        (PushKind::Disconnection, _) if !is_over.swap(true, Ordering::SeqCst) => tracked.end(),
        _ => {}
    }
}

fn forget(tracked: &Tracked, key: &Value) {
    match key {
        // What isn't text is none of ours.
        Value::BulkString(bytes) => std::str::from_utf8(bytes)
            .into_iter()
            .for_each(|key| tracked.forget_text(key)),
        Value::SimpleString(key) => tracked.forget_text(key),
        _ => tracked.forget_all(),
    }
}
