//! What is measured: one small method a measurement.

use std::sync::Arc;
use std::time::Duration;

use prometheus::{Encoder, Histogram, IntCounter, TextEncoder};

use super::families::Families;

/// A cheap handle on the counters; clones share everything.
#[derive(Clone, Default)]
pub struct Metrics {
    pub(super) families: Arc<Families>,
}

/// The counters of a request that is answered alike over and over.
pub struct Repeated {
    requests: IntCounter,
    seconds: Histogram,
    answers: IntCounter,
}

impl Repeated {
    /// It was answered once more.
    pub fn count(&self, time: Duration) {
        self.requests.inc();
        self.seconds.observe(time.as_secs_f64());
        self.answers.inc();
    }
}

impl Metrics {
    /// The asset store was called.
    pub fn blob_call(&self, place: &str, verb: &str, outcome: &str, time: Duration) {
        self.families
            .blob_calls
            .with_label_values(&[place, verb, outcome])
            .inc();
        let seconds = self.families.blob_seconds.with_label_values(&[verb]);
        seconds.observe(time.as_secs_f64());
    }

    /// A GraphQL operation was answered. `kind`: query, mutation, none; `name`: bounded by the caller.
    pub fn request(&self, kind: &str, name: &str, outcome: &str, time: Duration) {
        self.families.requests.with_label_values(&[kind, name, outcome]).inc();
        self.families
            .request_seconds
            .with_label_values(&[kind])
            .observe(time.as_secs_f64());
    }

    /// What counts a request that is answered alike over and over, once its counters are found.
    pub fn repeated(&self, [kind, name, outcome]: [&str; 3], [answer, reason]: [&str; 2]) -> Repeated {
        Repeated {
            requests: self.families.requests.with_label_values(&[kind, name, outcome]),
            seconds: self.families.request_seconds.with_label_values(&[kind]),
            answers: self.families.answers.with_label_values(&[answer, reason]),
        }
    }

    /// A round trip to the store.
    pub fn store_call(&self, verb: &str, collection: &str, ok: bool, time: Duration) {
        self.families
            .store_calls
            .with_label_values(&[verb, collection, outcome(ok)])
            .inc();
        self.families
            .store_seconds
            .with_label_values(&[verb])
            .observe(time.as_secs_f64());
    }

    /// A round trip to the cache.
    pub fn cache_call(&self, verb: &str, ok: bool, time: Duration) {
        self.families.cache_calls.with_label_values(&[verb, outcome(ok)]).inc();
        self.families
            .cache_seconds
            .with_label_values(&[verb])
            .observe(time.as_secs_f64());
    }

    /// So many entities, lists or counts were looked up in the cache. `outcome`: hit, or why not: absent, stale (a write
    /// came), due (to be loaded anew), marked (a write is under way), unreadable, foreign, untagged, unknown (the cache
    /// can't be asked).
    pub fn cache_entries(&self, kind: &str, outcome: &str, count: u64) {
        self.families
            .cache_entries
            .with_label_values(&[kind, outcome])
            .inc_by(count);
    }

    /// An operation was answered. `outcome`: hit, stale, miss, bypass.
    pub fn answer(&self, outcome: &str, reason: &str) {
        self.families.answers.with_label_values(&[outcome, reason]).inc();
    }

    /// A whole answer was put into the cache, or could not be.
    pub fn answer_filled(&self, ok: bool) {
        self.families.answer_fills.with_label_values(&[outcome(ok)]).inc();
    }

    /// An operation was executed by the library. `reason`: mutation, introspection, unknown.
    pub fn fell_back(&self, reason: &str) {
        self.families.fallbacks.with_label_values(&[reason]).inc();
    }

    /// A load waited for the same load of another request.
    pub fn flight_joined(&self) {
        self.families.flights_joined.inc();
    }

    /// A request was read from what the process holds, and all of that was current in the end, or was not.
    pub fn assumed(&self, holds: bool) {
        let outcome = if holds { "held" } else { "restarted" };
        self.families.assumptions.with_label_values(&[outcome]).inc();
    }

    /// A password is hashed or checked.
    pub fn password_worked(&self) {
        self.families.password_works.inc();
    }

    /// A mail was tried.
    pub fn mail_sent(&self, outcome: &'static str) {
        self.families.mails.with_label_values(&[outcome]).inc();
    }

    /// A loader batch went out.
    pub fn batch(&self, of: &str, keys: usize) {
        self.families.batch_keys.with_label_values(&[of]).observe(keys as f64);
    }

    /// A few changes of the database were followed. `outcome`: renewed, current, all.
    pub fn followed(&self, outcome: &str) {
        self.families.followed.with_label_values(&[outcome]).inc();
    }

    /// So long after a change of the database the cache had been told.
    pub fn follower_delay(&self, time: Duration) {
        let none: &[&str] = &[];
        self.families
            .follower_seconds
            .with_label_values(none)
            .observe(time.as_secs_f64());
    }

    /// Whether this process follows the changes of the database.
    pub fn following(&self, active: bool) {
        self.families.following.set(i64::from(active));
    }

    /// Something from the cache was read from the store too. `outcome`: same, different, overtaken (a write came
    /// between), unread (the store or the cache did not answer), skipped (too many were under way).
    pub fn shadowed(&self, kind: &str, outcome: &str) {
        self.families.shadow.with_label_values(&[kind, outcome]).inc();
    }

    /// This field differed.
    pub fn shadow_differed(&self, kind: &str, field: &str) {
        self.families.shadow_fields.with_label_values(&[kind, field]).inc();
    }

    /// The CDN was asked for an invalidation. `outcome`: accepted, unavailable, refused.
    pub fn cdn_invalidation(&self, outcome: &str) {
        self.families.cdn_invalidations.with_label_values(&[outcome]).inc();
    }

    /// The CDN has taken something over to forget. `what`: path, wildcard, tag.
    pub fn cdn_purged(&self, what: &str) {
        self.families.cdn_purged.with_label_values(&[what]).inc();
    }

    /// So many entries wait until the CDN has been told, the oldest for so long.
    pub fn cdn_waits(&self, entries: u64, age: Duration) {
        self.families.cdn_queue.set(signed(entries));
        self.families.cdn_queue_seconds.set(signed(age.as_secs()));
    }

    /// So many mails wait to be sent, the oldest for so long.
    pub fn mail_waits(&self, mails: u64, age: Duration) {
        self.families.mail_queue.set(signed(mails));
        self.families.mail_queue_seconds.set(signed(age.as_secs()));
    }

    /// Everything, in Prometheus' text format.
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        let families = self.families.registry.gather();
        TextEncoder::new()
            .encode(&families, &mut text)
            .expect("counters have valid names");
        String::from_utf8(text).expect("the text format is UTF-8")
    }
}

pub(super) fn outcome(ok: bool) -> &'static str {
    if ok { "ok" } else { "error" }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
