//! Tries that this process counts alone: where the cache is in the process, and where a shared one is away.

use std::fmt;
use std::time::Duration;

use moka::ops::compute::Op;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::model::{Pace, Timestamp, Tries};

/// What is tried, by the hash of its name: no key has what a person typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TriesKey([u8; 16]);

/// Most that tries are counted of in the process; 10 MB at most.
const MOST: u64 = 100_000;

impl TriesKey {
    /// The key of what has this name.
    pub fn of(name: &str) -> TriesKey {
        let hash: [u8; 32] = Sha256::digest(name).into();
        let (half, _) = hash.split_at(16);
        TriesKey(half.try_into().expect("half a hash has 16 bytes"))
    }
}

impl fmt::Display for TriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tries:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The tries that this process has counted, of a bounded number of things; clones share them.
#[derive(Clone)]
pub(super) struct LocalTries(Cache<TriesKey, Known>);

#[derive(Clone, Copy)]
struct Known {
    tries: Tries,
    /// Until when it is worth knowing.
    until: Timestamp,
}

impl LocalTries {
    /// One try more, or how long to wait for it.
    pub fn take(&self, key: TriesKey, pace: &Pace, now: Timestamp) -> Result<(), Duration> {
        let mut taken = Ok(());
        self.0.entry(key).and_compute_with(|known| {
            let known = known.map(moka::Entry::into_value).filter(|known| now < known.until);
            let tries = known.map(|known| known.tries).unwrap_or_default();
            match tries.take(pace, now) {
                Ok(tries) => Op::Put(Known {
                    tries,
                    until: now.plus(pace.life(tries.count)),
                }),
                Err(left) => {
                    taken = Err(left);
                    Op::Nop
                }
            }
        });
        taken
    }

    /// As if the last try had not been.
    pub fn give_back(&self, key: TriesKey) {
        self.0
            .entry(key)
            .and_compute_with(|known| match known.map(moka::Entry::into_value) {
                Some(known) => Op::Put(Known {
                    tries: known.tries.without_last(),
                    ..known
                }),
                None => Op::Nop,
            });
    }

    /// As if nothing had ever been tried.
    pub fn forget(&self, key: TriesKey) {
        self.0.invalidate(&key);
    }
}

impl Default for LocalTries {
    fn default() -> LocalTries {
        LocalTries(Cache::new(MOST))
    }
}
