//! A few threads of their own for work that takes the processor: it runs below the priority of what answers requests, and never takes
//! more threads than there are.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};
use std::thread;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

/// How much nicer to others these threads are than those that answer requests.
const NICENESS: i32 = 10;

type Task = Box<dyn FnOnce() + Send>;

/// A handle on the threads, which end with the last handle.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
    threads: usize,
    _handle: Arc<Handle>,
}

struct Shared {
    started: Once,
    queue: Mutex<Queue>,
    news: Condvar,
}

#[derive(Default)]
struct Queue {
    /// Goes on with something begun.
    going_on: VecDeque<Task>,
    /// Begins something.
    beginning: VecDeque<Task>,
    is_closed: bool,
}

/// Why a task has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panicked;

impl Pool {
    /// So many threads, which are started when there is something to do.
    pub fn new(threads: usize) -> Pool {
        let shared = Arc::new(Shared::new());
        let handle = Handle(Arc::clone(&shared));
        Pool {
            shared,
            threads: threads.max(1),
            _handle: Arc::new(handle),
        }
    }

    fn start(&self) {
        for number in 0..self.threads {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new().name(format!("pictures-{number}"));
            if let Err(error) = started.spawn(move || shared.work()) {
                tracing::error!(%error, "a thread for pictures can't be started");
            }
        }
    }

    /// Has a piece of work done, after what came before. Nobody waits any more: it isn't begun.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
        self.enqueue(work, false).await.unwrap_or(Err(Panicked))
    }

    /// The same, before all that begins something: for what goes on with something begun, so that it ends and gives its memory back.
    pub fn go_on<T, W>(&self, work: W) -> impl Future<Output = Result<T, Panicked>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce() -> T + Send + 'static,
    {
        let result = self.enqueue(work, true);
        async { result.await.unwrap_or(Err(Panicked)) }
    }

    fn enqueue<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        goes_on: bool,
    ) -> oneshot::Receiver<Result<T, Panicked>> {
        self.shared.started.call_once(|| self.start());
        let (sender, receiver) = oneshot::channel();
        let task: Task = Box::new(move || {
            if !sender.is_closed() {
                let result = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked);
                let _ = sender.send(result);
            }
        });
        let mut queue = self.shared.queue.lock();
        if goes_on {
            queue.going_on.push_back(task);
        } else {
            queue.beginning.push_back(task);
        }
        drop(queue);
        self.shared.news.notify_one();
        receiver
    }
}

impl Shared {
    fn new() -> Shared {
        Shared {
            started: Once::new(),
            queue: Mutex::default(),
            news: Condvar::new(),
        }
    }

    fn work(&self) {
        // On Linux this is of the thread alone. Where it isn't allowed the work is done all the same.
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::nice(NICENESS) {
            tracing::debug!(%error, "pictures are processed at the common priority");
        }
        while let Some(task) = self.next() {
            task();
        }
    }

    fn next(&self) -> Option<Task> {
        let mut queue = self.queue.lock();
        loop {
            let task = queue.going_on.pop_front().or_else(|| queue.beginning.pop_front());
            if task.is_some() {
                return task;
            }
            if queue.is_closed {
                return None;
            }
            self.news.wait(&mut queue);
        }
    }
}

/// Lets the threads end.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.queue.lock().is_closed = true;
        self.0.news.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn work_is_done_and_a_panic_ends_only_its_own() {
        let pool = Pool::new(1);
        assert_eq!(pool.run(|| -> u8 { panic!("on purpose") }).await, Err(Panicked));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_begun() {
        let pool = Pool::new(1);
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let first = pool.go_on(move || gate.recv());
        let (told, begun) = std::sync::mpsc::channel();
        drop(pool.go_on(move || told.send(())));
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        pool.run(|| ()).await.unwrap();
        assert!(begun.try_recv().is_err());
    }

    #[tokio::test]
    async fn what_goes_on_comes_before_what_begins() {
        let pool = Pool::new(1);
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let order = Arc::clone(&order);
            move || order.lock().push(name)
        };
        let held = pool.go_on(move || gate.recv());
        tokio::time::sleep(Duration::from_millis(20)).await;
        let (begins, goes_on) = (pool.enqueue(note("begins"), false), pool.go_on(note("goes on")));
        release.send(()).unwrap();
        held.await.unwrap().unwrap();
        goes_on.await.unwrap();
        begins.await.unwrap().unwrap();
        assert_eq!(*order.lock(), ["goes on", "begins"]);
    }
}
