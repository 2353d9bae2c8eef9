//! Counts the work that must come to its end although nobody may be waiting for it any more.

use tokio::sync::watch;

/// How much of it runs; clones count together.
#[derive(Clone, Default)]
pub struct Running(watch::Sender<usize>);

/// One piece of work, until it is dropped.
pub struct Piece(watch::Sender<usize>);

impl Running {
    /// A piece begins.
    pub fn begin(&self) -> Piece {
        self.0.send_modify(|running| *running += 1);
        Piece(self.0.clone())
    }

    /// Returns when nothing runs.
    pub async fn idle(&self) {
        let mut running = self.0.subscribe();
        running
            .wait_for(|running| *running == 0)
            .await
            .expect("the sender is held here");
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
