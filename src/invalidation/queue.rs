//! Works on the queue of purges: a task that each process runs where there is a CDN, and one of them does the work at a
//! time. An entry leaves the queue only once the CDN has taken its order over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::media::cdn::{Cdn, CdnError};
use crate::metrics::Metrics;
use crate::model::{Clock, Id, PurgeItem};
use crate::store::StoreError;
use crate::store::purges::{Backlog, PurgeQueue};

use super::Purging;
use super::batch::Batch;

/// The task of this process. Dropped, it ends at once, and another process takes over when the lease has run out.
pub struct Purger {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Between two looks at the queue: what comes in between goes out together.
const GATHER: Duration = Duration::from_secs(2);
/// How long the right to work on the queue lasts unless it is prolonged, which every look does.
const LEASE: Duration = Duration::from_secs(15);
/// Most entries of one look.
const LIMIT: u32 = 1_000;
/// How long an answer of the CDN is waited for.
const PATIENCE: Duration = Duration::from_secs(12);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// For how long an entry that the CDN refuses is put aside, so that the others go on.
const ASIDE: Duration = Duration::from_secs(600);
/// When what waits is told in the log, and how often.
const LAG: Duration = Duration::from_secs(60);
/// An order of which nobody has heard for so long is done.
const FORGOTTEN: Duration = Duration::from_secs(3_600);
/// How long stopping may take.
const LAST: Duration = Duration::from_secs(1);

impl Purger {
    /// Starts the task.
    pub fn spawn(queue: Arc<dyn PurgeQueue>, cdn: Cdn, purging: Purging, clock: &Clock, metrics: Metrics) -> Purger {
        let (stop, stopped) = watch::channel(false);
        let working = Working {
            queue,
            cdn,
            purging,
            metrics,
            holder: Id::generate(clock.now()),
            clock: clock.clone(),
            flying: Mutex::default(),
            warned: Mutex::default(),
        };
        Purger {
            stop,
            task: tokio::spawn(working.run(stopped)),
        }
    }

    /// Ends the task and gives the right to work back, so that another process takes over at once.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let _ = timeout(LAST, &mut self.task).await;
    }
}

impl Drop for Purger {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Working {
    queue: Arc<dyn PurgeQueue>,
    cdn: Cdn,
    purging: Purging,
    metrics: Metrics,
    holder: Id,
    clock: Clock,
    /// Orders that may not have been carried out everywhere yet, the oldest first.
    flying: Mutex<Vec<Flying>>,
    /// When the log was told last that something waits for long.
    warned: Mutex<Option<Instant>>,
}

/// An order on its way.
struct Flying {
    order: String,
    size: (usize, usize),
    since: Instant,
}

/// Why a look at the queue ended before the queue was empty.
#[derive(Debug, thiserror::Error)]
enum Halt {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Cdn(#[from] CdnError),
    #[error("as much is on its way as the CDN takes at a time")]
    Full,
}

/// What became of a batch.
enum Sent {
    Taken,
    /// The CDN won't ever take it as it is.
    Refused(String),
}

impl Working {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        tokio::select! {
            () = self.take_turns() => {}
            () = told(&mut stopped) => {
                let _ = self.release().await;
                let _ = self.queue.release(self.holder).await;
            }
        }
    }

    async fn take_turns(&self) {
        let mut failures = 0;
        loop {
            sleep(pause(failures)).await;
            failures = match self.turn().await {
                // Where it has enough to do the CDN is well.
                Ok(()) | Err(Halt::Full) => 0,
                Err(error) => {
                    tracing::warn!(%error, failures, "what a CDN is to forget stays in the queue; trying again");
                    failures + 1
                }
            };
            self.measure().await;
        }
    }

    /// Lets go of what was released, and sends what need not wait, unless another process does.
    async fn turn(&self) -> Result<(), Halt> {
        self.release().await?;
        let mut singly: usize = 0;
        loop {
            let Some(waiting) = self.queue.claim(self.holder, LEASE, LIMIT).await? else {
                return Ok(());
            };
            let Some(batch) = Batch::next(&waiting, singly > 0) else {
                return Ok(());
            };
            singly = match self.send(&batch).await? {
                Sent::Taken => singly.saturating_sub(1),
                Sent::Refused(why) if batch.entries.len() == 1 => {
                    self.put_aside(&batch, &why).await?;
                    singly.saturating_sub(1)
                }
                // Of several one may be the reason: each goes alone, and the others get through.
                Sent::Refused(_) => batch.entries.len(),
            };
        }
    }

