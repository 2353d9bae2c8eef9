//! Follows what others write to the same data, and renews the tags of it: a task that each process runs, and one of
//! them does the work at a time. Our own writes are seen as well, and passed over: their tags are as new already.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::cache::Cache;
use crate::metrics::Metrics;
use crate::model::{Clock, Id};
use crate::store::feed::{Feed, Place, Seen};
use crate::store::{StoreBackend, StoreError};

use super::Purging;
use super::renewal::Renewal;

/// The task of this process. Dropped, it ends at once, and another process takes over when the lease has run out.
pub struct Follower {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// How long the right to follow lasts unless it is prolonged.
const LEASE: Duration = Duration::from_secs(4);
/// Between two prolongations, and between two attempts to get it.
const BEAT: Duration = Duration::from_secs(1);
/// The most changes that are taken together.
const BATCH: usize = 100;

impl Follower {
    /// Starts the task; it does nothing for a store that has no feed.
    pub fn spawn(
        store: Arc<dyn StoreBackend>,
        cache: Cache,
        clock: &Clock,
        metrics: Metrics,
        purging: Option<Purging>,
    ) -> Follower {
        let (stop, stopped) = watch::channel(false);
        let following = Following {
            renewal: Renewal::new(store.clone(), cache, clock.clone(), metrics.clone()).purging(purging),
            holder: Id::generate(clock.now()),
            place: Mutex::new(None),
            metrics,
        };
        Follower {
            stop,
            task: tokio::spawn(following.run(store, stopped)),
        }
    }

    /// Ends the task and gives the right to follow back, so that another process takes over at once.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = timeout(BEAT, &mut self.task).await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Following {
    renewal: Renewal,
    holder: Id,
    /// How far it has got; `None`: nobody knows.
    place: Mutex<Option<Place>>,
    metrics: Metrics,
}

impl Following {
    async fn run(self, store: Arc<dyn StoreBackend>, mut stopped: watch::Receiver<bool>) {
        let Some(feed) = open(store).await else { return };
        tokio::select! {
            () = self.take_turns(feed.as_ref()) => {}
            () = told(&mut stopped) => {
                let _ = feed.release(self.holder).await;
            }
        }
        self.metrics.following(false);
    }

    async fn take_turns(&self, feed: &dyn Feed) {
        loop {
            match feed.hold(self.holder, LEASE, None).await {
                Ok(Some(held)) => {
                    *self.place.lock() = held.place;
                    self.follow(feed).await;
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "the right to follow what others write can't be asked for"),
            }
            sleep(BEAT).await;
        }
    }

    /// Works until the right is lost.
    async fn follow(&self, feed: &dyn Feed) {
        tracing::info!("following what others write to the database");
        self.metrics.following(true);
        tokio::select! {
            () = self.keep(feed) => {}
            () = self.work(feed) => {}
        }
        self.metrics.following(false);
        tracing::info!("another process follows what others write to the database");
    }

    /// Prolongs the right, and notes how far the work has got; returns when the right is lost.
    async fn keep(&self, feed: &dyn Feed) {
        let mut held = Instant::now();
        while held.elapsed() < LEASE {
            sleep(BEAT).await;
            let (start, place) = (Instant::now(), self.place.lock().clone());
            match timeout(BEAT, feed.hold(self.holder, LEASE, place)).await {
                Ok(Ok(Some(_))) => held = start,
                Ok(Ok(None)) => return,
                Ok(Err(error)) => tracing::warn!(%error, "the right to follow what others write can't be prolonged"),
                Err(_) => tracing::warn!("the right to follow what others write was not prolonged in time"),
            }
        }
    }

    /// Goes on from the place it has got to. Where there is none, anything may have changed before the feed begins:
    /// then the epoch goes up, once it has begun.
    async fn work(&self, feed: &dyn Feed) {
        loop {
            let from = self.place.lock().clone();
            let is_new = from.is_none();
            match feed.watch(from).await {
                Ok(changes) => {
                    if is_new {
                        self.renewal.all("the feed begins").await;
                    }
                    let mut batches = changes.ready_chunks(BATCH);
                    while let Some(batch) = batches.next().await {
                        if let Err(error) = self.take(batch).await {
                            tracing::warn!(%error, "what others write can't be followed; trying again");
                            break;
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "what others write can't be followed; trying again"),
            }
            sleep(BEAT).await;
        }
    }

    /// Renews what a few changes concern; only then they count as seen. A place that is lost is forgotten.
    async fn take(&self, batch: Vec<Result<Seen, StoreError>>) -> Result<(), StoreError> {
        let mut seen = Vec::with_capacity(batch.len());
        let mut failed = Ok(());
        for one in batch {
            match one {
                Ok(one) => seen.push(one),
                Err(error) => failed = Err(error),
            }
        }
        let Some(last) = seen.last() else { return failed };
        let place = Some(last.place.clone()).filter(|place| !place.is_empty());
        self.renewal.take(seen).await;
        *self.place.lock() = place;
        failed
    }
}

/// Returns when the task is told to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The feed, as soon as the store tells whether it has one.
async fn open(store: Arc<dyn StoreBackend>) -> Option<Arc<dyn Feed>> {
    loop {
        match store.feed().await {
            Ok(feed) => return feed,
            Err(error) => tracing::warn!(%error, "what others write can't be followed yet"),
        }
        sleep(BEAT).await;
    }
}
