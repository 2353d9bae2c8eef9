//! How long what was found in the shared cache may be kept in front of it: as long as it lives there, and no longer.

use std::time::Duration;

use crate::cache::{Answer, Entry};
use crate::model::Timestamp;

/// What is left of the life of these bytes; `None`: it is over, or they don't tell when they were put.
pub(super) fn left(bytes: &[u8], now: Timestamp) -> Option<Duration> {
    let (since, whole) = match Entry::peek(bytes) {
        Some((_, stamp)) => (stamp.filled_at, stamp.ttl),
        None => Answer::life(bytes)?,
    };
    let rest = since.plus(whole).millis().checked_sub(now.millis())?;
    // Of what another clock says to be from the future no more than the whole.
    let rest = Duration::from_millis(u64::try_from(rest).ok()?).min(whole);
    (!rest.is_zero()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{Stamp, Version};

    const THEN: Timestamp = Timestamp::from_millis(1_767_268_800_000);
    const TTL: Duration = Duration::from_secs(60);

    fn left_at(now: Timestamp) -> Option<Duration> {
        let stamp = Stamp {
            filled_at: THEN,
            ttl: TTL,
            cost: Duration::ZERO,
        };
        let (version, row) = (Version::fresh(), None);
        left(&Entry { version, stamp, row }.encode(), now)
    }

    #[test]
    fn it_ends_when_it_ends_there() {
        assert_eq!(left_at(THEN.plus(TTL / 4)), Some(TTL * 3 / 4));
        assert_eq!(left_at(THEN.plus(TTL)), None);
        assert_eq!(left_at(THEN.plus(TTL * 2)), None);
    }

    #[test]
    fn a_clock_that_is_ahead_prolongs_nothing() {
        assert_eq!(left_at(THEN.minus(TTL)), Some(TTL));
    }

    #[test]
    fn what_does_not_tell_is_not_kept() {
        assert_eq!(left(b"", THEN), None);
        assert_eq!(left(b"query { viewer { id } }", THEN), None);
    }
}
