//! How often something may be tried: some tries at once, then each after a pause that doubles. Pure arithmetic; where the
//! tries are counted is the cache's business.

use std::time::Duration;

use super::Timestamp;

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many tries need no pause after them, but for the last of them.
    pub free: u32,
    /// The pause after the last of these; it doubles with each further try.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How long after the end of a pause all is forgotten, unless it is tried again.
    pub memory: Duration,
}

/// What is known of the tries so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many have been counted.
    pub count: u32,
    /// Until when nothing is let through; in milliseconds.
    pub until: i64,
}

impl Pace {
    /// The pause after this many tries.
    pub fn pause(&self, count: u32) -> Duration {
        match count.checked_sub(self.free) {
            None => Duration::ZERO,
            Some(over) => self.first.saturating_mul(2_u32.saturating_pow(over)).min(self.longest),
        }
    }

    /// How long what is known after this many tries is worth knowing.
    pub fn life(&self, count: u32) -> Duration {
        self.pause(count) + self.memory
    }
}

impl Tries {
    /// One try more at this time, or how long to wait for it. A try is counted before it is known how it ends, so that
    /// many at once are no more than one after the other.
    pub fn take(self, pace: &Pace, now: Timestamp) -> Result<Tries, Duration> {
        let left = u64::try_from(self.until - now.millis()).unwrap_or_default();
        if left > 0 {
            // Never longer than ever, whatever another process's clock says.
            return Err(Duration::from_millis(left).min(pace.longest));
        }
        let count = self.count.saturating_add(1);
        Ok(Tries {
            count,
            until: now.plus(pace.pause(count)).millis(),
        })
    }

    /// The same without the last try, which turned out well.
    pub fn without_last(self) -> Tries {
        Tries {
            count: self.count.saturating_sub(1),
            until: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const PACE: Pace = Pace {
        free: 3,
        first: SECOND,
        longest: Duration::from_secs(5),
        memory: Duration::from_secs(60),
    };

    #[test]
    fn after_the_free_tries_pauses_double_up_to_the_longest() {
        let pauses: Vec<u64> = (0..8).map(|count| PACE.pause(count).as_secs()).collect();
        assert_eq!(pauses, [0, 0, 0, 1, 2, 4, 5, 5]);
        assert_eq!(PACE.pause(u32::MAX), PACE.longest);
    }

    #[test]
    fn a_try_in_a_pause_is_told_how_long_it_lasts_and_does_not_prolong_it() {
        let now = Timestamp::from_millis(1_000_000);
        let mut tries = Tries::default();
        for _ in 0..3 {
            tries = tries.take(&PACE, now).unwrap();
        }
        assert_eq!(tries.take(&PACE, now), Err(SECOND));
        assert_eq!(tries.take(&PACE, now.plus(SECOND / 2)), Err(SECOND / 2));
        assert_eq!(tries.take(&PACE, now.plus(SECOND)).map(|tries| tries.count), Ok(4));
    }

    #[test]
    fn a_clock_that_goes_wrong_keeps_nobody_out_for_longer_than_ever() {
        let tries = Tries {
            count: 9,
            until: i64::MAX,
        };
        assert_eq!(tries.take(&PACE, Timestamp::from_millis(0)), Err(PACE.longest));
    }

    #[test]
    fn a_try_that_turned_out_well_counts_for_nothing() {
        let now = Timestamp::from_millis(1_000_000);
        let tries = Tries { count: 2, until: 0 };
        assert_eq!(tries.take(&PACE, now).unwrap().without_last(), tries);
        assert_eq!(Tries::default().without_last(), Tries::default());
    }
}
