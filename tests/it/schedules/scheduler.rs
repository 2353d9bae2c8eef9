//! Who goes next: every engine call waits here for its turn, and a seed chooses among those who wait.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::{oneshot, watch};

/// The choices of one schedule; clones share them.
#[derive(Clone)]
pub struct Scheduler(Arc<Mutex<State>>);

struct State {
    dice: StdRng,
    waiting: Vec<(usize, &'static str, oneshot::Sender<()>)>,
    dead: HashSet<usize>,
    deaths: watch::Sender<usize>,
    /// A process that is slow, and for how many steps of the others.
    slow: (usize, u32),
    trace: Vec<String>,
}

impl Scheduler {
    pub fn new(seed: u64) -> Scheduler {
        Scheduler(Arc::new(Mutex::new(State {
            dice: StdRng::seed_from_u64(seed),
            waiting: Vec::new(),
            dead: HashSet::new(),
            deaths: watch::Sender::new(0),
            slow: (0, 0),
            trace: Vec::new(),
        })))
    }

    /// Waits until this process may do this. A dead process waits for ever.
    pub async fn turn(&self, process: usize, what: &'static str) {
        let (go, told) = oneshot::channel();
        let dead = {
            let mut state = self.0.lock();
            let dead = state.dead.contains(&process);
            if !dead {
                state.waiting.push((process, what, go));
            }
            dead
        };
        if dead || told.await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets one of those who wait go on; false where nobody waits.
    pub fn step(&self) -> bool {
        let mut state = self.0.lock();
        if state.waiting.is_empty() {
            return false;
        }
        let (slow, steps) = state.slow;
        state.slow.1 = steps.saturating_sub(1);
        let quick = |place: &usize| steps == 0 || state.waiting[*place].0 != slow;
        let mut places: Vec<usize> = (0..state.waiting.len()).filter(quick).collect();
        if places.is_empty() {
            places = (0..state.waiting.len()).collect();
        }
        let chosen = state.dice.random_range(0..places.len());
        let place = places[chosen];
        let (process, what, go) = state.waiting.swap_remove(place);
        state.trace.push(format!("{process} {what}"));
        let _ = go.send(());
        true
    }

    /// The process dies where it stands: nothing that it waits for ever comes.
    pub fn kill(&self, process: usize) {
        let mut state = self.0.lock();
        state.dead.insert(process);
        let (dropped, kept) = std::mem::take(&mut state.waiting)
            .into_iter()
            .partition(|one| one.0 == process);
        state.waiting = kept;
        // The sender is dropped: who waits learns that it never comes.
        drop::<Vec<_>>(dropped);
        state.trace.push(format!("{process} dies"));
        state.deaths.send_modify(|deaths| *deaths += 1);
    }

    /// Returns when the process dies.
    pub async fn death(&self, process: usize) {
        let mut deaths = self.0.lock().deaths.subscribe();
        while !self.is_dead(process) {
            deaths.changed().await.expect("the scheduler is held");
        }
    }

    /// For so many steps the others go first.
    pub fn slow_down(&self, process: usize, steps: u32) {
        self.0.lock().slow = (process, steps);
    }

    /// Whether this is what happened last.
    pub fn last_was(&self, what: &str) -> bool {
        self.0.lock().trace.last().is_some_and(|last| last == what)
    }

    pub fn is_dead(&self, process: usize) -> bool {
        self.0.lock().dead.contains(&process)
    }

    pub fn waiting(&self) -> usize {
        self.0.lock().waiting.len()
    }

    /// One of `0..sides`.
    pub fn roll(&self, sides: u32) -> u32 {
        self.0.lock().dice.random_range(0..sides)
    }

    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().trace.push(what.into());
    }

    /// What happened, in its order.
    pub fn trace(&self) -> String {
        self.0.lock().trace.join("\n")
    }
}
