//! A unit of work: one command where one will do, else one transaction. It has a bounded life: it waits for answers for
//! half of it and lets the server work for the other half, so that whatever was sent last is over when it ends.

use std::time::Duration;

use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use mongodb::{Client, ClientSession, Database};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::model::Moment;
use crate::store::{StoreError, Write};

use super::error::{corrupt, refused, write_error};
use super::step::{Failure, Step, steps};
use super::{alone, command, moment};

/// What writes go by.
pub(super) struct Writer {
    client: Client,
    database: Database,
    /// Who raises the epoch in a transaction: one at a time, they would only refuse each other.
    raising: Mutex<()>,
}

impl Writer {
    pub(super) fn new(client: Client, database: Database) -> Writer {
        Writer {
            client,
            database,
            raising: Mutex::default(),
        }
    }

    /// Does all of it or nothing, and not later than `limit` after this begins.
    pub(super) async fn write(&self, writes: Vec<Write>, limit: Duration) -> Result<Moment, StoreError> {
        let steps = steps(writes)?;
        let share = limit / 2;
        let late = |_| StoreError::Unavailable(format!("MongoDB didn't take the write within {share:?}"));
        timeout(share, self.run(&steps, share)).await.map_err(late)?
    }

    async fn run(&self, steps: &[Step], share: Duration) -> Result<Moment, StoreError> {
        let done = match steps {
            [] => Ok(Moment::NONE),
            [only] if only.is_atomic() => self.alone(only, share).await,
            [first, ..] => {
                let raises = matches!(first, Step::RaiseEpoch);
                let _turn = if raises { Some(self.raising.lock().await) } else { None };
                self.transact(steps, share).await
            }
        };
        done.map_err(|failure| match failure {
            Failure::Command(kind, error) => write_error(&error, kind),
            Failure::Refused(kind, code, message) => refused(code, &message, kind),
            Failure::Conflict(entity) => StoreError::Conflict(entity),
            Failure::OneOfSeveral => corrupt("a replacement was refused without a reason"),
        })
    }

    async fn alone(&self, step: &Step, share: Duration) -> Result<Moment, Failure> {
        let failed = |error| Failure::Command(step.kind(), error);
        let mut session = self.client.start_session().await.map_err(failed)?;
        alone::run(step, &self.database, &mut session, share).await?;
        Ok(moment::of(&session))
    }

    /// Begins anew when others got in the way, and one replacement at a time when one of several was refused.
    async fn transact(&self, steps: &[Step], share: Duration) -> Result<Moment, Failure> {
        let failed = |error| Failure::Command(None, error);
        let mut singly = false;
        let mut attempt = 1;
        loop {
            let mut session = begin(&self.client, share).await.map_err(failed)?;
            let done = match self.run_all(&mut session, steps, share, singly).await {
                Ok(()) => commit(&mut session).await.map_err(failed),
                refused => refused,
            };
            match done {
                Ok(()) => return Ok(moment::of(&session)),
                Err(Failure::Command(_, error)) if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => {
                    pause(attempt).await;
                    attempt += 1;
                }
                Err(Failure::OneOfSeveral) if !singly => singly = true,
                Err(failure) => return Err(failure),
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

async fn begin(client: &Client, share: Duration) -> Result<ClientSession, Error> {
    let mut session = client.start_session().await?;
    session
        .start_transaction()
        .read_concern(ReadConcern::snapshot())
        .max_commit_time(share)
        .await?;
    Ok(session)
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
