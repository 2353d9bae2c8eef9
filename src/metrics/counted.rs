//! What was measured, read back: by tests, and by who decides on it.

use std::time::Duration;

use super::Metrics;
use super::handle::outcome;

impl Metrics {
    /// How many requests were read so and ended so: what tests count.
    pub fn assumptions(&self, outcome: &str) -> u64 {
        self.families.assumptions.with_label_values(&[outcome]).get()
    }

    /// How many passwords were hashed or checked: what tests count.
    pub fn password_works(&self) -> u64 {
        self.families.password_works.get()
    }

    /// Whether this process follows the changes of the database: what tests wait for.
    pub fn is_following(&self) -> bool {
        self.families.following.get() == 1
    }

    /// How many comparisons of this kind came out so: what tests count.
    pub fn shadows(&self, kind: &str, outcome: &str) -> u64 {
        self.families.shadow.with_label_values(&[kind, outcome]).get()
    }

    /// How many batches of changes ended so: what tests count.
    pub fn followed_count(&self, outcome: &str) -> u64 {
        self.families.followed.with_label_values(&[outcome]).get()
    }

    /// How many round trips to the store there were, by verb and collection: what tests count.
    pub fn store_calls(&self, verb: &str, collection: &str) -> u64 {
        ["ok", "error"]
            .iter()
            .map(|outcome| {
                self.families
                    .store_calls
                    .with_label_values(&[verb, collection, outcome])
                    .get()
            })
            .sum()
    }

    /// How many round trips to the cache there were: what tests count.
    pub fn cache_calls(&self, verb: &str) -> u64 {
        ["ok", "error"]
            .iter()
            .map(|outcome| self.families.cache_calls.with_label_values(&[verb, outcome]).get())
            .sum()
    }

    /// How many lookups of this kind the cache could answer: what tests count.
    pub fn cache_hits(&self, kind: &str) -> u64 {
        self.families.cache_entries.with_label_values(&[kind, "hit"]).get()
    }

    /// How many operations stood so to the cache, for this reason: what tests count.
    pub fn answers(&self, outcome: &str, reason: &str) -> u64 {
        self.families.answers.with_label_values(&[outcome, reason]).get()
    }

    /// How many whole answers were put into the cache: what tests wait for.
    pub fn answers_filled(&self) -> u64 {
        self.families.answer_fills.with_label_values(&[outcome(true)]).get()
    }

    /// For how long the oldest entry has waited until the CDN is told.
    pub fn cdn_lag(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.families.cdn_queue_seconds.get()).unwrap_or_default())
    }
}
