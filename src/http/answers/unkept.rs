//! Questions whose answers could lately not be kept, as one viewer asks them: too large, or made of what no write would
//! renew. To look for such an answer is a round trip for nothing. A guess only: nothing is ever served because of it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Timestamp;

/// What was found out lately; of two questions in one place the later counts.
pub struct Unkept(Box<[AtomicU64]>);

const PLACES: usize = 4_096;
/// For how many seconds it counts: the answer may become another.
const LASTS: u64 = 10;
/// The lower bits of a mark: when. The upper ones: for which question.
const WHEN: u64 = (1 << 24) - 1;

impl Unkept {
    /// Notes that the answer can't be kept.
    pub fn note(&self, question: [u8; 16], now: Timestamp) {
        let (place, which) = self.place(question);
        place.store(which | seconds(now), Ordering::Relaxed);
    }

    /// Forgets it.
    pub fn forget(&self, question: [u8; 16]) {
        self.place(question).0.store(0, Ordering::Relaxed);
    }

    /// Whether the answer could lately not be kept.
    pub fn holds(&self, question: [u8; 16], now: Timestamp) -> bool {
        let (place, which) = self.place(question);
        let mark = place.load(Ordering::Relaxed);
        mark & !WHEN == which && seconds(now).wrapping_sub(mark) & WHEN < LASTS
    }

    fn place(&self, question: [u8; 16]) -> (&AtomicU64, u64) {
        let hash = u128::from_be_bytes(question);
        (&self.0[hash as usize % PLACES], (hash >> 64) as u64 & !WHEN)
    }
}

impl Default for Unkept {
    fn default() -> Unkept {
        Unkept((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }
}

fn seconds(now: Timestamp) -> u64 {
    (now.millis() / 1_000).cast_unsigned() & WHEN
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_268_800_123);

    #[test]
    fn what_was_noted_counts_for_a_while() {
        let unkept = Unkept::default();
        assert!(!unkept.holds([7; 16], NOW));
        unkept.note([7; 16], NOW);
        assert!(unkept.holds([7; 16], NOW.plus(Duration::from_secs(LASTS - 1))));
        assert!(!unkept.holds([7; 16], NOW.plus(Duration::from_secs(LASTS))));
        unkept.forget([7; 16]);
        assert!(!unkept.holds([7; 16], NOW));
    }

    #[test]
    fn another_question_in_the_same_place_is_another() {
        let unkept = Unkept::default();
        let mut other = [7; 16];
        other[0] = 8;
        unkept.note([7; 16], NOW);
        assert!(!unkept.holds(other, NOW));
        unkept.note(other, NOW);
        assert!(!unkept.holds([7; 16], NOW));
    }
}
