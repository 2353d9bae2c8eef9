//! How far a long command is, told to whoever waits for it: a bar on this terminal, or one at the other end of the socket.

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Where a command stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is counted.
    pub of: String,
    /// How many are done.
    pub done: u64,
    /// How many there are to do.
    pub total: u64,
}

/// What a command tells its steps to.
#[derive(Clone, Debug)]
pub struct Progress(Option<UnboundedSender<Step>>);

impl Progress {
    /// Tells nobody.
    pub fn untold() -> Progress {
        Progress(None)
    }

    /// Tells whoever holds the receiver.
    pub fn told() -> (Progress, UnboundedReceiver<Step>) {
        let (sender, receiver) = unbounded_channel();
        (Progress(Some(sender)), receiver)
    }

    /// So many of so many are done.
    pub fn step(&self, of: &str, done: u64, total: u64) {
        if let Some(sender) = &self.0 {
            let of = of.to_owned();
            // Whoever waited may have gone away; the command goes on.
            let _ = sender.send(Step { of, done, total });
        }
    }
}
