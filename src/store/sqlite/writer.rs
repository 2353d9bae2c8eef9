//! The one writer: a thread with the writing connection. It commits whatever waits together, so that many small
//! writes share one wait for the disk; each is all or nothing by itself and is answered after the commit.

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

use super::error::failed;
use super::lock::DirectoryLock;

/// The most units of work in one commit.
const MAX_BATCH: usize = 64;
/// The most units of work that wait in line; more wait to get into it.
const QUEUE: usize = 256;

/// A unit of work: does it, returns what answers once the commit is through or not.
type Job = Box<dyn FnOnce(&Connection) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>)>;

enum Message {
    Job(Job),
    Close(oneshot::Sender<()>),
}

/// The way to the writing thread.
pub struct Writer {
    messages: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the thread; it holds the lock on the directory for as long as the connection is open.
    pub fn start(connection: Connection, lock: DirectoryLock) -> std::io::Result<Writer> {
        let (messages, waiting) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || work(connection, lock, waiting))?;
        Ok(Writer { messages })
    }

    /// Does a unit of work durably, or nothing of it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let done = within_savepoint(connection, work);
            Box::new(move |committed| drop(tell.send(committed.and(done))))
        });
        self.messages.send(Message::Job(job)).await.map_err(|_| closed())?;
        told.await
            .unwrap_or_else(|_| Err(unavailable("the writer gave up before this unit of work")))
    }

    /// Whether the thread takes work.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.messages.is_closed() {
            Err(closed())
        } else {
            Ok(())
        }
    }

    /// Finishes what waits, writes the log back into the file and closes it.
    pub async fn close(&self) {
        let (tell, told) = oneshot::channel();
        if self.messages.send(Message::Close(tell)).await.is_ok() {
            let _ = told.await;
        }
    }
}

/// What a call to a closed store is told.
pub fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

fn work(mut connection: Connection, lock: DirectoryLock, mut waiting: mpsc::Receiver<Message>) {
    let mut closing = None;
    while closing.is_none()
        && let Some(first) = waiting.blocking_recv()
    {
        let mut jobs = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Job(job) => jobs.push(job),
                Message::Close(tell) => closing = Some(tell),
            }
            if closing.is_none() && jobs.len() < MAX_BATCH {
                next = waiting.try_recv().ok();
            }
        }
        commit(&mut connection, jobs);
    }
    drop(waiting);
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(%error, "the log of the database was not written back; the next start does it");
    }
    drop((connection, lock));
    if let Some(tell) = closing {
        let _ = tell.send(());
    }
}

/// Does all jobs in one transaction. Where the engine has rolled back everything (disk full, I/O error), nobody's
/// work has happened and everybody is told so.
fn commit(connection: &mut Connection, jobs: Vec<Job>) {
    let mut answers = Vec::with_capacity(jobs.len());
    let done = (|| {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(unavailable)?;
        for job in jobs {
            answers.push(job(&transaction));
            if transaction.is_autocommit() {
                return Err(unavailable("the engine has rolled the transaction back"));
            }
        }
        transaction.commit().map_err(unavailable)
    })();
    for answer in answers {
        answer(done.clone());
    }
}

fn unavailable(why: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(why.to_string())
}

fn within_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql: &str| connection.prepare_cached(sql)?.execute([]).map(drop);
    run("SAVEPOINT unit").map_err(failed)?;
    let done = work(connection);
    if done.is_err() && !connection.is_autocommit() {
        run("ROLLBACK TO unit").map_err(failed)?;
    }
    if !connection.is_autocommit() {
        run("RELEASE unit").map_err(failed)?;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::super::error::failed;
    use super::*;

    const ADD: &str = "INSERT INTO counters (name, value) VALUES (?1, 1)";

    /// A writer on a new file that can't grow beyond `pages`.
    fn writer(directory: &tempfile::TempDir, pages: u32) -> Writer {
        let path = directory.path().join("kanvaro.db");
        let lock = DirectoryLock::take(&path).unwrap();
        let connection = super::super::schema::open(&path).unwrap();
        connection.pragma_update(None, "max_page_count", pages).unwrap();
        Writer::start(connection, lock).unwrap()
    }

    async fn add(writer: &Writer, name: String) -> Result<(), StoreError> {
        writer
            .run(move |connection| connection.execute(ADD, [name]).map(drop).map_err(failed))
            .await
    }

    async fn count(writer: &Writer) -> i64 {
        let all = "SELECT count(*) FROM counters";
        writer
            .run(|connection| connection.query_row(all, [], |row| row.get(0)).map_err(failed))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_unavailable_and_the_next_unit_of_work_goes_on() {
        let directory = tempfile::TempDir::new().unwrap();
        let writer = writer(&directory, 40);
        add(&writer, "before".into()).await.unwrap();
        let full = add(&writer, "x".repeat(1 << 20)).await;
        assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
        add(&writer, "after".into()).await.unwrap();
        assert_eq!(count(&writer).await, 2);
        writer.close().await;
    }

    #[tokio::test]
    async fn units_of_work_that_wait_together_fail_alone() {
        let directory = tempfile::TempDir::new().unwrap();
        let writer = writer(&directory, 1_000);
        let names = (0..200).map(|unit| add(&writer, format!("{}", unit % 150)));
        let done = futures_util::future::join_all(names).await;
        let refused = done.iter().filter(|done| done.is_err()).count();
        assert_eq!(refused, 50, "each name once");
        assert_eq!(count(&writer).await, 150);
        writer.close().await;
    }

    #[tokio::test]
    async fn what_waits_is_done_before_the_close_and_nothing_after() {
        let directory = tempfile::TempDir::new().unwrap();
        let writer = writer(&directory, 1_000);
        let (added, ()) = tokio::join!(add(&writer, "last".into()), writer.close());
        added.unwrap();
        let late = add(&writer, "late".into()).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    }
}
