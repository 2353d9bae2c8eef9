//! What was measured, and how it is written: one line of JSON, times in microseconds.

use std::time::Duration;

use serde_json::{Value, json};

use super::connection::Reply;

/// The figures of some requests.
#[derive(Default)]
pub struct Figures {
    /// Nanoseconds each took; at most four seconds fit.
    times: Vec<u32>,
    failures: u64,
    changed: u64,
    hits: u64,
    bytes: u64,
}

impl Figures {
    /// A request was answered; `is_changed`: otherwise than the same request before.
    pub fn answered(&mut self, reply: &Reply, took: Duration, is_changed: bool) {
        self.times.push(u32::try_from(took.as_nanos()).unwrap_or(u32::MAX));
        self.failures += u64::from(!reply.is_data);
        self.changed += u64::from(is_changed);
        self.hits += u64::from(reply.is_hit);
        self.bytes += reply.length as u64;
    }

    /// These and those.
    pub fn with(mut self, other: Figures) -> Figures {
        self.times.extend(other.times);
        self.failures += other.failures;
        self.changed += other.changed;
        self.hits += other.hits;
        self.bytes += other.bytes;
        self
    }

    /// As JSON; `time`: how long all of it took.
    pub fn report(mut self, time: Duration) -> Value {
        self.times.sort_unstable();
        let count = self.times.len();
        let at = |share: f64| {
            let place = (count as f64 * share) as usize;
            let nanos = self.times.get(place.min(count.saturating_sub(1)));
            f64::from(nanos.copied().unwrap_or_default()) / 1_000.0
        };
        let sum: f64 = self.times.iter().map(|nanos| f64::from(*nanos)).sum();
        json!({
            "requests": count, "seconds": time.as_secs_f64(), "failures": self.failures, "changed": self.changed,
            "hits": self.hits, "bytes": self.bytes, "mean": sum / count.max(1) as f64 / 1_000.0,
            "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "max": at(1.0),
        })
    }
}
