//! Ids of demo documents: of their seed, not of the process, and sorted by the time they bear.

use super::dice::Dice;
use crate::model::{Id, Timestamp};

/// Makes ids, each once.
#[derive(Debug)]
pub struct Mint {
    process: [u8; 5],
    count: u32,
}

impl Mint {
    /// The ids of this seed.
    pub fn new(seed: u64) -> Mint {
        let [a, b, c, d, e, ..] = Dice::new(seed).roll().to_be_bytes();
        Mint {
            process: [a, b, c, d, e],
            count: 0,
        }
    }

    /// The next id, of something made at that time.
    pub fn id(&mut self, at: Timestamp) -> Id {
        self.count += 1;
        Id::from_parts(at, self.process, self.count)
    }
}
