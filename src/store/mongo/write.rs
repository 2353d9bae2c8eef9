//! A unit of work: one command where one will do, else one transaction.

use std::time::Duration;

use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use mongodb::{Client, ClientSession, Database};

use crate::model::Kind;
use crate::store::{StoreError, Write};

use super::error::{corrupt, write_error};
use super::step::{Failure, Step, steps};

/// How often a transaction is begun anew that others got in the way of.
const ATTEMPTS: u32 = 30;
/// How often the server is asked to commit before the outcome counts as unknown.
const COMMITS: u32 = 5;

/// Does all of it or nothing.
pub(super) async fn write(client: &Client, database: &Database, writes: Vec<Write>) -> Result<(), StoreError> {
    let steps = steps(writes)?;
    let done = match steps.as_slice() {
        [] => Ok(()),
        [only] if only.is_atomic() => only.run(database, None, false).await,
        [first, ..] => transact(client, database, &steps, first.kind()).await,
    };
    done.map_err(|failure| match failure {
        Failure::Command(kind, error) => write_error(&error, kind),
        Failure::Conflict(entity) => StoreError::Conflict(entity),
        Failure::OneOfSeveral => corrupt("a replacement was refused without a reason"),
    })
}

/// Begins anew when others got in the way, and one replacement at a time when one of several was refused.
async fn transact(client: &Client, database: &Database, steps: &[Step], kind: Kind) -> Result<(), Failure> {
    let mut singly = false;
    let mut attempt = 1;
    loop {
        let mut session = begin(client).await.map_err(|error| Failure::Command(kind, error))?;
        let done = match run_all(&mut session, database, steps, singly).await {
            Ok(()) => commit(&mut session)
                .await
                .map_err(|error| Failure::Command(kind, error)),
            failed => failed,
        };
        match done {
            Err(Failure::Command(_, error))
                if attempt < ATTEMPTS && error.contains_label(TRANSIENT_TRANSACTION_ERROR) =>
            {
                pause(attempt).await;
                attempt += 1;
            }
            Err(Failure::OneOfSeveral) if !singly => singly = true,
            done => return done,
        }
    }
}

async fn begin(client: &Client) -> Result<ClientSession, Error> {
    let mut session = client.start_session().await?;
    session
        .start_transaction()
        .read_concern(ReadConcern::snapshot())
        .await?;
    Ok(session)
}

async fn run_all(
    session: &mut ClientSession,
    database: &Database,
    steps: &[Step],
    singly: bool,
) -> Result<(), Failure> {
    for step in steps {
        if let Err(failure) = step.run(database, Some(session), singly).await {
            // A server that can't be told to abort does so by itself.
            let _ = session.abort_transaction().await;
            return Err(failure);
        }
    }
    Ok(())
}

/// A commit may be repeated: the server does it once.
async fn commit(session: &mut ClientSession) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match session.commit_transaction().await {
            Err(error) if attempt < COMMITS && error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => {
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
