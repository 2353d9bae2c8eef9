//! Keeps answers, beside the requests that made them: compresses each once, then puts it. A fill that is lost is a miss.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::cache::{Answer, Bodies, Cache, Key, Put};
use crate::metrics::Metrics;

use super::turns::{Turn, Turns};

/// The fills of a server, and the answers that are being made anew.
pub struct Fills {
    cache: Cache,
    metrics: Metrics,
    /// Kibibytes that may still be waiting.
    room: Arc<Semaphore>,
    /// Compressors that may still run.
    compressors: Arc<Semaphore>,
    filling: Turns,
    refreshing: Turns,
}

/// An answer on its way into the cache; goes on by itself when dropped.
pub struct Filling(Option<JoinHandle<()>>);

impl Filling {
    /// Returns when it is there, or lost.
    pub async fn done(self) {
        if let Some(task) = self.0 {
            // A fill that panicked has told so itself.
            let _ = task.await;
        }
    }
}

/// Most kibibytes of answers that wait to be kept.
const ROOM: usize = 32 << 10;
/// Bodies from this size on are compressed where nobody waits for the thread.
const LARGE: usize = 16 << 10;

impl Fills {
    /// Fills this cache.
    pub fn new(cache: Cache, metrics: Metrics) -> Fills {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Fills {
            cache,
            metrics,
            room: Arc::new(Semaphore::new(ROOM)),
            compressors: Arc::new(Semaphore::new(threads.div_ceil(2))),
            filling: Turns::default(),
            refreshing: Turns::default(),
        }
    }

    /// Begins to keep this answer, unless the same is being kept already: of a herd that made it, one compresses it.
    /// `None` when too many wait.
    pub fn begin(&self, answer: Answer) -> Option<Filling> {
        let Some(turn) = self.filling.take(answer.question) else {
            return Some(Filling(None));
        };
        let kibibytes = (answer.bodies.identity().len() >> 10) + 1;
        let permits = u32::try_from(kibibytes).unwrap_or(u32::MAX);
        let place = Arc::clone(&self.room).try_acquire_many_owned(permits).ok()?;
        let (cache, metrics) = (self.cache.clone(), self.metrics.clone());
        let compressors = Arc::clone(&self.compressors);
        let task = tokio::spawn(async move {
            let is_kept = fill(&cache, &compressors, answer, (turn, place)).await;
            metrics.answer_filled(is_kept);
        });
        Some(Filling(Some(task)))
    }

    /// The right to make this answer anew; `None` while another has it.
    pub fn refresh(&self, question: [u8; 16]) -> Option<Turn> {
        self.refreshing.take(question)
    }
}

/// Whether the answer is kept.
async fn fill(cache: &Cache, compressors: &Semaphore, mut answer: Answer, _held: (Turn, OwnedSemaphorePermit)) -> bool {
    let Some(bodies) = compress(compressors, answer.bodies).await else {
        return false;
    };
    answer.bodies = bodies;
    let life = answer.fresh + answer.while_revalidate.max(answer.if_error);
    let put: Put = (Key::Answer(answer.question), answer.encode(), life);
    cache.put_many(vec![put]).await.is_ok()
}

async fn compress(compressors: &Semaphore, bodies: Bodies) -> Option<Bodies> {
    if bodies.identity().len() < LARGE {
        return Some(bodies.compressed());
    }
    let _permit = compressors.acquire().await.ok()?;
    spawn_blocking(move || bodies.compressed()).await.ok()
}
