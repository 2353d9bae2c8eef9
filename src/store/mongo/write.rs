//! A unit of work: one command where one will do, else one transaction. It has a bounded life: it waits for answers for
//! half of it and lets the server work for the other half, so that whatever was sent last is over when it ends.

use std::time::Duration;

use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use mongodb::{Client, ClientSession, Database};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use crate::model::Moment;
use crate::store::{StoreError, Write};

use super::error::{corrupt, refused, write_error};
use super::fence::Fence;
use super::step::{Failure, Step, steps};
use super::{alone, command, moment};

/// The server counts in milliseconds, and takes none for no limit.
const SHORTEST: Duration = Duration::from_millis(1);

/// What writes go by.
pub(super) struct Writer {
    client: Client,
    database: Database,
    fence: Fence,
    /// Who raises the epoch in a transaction: one at a time, they would only refuse each other.
    raising: Mutex<()>,
    /// Places for writes of one document. The server lets them wait for a transaction that has touched the document;
    /// were all connections waiting so, that transaction would find none to go on with.
    waiting: Semaphore,
}

impl Writer {
    /// A writer that has half of `connections` wait, at most, for what others are doing.
    pub(super) fn new(client: Client, database: Database, connections: u32) -> Writer {
        Writer {
            waiting: Semaphore::new((connections as usize / 2).max(1)),
            client,
            database,
            fence: Fence::default(),
            raising: Mutex::default(),
        }
    }

    /// Does all of it or nothing, and not later than `limit` after this begins.
    pub(super) async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        let steps = steps(writes)?;
        let share = limit / 2;
        let late = || StoreError::Unavailable(format!("MongoDB didn't take the write within {share:?}"));
        if steps.is_empty() {
            return Ok(Moment::NONE);
        }
        if share < SHORTEST {
            return Err(late());
        }
        let mut session = self.fence.session(&self.client).await?;
        let done = timeout(share, self.run(session.get(), &steps, share)).await;
        let done = done.map_or_else(|_| Err(late()), |done| done.map_err(explained));
        if matches!(done, Err(StoreError::Unavailable(_))) {
            return done.map(|()| Moment::NONE);
        }
        let moment = moment::of(&session.settled());
        done.map(|()| moment)
    }

    /// Returns once nothing can come any more of writes that were sent before, and what has come is durable.
    pub(super) async fn barrier(&self, limit: Duration) -> Result<Moment, StoreError> {
        self.fence.pass(&self.client, &self.database, limit).await
    }

    async fn run(&self, session: &mut ClientSession, steps: &[Step], share: Duration) -> Result<(), Failure> {
        match steps {
            [only] if only.is_atomic() => {
                let _place = self.waiting.acquire().await;
                alone::run(only, &self.database, session, share).await
            }
            steps => {
                let raises = matches!(steps, [Step::RaiseEpoch, ..]);
                let _turn = if raises { Some(self.raising.lock().await) } else { None };
                self.transact(session, steps, share).await
            }
        }
    }

    /// Begins anew when others got in the way, and one replacement at a time when one of several was refused.
    async fn transact(&self, session: &mut ClientSession, steps: &[Step], share: Duration) -> Result<(), Failure> {
        let failed = |error| Failure::Command(None, error);
        let mut singly = false;
        let mut attempt = 1;
        loop {
            begin(session, share).await.map_err(failed)?;
            let done = match self.run_all(session, steps, share, singly).await {
                Ok(()) => commit(session).await.map_err(failed),
                refused => refused,
            };
            match done {
                Err(Failure::Command(_, error)) if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => {
                    pause(attempt).await;
                    attempt += 1;
                }
                Err(Failure::OneOfSeveral) if !singly => singly = true,
                done => return done,
            }
        }
    }

    async fn run_all(
        &self,
        session: &mut ClientSession,
        steps: &[Step],
        share: Duration,
        singly: bool,
    ) -> Result<(), Failure> {
        for step in steps {
            if let Err(failure) = command::run(step, &self.database, session, share, singly).await {
                // A server that can't be told to abort does so by itself.
                let _ = session.abort_transaction().await;
                return Err(failure);
            }
        }
        Ok(())
    }
}

fn explained(failure: Failure) -> StoreError {
    match failure {
        Failure::Command(kind, error) => write_error(&error, kind),
        Failure::Refused(kind, code, message) => refused(code, &message, kind),
        Failure::Conflict(entity) => StoreError::Conflict(entity),
        Failure::OneOfSeveral => corrupt("a replacement was refused without a reason"),
    }
}

async fn begin(session: &mut ClientSession, share: Duration) -> Result<(), Error> {
    session
        .start_transaction()
        .read_concern(ReadConcern::snapshot())
        .max_commit_time(share)
        .await
}

/// A commit may be repeated: the server does it once.
async fn commit(session: &mut ClientSession) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match session.commit_transaction().await {
            Err(error) if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => {
                pause(attempt).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

/// Longer each time and never the same, so that those who collided don't collide again.
async fn pause(attempt: u32) {
    let bound = 2_u64.saturating_pow(attempt.min(6));
    tokio::time::sleep(Duration::from_millis(rand::random_range(1..=bound))).await;
}
