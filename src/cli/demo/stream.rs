//! The way of demo documents into the store: many at a time, the next being made while the last are written.

use tokio::task::JoinHandle;

use crate::cli::progress::Progress;
use crate::model::{AnyEntity, Change};
use crate::store::{Store, StoreError};

/// Takes documents and writes them a thousand at a time.
pub struct Stream<'a> {
    store: &'a Store,
    progress: &'a Progress,
    total: u64,
    done: u64,
    changes: Vec<Change>,
    running: Option<JoinHandle<Result<(), StoreError>>>,
}

/// How many documents are one unit of work. The demo of a fresh server fits into one: it is there or it isn't.
const CHUNK: usize = 1_000;

impl<'a> Stream<'a> {
    /// A stream into this store, which tells how far of `total` it is.
    pub fn new(store: &'a Store, progress: &'a Progress, total: u64) -> Stream<'a> {
        Stream {
            store,
            progress,
            total,
            done: 0,
            changes: Vec::with_capacity(CHUNK),
            running: None,
        }
    }

    /// A document that counts as progress.
    pub async fn insert(&mut self, entity: impl Into<AnyEntity>) -> Result<(), StoreError> {
        self.done += 1;
        self.attach(entity).await
    }

    /// A document that hangs on one that counts.
    pub async fn attach(&mut self, entity: impl Into<AnyEntity>) -> Result<(), StoreError> {
        self.changes.push(Change::Insert(entity.into()));
        if self.changes.len() == CHUNK {
            self.flush().await?;
        }
        Ok(())
    }

    /// Writes what is left and waits until all of it is written.
    pub async fn finish(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        self.settled().await
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        self.settled().await?;
        let (store, changes) = (self.store.clone(), std::mem::take(&mut self.changes));
        self.running = Some(tokio::spawn(async move { store.write(changes).await }));
        self.progress.step("documents", self.done, self.total);
        Ok(())
    }

    async fn settled(&mut self) -> Result<(), StoreError> {
        let Some(running) = self.running.take() else {
            return Ok(());
        };
        let broke_off = |error| Err(StoreError::Unavailable(format!("the write broke off: {error}")));
        running.await.unwrap_or_else(broke_off)
    }
}
