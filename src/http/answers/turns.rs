//! What one answer needs only once at a time in a process: to be kept, to be made anew.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;

/// The answers whose turn it is.
#[derive(Default)]
pub struct Turns(Arc<Mutex<HashSet<[u8; 16]>>>);

/// The turn of one answer, until it is dropped.
pub struct Turn {
    taken: Arc<Mutex<HashSet<[u8; 16]>>>,
    question: [u8; 16],
}

impl Turns {
    /// The turn of the answer to this question; `None` while another has it.
    pub fn take(&self, question: [u8; 16]) -> Option<Turn> {
        let is_first = self.0.lock().insert(question);
        is_first.then(|| Turn {
            taken: Arc::clone(&self.0),
            question,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.taken.lock().remove(&self.question);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_taken_once_until_it_is_over() {
        let turns = Turns::default();
        let first = turns.take([1; 16]);
        assert!(first.is_some() && turns.take([2; 16]).is_some());
        assert!(turns.take([1; 16]).is_none());
        drop(first);
        assert!(turns.take([1; 16]).is_some());
    }
}