    /// Tells the queue which entries need no longer be held.
    async fn release(&self) -> Result<(), StoreError> {
        let released = self.purging.take_released();
        if released.is_empty() {
            return Ok(());
        }
        // Where it fails they go out when their time is over.
        self.queue.hold(&released, Duration::ZERO).await
    }

    async fn send(&self, batch: &Batch) -> Result<Sent, Halt> {
        self.make_room(batch.size()).await?;
        if !batch.is_sealed {
            self.queue.seal(&batch.entries, Id::generate(self.clock.now())).await?;
        }
        let reference = batch.reference();
        let told = timeout(PATIENCE, self.cdn.invalidate(&batch.items, &reference));
        let late = |_| CdnError::Unavailable(format!("no answer within {PATIENCE:?}"));
        let order = match told.await.map_err(late).and_then(|told| told) {
            Ok(order) => order,
            Err(CdnError::Refused(why)) => return Ok(Sent::Refused(why)),
            Err(error) => return Err(error.into()),
        };
        let (entries, items) = (batch.entries.len(), batch.items.len());
        tracing::info!(order, entries, items, "the CDN forgets what was written anew");
        self.flying.lock().push(Flying {
            order,
            size: batch.size(),
            since: Instant::now(),
        });
        self.queue.remove(&batch.entries).await?;
        Ok(Sent::Taken)
    }

    /// Waits for nothing: where too much is on its way and nothing of it is done, there is no room.
    async fn make_room(&self, size: (usize, usize)) -> Result<(), Halt> {
        while !self.has_room(size) {
            let oldest = self
                .flying
                .lock()
                .first()
                .map(|flying| (flying.order.clone(), flying.since));
            let Some((order, since)) = oldest else { return Ok(()) };
            if since.elapsed() < FORGOTTEN && !self.cdn.is_done(&order).await? {
                return Err(Halt::Full);
            }
            self.flying.lock().retain(|flying| flying.order != order);
        }
        Ok(())
    }

    fn has_room(&self, (paths, wildcards): (usize, usize)) -> bool {
        let flying = self.flying.lock();
        let sum = |part: fn(&Flying) -> usize| flying.iter().map(part).sum::<usize>();
        paths + sum(|flying| flying.size.0) <= Cdn::MOST_PATHS
            && wildcards + sum(|flying| flying.size.1) <= Cdn::MOST_WILDCARDS
    }

    async fn put_aside(&self, batch: &Batch, why: &str) -> Result<(), StoreError> {
        let items: Vec<&str> = batch.items.iter().take(5).map(PurgeItem::as_str).collect();
        tracing::error!(?items, why, "the CDN won't forget this; it is tried again in {ASIDE:?}");
        self.queue.hold(&batch.entries, ASIDE).await
    }

    async fn measure(&self) {
        match self.queue.backlog().await {
            Ok(backlog) => {
                self.metrics.cdn_waits(backlog.entries, backlog.age);
                if backlog.age > LAG {
                    self.warn(&backlog);
                }
            }
            Err(error) => tracing::debug!(%error, "how much waits for the CDN can't be told"),
        }
    }

    fn warn(&self, backlog: &Backlog) {
        let mut warned = self.warned.lock();
        if warned.is_none_or(|warned| warned.elapsed() >= LAG) {
            *warned = Some(Instant::now());
            let (entries, age) = (backlog.entries, backlog.age);
            tracing::warn!(entries, ?age, "a CDN still keeps what has been written anew long ago");
        }
    }
}

/// Returns when the task is told to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Longer after each failure, and never the same in two processes.
fn pause(failures: u32) -> Duration {
    let longer = GATHER
        .saturating_mul(2_u32.saturating_pow(failures.min(8)))
        .min(LONGEST_PAUSE);
    if failures == 0 {
        longer
    } else {
        longer.mul_f64(rand::random_range(0.5..=1.0))
    }
}
