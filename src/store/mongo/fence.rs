//! The barrier behind writes whose outcome is unknown. Each went by a session of its own; a later write of the same
//! session makes the server refuse whatever of the former still comes, however long it lay somewhere.
//! On a sharded cluster this holds for the shard of `freshness` only; elsewhere the write's limit alone bounds it.

use std::time::Duration;

use futures_util::future::try_join_all;
use mongodb::{Client, ClientSession, Database};
use parking_lot::Mutex;

use crate::model::Moment;
use crate::store::StoreError;

use super::error::store_error;
use super::{epoch, moment};

/// The sessions of writes whose outcome is unknown.
#[derive(Default)]
pub(super) struct Fence {
    doubtful: Mutex<Vec<ClientSession>>,
    /// Held by the barrier that works on them: another must not take them for settled.
    turn: tokio::sync::Mutex<()>,
}

/// The most sessions that are kept; the limits of older writes have passed long since.
const MOST: usize = 1_000;

impl Fence {
    /// A session for one write, which counts as doubtful until it is known how it ended.
    pub(super) async fn session(&self, client: &Client) -> Result<Doubtful<'_>, StoreError> {
        let session = client.start_session().await.map_err(store_error)?;
        Ok(Doubtful {
            fence: self,
            session: Some(session),
        })
    }

    fn keep(&self, session: ClientSession) {
        let mut doubtful = self.doubtful.lock();
        if doubtful.len() >= MOST {
            doubtful.remove(0);
        }
        doubtful.push(session);
    }

    /// Returns once nothing can come any more of the writes that were kept, and what has come is durable.
    pub(super) async fn pass(
        &self,
        client: &Client,
        database: &Database,
        limit: Duration,
    ) -> Result<Moment, StoreError> {
        let _turn = self.turn.lock().await;
        let mut taken = Taken::from(self);
        let mut own = client.start_session().await.map_err(store_error)?;
        let sessions = taken.sessions.iter_mut().chain([&mut own]);
        let passed = sessions.map(|session| pass(database, session, limit));
        let moments = try_join_all(passed).await?;
        taken.sessions.clear();
        Ok(moments.into_iter().max().unwrap_or(Moment::NONE))
    }
}

/// The session of a write; left alone, also by a caller that goes away, it is kept for the barrier.
pub(super) struct Doubtful<'a> {
    fence: &'a Fence,
    session: Option<ClientSession>,
}

impl Doubtful<'_> {
    /// The session.
    pub(super) fn get(&mut self) -> &mut ClientSession {
        self.session.as_mut().expect("it is there until it is settled")
    }

    /// How the write ended is known.
    pub(super) fn settled(mut self) -> ClientSession {
        self.session.take().expect("it is there until now")
    }
}

impl Drop for Doubtful<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.fence.keep(session);
        }
    }
}

async fn pass(database: &Database, session: &mut ClientSession, limit: Duration) -> Result<Moment, StoreError> {
    // There may be none, or one that the server knows nothing of.
    let _ = session.abort_transaction().await;
    epoch::pass(database, session, limit).await?;
    Ok(moment::of(session))
}

/// Sessions that go back to where they were taken from unless all is done.
struct Taken<'a> {
    fence: &'a Fence,
    sessions: Vec<ClientSession>,
}

impl<'a> Taken<'a> {
    fn from(fence: &'a Fence) -> Taken<'a> {
        let sessions = std::mem::take(&mut *fence.doubtful.lock());
        Taken { fence, sessions }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.fence.doubtful.lock().append(&mut self.sessions);
    }
}
