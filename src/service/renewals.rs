//! Which sessions this process has looked after lately. A session's times of use are quiet: what the cache shows of
//! them may be old, so it can't tell by itself that a renewal has just been made.

use std::time::Duration;

use moka::sync::Cache;

use crate::model::{Id, Timestamp};

/// A bounded memory of the last renewals.
#[derive(Clone)]
pub(super) struct Renewals(Cache<Id, Timestamp>);

/// The most sessions that are remembered; one that is forgotten is asked for once more in the store.
const MOST: u64 = 100_000;

impl Renewals {
    /// Whether it is this long since the session was looked after; then it counts as looked after now.
    pub fn claim(&self, session: Id, now: Timestamp, rest: Duration) -> bool {
        let is_due = self.0.get(&session).is_none_or(|last| now >= last.plus(rest));
        if is_due {
            self.0.insert(session, now);
        }
        is_due
    }
}

impl Default for Renewals {
    fn default() -> Renewals {
        Renewals(Cache::new(MOST))
    }
}
