//! When an entry was filled, for how long, and what the fill cost: enough to refresh it early and to tell its age.

use std::time::Duration;

use crate::model::Timestamp;

/// The times of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When it was filled.
    pub filled_at: Timestamp,
    /// How long it may be served.
    pub ttl: Duration,
    /// How long the load took.
    pub cost: Duration,
}

/// By how many costs an entry is refreshed early at most: the logarithm of the smallest lot above 0, 2^-53, is -36.7.
const FARTHEST: u32 = 37;
/// The bytes of a stamp.
pub(super) const BYTES: usize = 14;

impl Stamp {
    /// Whether it is time to load it anew: it has run out, or is about to and the lot fell on this reader. The more a
    /// load costs, the earlier; so a hot entry is refreshed by one reader while the others are still served.
    ///
    /// Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015, with beta 1.
    /// `lot` is uniform in (0, 1].
    pub fn is_due(&self, now: Timestamp, lot: f64) -> bool {
        // Of most entries the lot need not be asked.
        if now < self.undue_until() {
            return false;
        }
        let ends = self.filled_at.plus(self.ttl);
        let ahead = self.cost.mul_f64(-lot.ln());
        now.plus(ahead) >= ends
    }

    /// Until when it is time for nobody, whatever the lot.
    pub fn undue_until(&self) -> Timestamp {
        self.filled_at.plus(self.ttl).minus(self.cost * FARTHEST)
    }

    /// Up to a tenth more or less, so that what was filled together doesn't run out together.
    pub fn jittered(ttl: Duration) -> Duration {
        ttl.mul_f64(rand::random_range(0.9..=1.1))
    }

    /// How long ago it was filled.
    pub fn age(&self, now: Timestamp) -> Duration {
        let millis = now.millis().saturating_sub(self.filled_at.millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }

    /// Six bytes of milliseconds since 1970, six of the time to live, two of the cost; what is more counts as the most.
    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        let filled_at = u64::try_from(self.filled_at.millis()).unwrap_or_default();
        bytes.extend_from_slice(&filled_at.to_le_bytes()[..6]);
        bytes.extend_from_slice(&millis(self.ttl).to_le_bytes()[..6]);
        let cost = u16::try_from(self.cost.as_millis()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&cost.to_le_bytes());
    }

    pub(super) fn decode(bytes: &[u8; BYTES]) -> Stamp {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = *bytes;
        let number = |six: [u8; 6]| {
            let [a, b, c, d, e, f] = six;
            u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
        };
        Stamp {
            filled_at: Timestamp::from_millis(number([a, b, c, d, e, f]).cast_signed()),
            ttl: Duration::from_millis(number([g, h, i, j, k, l])),
            cost: Duration::from_millis(u16::from_le_bytes([m, n]).into()),
        }
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp {
        filled_at: Timestamp::from_millis(1_767_268_800_123),
        ttl: Duration::from_secs(60),
        cost: Duration::from_millis(20),
    };

    #[test]
    fn it_comes_back_as_it_was() {
        let mut bytes = Vec::new();
        STAMP.encode(&mut bytes);
        assert_eq!(Stamp::decode(bytes.first_chunk().unwrap()), STAMP);
    }

    #[test]
    fn the_lot_decides_only_shortly_before_the_time_runs_out() {
        let before = |millis| STAMP.filled_at.plus(STAMP.ttl).minus(Duration::from_millis(millis));
        assert!(!STAMP.is_due(before(1_000), 0.001));
        assert!(STAMP.is_due(before(100), 0.001));
        assert!(!STAMP.is_due(before(100), 0.9));
        assert!(STAMP.is_due(before(0), 1.0));
    }
}
