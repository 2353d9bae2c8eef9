//! What operators watch, in Prometheus' terms. One small method a measurement; label values come from closed sets.

use std::sync::Arc;
use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// A cheap handle on the counters; clones share everything.
#[derive(Clone)]
pub struct Metrics {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    store_calls: IntCounterVec,
    store_seconds: HistogramVec,
    cache_calls: IntCounterVec,
    cache_seconds: HistogramVec,
    cache_entries: IntCounterVec,
    answers: IntCounterVec,
    answer_fills: IntCounterVec,
    batch_keys: HistogramVec,
    fallbacks: IntCounterVec,
    flights_joined: IntCounter,
    assumptions: IntCounterVec,
    password_works: IntCounter,
    mails: IntCounterVec,
    mail_queue: IntGauge,
    mail_queue_seconds: IntGauge,
    followed: IntCounterVec,
    follower_seconds: HistogramVec,
    following: IntGauge,
    blob_calls: IntCounterVec,
    blob_seconds: HistogramVec,
    shadow: IntCounterVec,
    shadow_fields: IntCounterVec,
    cdn_invalidations: IntCounterVec,
    cdn_purged: IntCounterVec,
    cdn_queue: IntGauge,
    cdn_queue_seconds: IntGauge,
}

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const KEYS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];

impl Default for Metrics {
    fn default() -> Metrics {
        let registry = Registry::new();
        let shared = Shared {
            requests: counter(
                &registry,
                "kanvaro_requests_total",
                "GraphQL operations answered",
                &["kind", "name", "outcome"],
            ),
            request_seconds: histogram(
                &registry,
                "kanvaro_request_seconds",
                "Time to answer a GraphQL request",
                &["kind"],
                SECONDS,
            ),
            store_calls: counter(
                &registry,
                "kanvaro_store_calls_total",
                "Round trips to the store",
                &["verb", "collection", "outcome"],
            ),
            store_seconds: histogram(
                &registry,
                "kanvaro_store_seconds",
                "Time of a round trip to the store",
                &["verb"],
                SECONDS,
            ),
            cache_calls: counter(
                &registry,
                "kanvaro_cache_calls_total",
                "Round trips to the cache",
                &["verb", "outcome"],
            ),
            cache_seconds: histogram(
                &registry,
                "kanvaro_cache_seconds",
                "Time of a round trip to the cache",
                &["verb"],
                SECONDS,
            ),
            cache_entries: counter(
                &registry,
                "kanvaro_cache_entries_total",
                "Entities, lists and counts looked up in the cache",
                &["kind", "outcome"],
            ),
            answers: counter(
                &registry,
                "kanvaro_answers_total",
                "Whole answers by how they stand to the cache, and why",
                &["outcome", "reason"],
            ),
            answer_fills: counter(
                &registry,
                "kanvaro_answer_fills_total",
                "Whole answers put into the cache",
                &["outcome"],
            ),
            fallbacks: counter(
                &registry,
                "kanvaro_fallbacks_total",
                "Operations that the library executed instead of a plan",
                &["reason"],
            ),
            flights_joined: plain(
                &registry,
                "kanvaro_flights_joined_total",
                "Loads that waited for the same load of another request",
            ),
            assumptions: counter(
                &registry,
                "kanvaro_assumptions_total",
                "Requests read from what the process holds, by whether all of it was current in the end",
                &["outcome"],
            ),
            mails: counter(
                &registry,
                "kanvaro_mails_total",
                "Mails that were tried, and how that ended",
                &["outcome"],
            ),
            mail_queue: gauge(&registry, "kanvaro_mail_queue_entries", "Mails that wait to be sent"),
            mail_queue_seconds: gauge(
                &registry,
                "kanvaro_mail_queue_age_seconds",
                "How long the oldest of them has waited",
            ),
            password_works: plain(
                &registry,
                "kanvaro_password_works_total",
                "Passwords hashed or checked: each takes a core for tens of milliseconds",
            ),
            batch_keys: histogram(&registry, "kanvaro_batch_keys", "Keys of a loader batch", &["of"], KEYS),
            followed: counter(
                &registry,
                "kanvaro_follower_batches_total",
                "Changes of the database that were followed, taken a few at a time",
                &["outcome"],
            ),
            follower_seconds: histogram(
                &registry,
                "kanvaro_follower_seconds",
                "Time from a change of the database until the cache was told",
                &[],
                SECONDS,
            ),
            blob_calls: counter(
                &registry,
                "kanvaro_blob_calls_total",
                "Calls of the asset store",
                &["place", "verb", "outcome"],
            ),
            blob_seconds: histogram(
                &registry,
                "kanvaro_blob_seconds",
                "Time of a call of the asset store, to its first byte",
                &["verb"],
                SECONDS,
            ),
            shadow: counter(
                &registry,
                "kanvaro_shadow_total",
                "Entities from the cache that were read from the store too, and how the two compared",
                &["kind", "outcome"],
            ),
            shadow_fields: counter(
                &registry,
                "kanvaro_shadow_fields_total",
                "Fields that differed between the cache and the store under the same version",
                &["kind", "field"],
            ),
            following: gauge(
                &registry,
                "kanvaro_follower_active",
                "1 where this process follows the changes of the database",
            ),
            cdn_invalidations: counter(
                &registry,
                "kanvaro_cdn_invalidations_total",
                "Invalidations that the CDN was asked for",
                &["outcome"],
            ),
            cdn_purged: counter(
                &registry,
                "kanvaro_cdn_purged_total",
                "Paths, beginnings of paths and tags that the CDN has taken over to forget",
                &["what"],
            ),
            cdn_queue: gauge(
                &registry,
                "kanvaro_cdn_queue_entries",
                "Entries that wait until the CDN has been told to forget",
            ),
            cdn_queue_seconds: gauge(
                &registry,
                "kanvaro_cdn_queue_age_seconds",
                "How long the oldest of them has waited",
            ),
            registry,
        };
        Metrics {
            shared: Arc::new(shared),
        }
    }
}

impl Metrics {
    /// The asset store was called.
    pub fn blob_call(&self, place: &str, verb: &str, outcome: &str, time: Duration) {
        self.shared.blob_calls.with_label_values(&[place, verb, outcome]).inc();
        let seconds = self.shared.blob_seconds.with_label_values(&[verb]);
        seconds.observe(time.as_secs_f64());
    }

    /// A GraphQL operation was answered. `kind`: query, mutation, none; `name`: bounded by the caller.
    pub fn request(&self, kind: &str, name: &str, outcome: &str, time: Duration) {
        self.shared.requests.with_label_values(&[kind, name, outcome]).inc();
        self.shared
            .request_seconds
            .with_label_values(&[kind])
            .observe(time.as_secs_f64());
    }

    /// A round trip to the store.
    pub fn store_call(&self, verb: &str, collection: &str, ok: bool, time: Duration) {
        self.shared
            .store_calls
            .with_label_values(&[verb, collection, outcome(ok)])
            .inc();
        self.shared
            .store_seconds
            .with_label_values(&[verb])
            .observe(time.as_secs_f64());
    }

    /// A round trip to the cache.
    pub fn cache_call(&self, verb: &str, ok: bool, time: Duration) {
        self.shared.cache_calls.with_label_values(&[verb, outcome(ok)]).inc();
        self.shared
            .cache_seconds
            .with_label_values(&[verb])
            .observe(time.as_secs_f64());
    }

    /// So many entities, lists or counts were looked up in the cache. `outcome`: hit, or why not: absent, stale (a write
    /// came), due (to be loaded anew), marked (a write is under way), unreadable, foreign, untagged, unknown (the cache
    /// can't be asked).
    pub fn cache_entries(&self, kind: &str, outcome: &str, count: u64) {
        self.shared
            .cache_entries
            .with_label_values(&[kind, outcome])
            .inc_by(count);
    }

    /// An operation was answered. `outcome`: hit, stale, miss, bypass.
    pub fn answer(&self, outcome: &str, reason: &str) {
        self.shared.answers.with_label_values(&[outcome, reason]).inc();
    }

    /// A whole answer was put into the cache, or could not be.
    pub fn answer_filled(&self, ok: bool) {
        self.shared.answer_fills.with_label_values(&[outcome(ok)]).inc();
    }

    /// An operation was executed by the library. `reason`: mutation, introspection, unknown.
    pub fn fell_back(&self, reason: &str) {
        self.shared.fallbacks.with_label_values(&[reason]).inc();
    }

    /// A load waited for the same load of another request.
    pub fn flight_joined(&self) {
        self.shared.flights_joined.inc();
    }

    /// A request was read from what the process holds, and all of that was current in the end, or was not.
    pub fn assumed(&self, holds: bool) {
        let outcome = if holds { "held" } else { "restarted" };
        self.shared.assumptions.with_label_values(&[outcome]).inc();
    }

    /// How many requests were read so and ended so: what tests count.
    pub fn assumptions(&self, outcome: &str) -> u64 {
        self.shared.assumptions.with_label_values(&[outcome]).get()
    }

    /// A password is hashed or checked.
    pub fn password_worked(&self) {
        self.shared.password_works.inc();
    }

    /// A mail was tried.
    pub fn mail_sent(&self, outcome: &'static str) {
        self.shared.mails.with_label_values(&[outcome]).inc();
    }

    /// How many passwords were hashed or checked: what tests count.
    pub fn password_works(&self) -> u64 {
        self.shared.password_works.get()
    }

    /// A loader batch went out.
    pub fn batch(&self, of: &str, keys: usize) {
        self.shared.batch_keys.with_label_values(&[of]).observe(keys as f64);
    }

    /// A few changes of the database were followed. `outcome`: renewed, current, all.
    pub fn followed(&self, outcome: &str) {
        self.shared.followed.with_label_values(&[outcome]).inc();
    }

    /// So long after a change of the database the cache had been told.
    pub fn follower_delay(&self, time: Duration) {
        let none: &[&str] = &[];
        self.shared
            .follower_seconds
            .with_label_values(none)
            .observe(time.as_secs_f64());
    }

    /// Whether this process follows the changes of the database.
    pub fn following(&self, active: bool) {
        self.shared.following.set(i64::from(active));
    }

    /// Whether this process follows the changes of the database: what tests wait for.
    pub fn is_following(&self) -> bool {
        self.shared.following.get() == 1
    }

    /// Something from the cache was read from the store too. `outcome`: same, different, overtaken (a write came
    /// between), unread (the store or the cache did not answer), skipped (too many were under way).
    pub fn shadowed(&self, kind: &str, outcome: &str) {
        self.shared.shadow.with_label_values(&[kind, outcome]).inc();
    }

    /// This field differed.
    pub fn shadow_differed(&self, kind: &str, field: &str) {
        self.shared.shadow_fields.with_label_values(&[kind, field]).inc();
    }

    /// How many comparisons of this kind came out so: what tests count.
    pub fn shadows(&self, kind: &str, outcome: &str) -> u64 {
        self.shared.shadow.with_label_values(&[kind, outcome]).get()
    }

    /// How many batches of changes ended so: what tests count.
    pub fn followed_count(&self, outcome: &str) -> u64 {
        self.shared.followed.with_label_values(&[outcome]).get()
    }

    /// How many round trips to the store there were, by verb and collection: what tests count.
    pub fn store_calls(&self, verb: &str, collection: &str) -> u64 {
        ["ok", "error"]
            .iter()
            .map(|outcome| {
                self.shared
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
            .map(|outcome| self.shared.cache_calls.with_label_values(&[verb, outcome]).get())
            .sum()
    }

    /// How many lookups of this kind the cache could answer: what tests count.
    pub fn cache_hits(&self, kind: &str) -> u64 {
        self.shared.cache_entries.with_label_values(&[kind, "hit"]).get()
    }

    /// How many operations stood so to the cache, for this reason: what tests count.
    pub fn answers(&self, outcome: &str, reason: &str) -> u64 {
        self.shared.answers.with_label_values(&[outcome, reason]).get()
    }

    /// How many whole answers were put into the cache: what tests wait for.
    pub fn answers_filled(&self) -> u64 {
        self.shared.answer_fills.with_label_values(&[outcome(true)]).get()
    }

    /// The CDN was asked for an invalidation. `outcome`: accepted, unavailable, refused.
    pub fn cdn_invalidation(&self, outcome: &str) {
        self.shared.cdn_invalidations.with_label_values(&[outcome]).inc();
    }

    /// The CDN has taken something over to forget. `what`: path, wildcard, tag.
    pub fn cdn_purged(&self, what: &str) {
        self.shared.cdn_purged.with_label_values(&[what]).inc();
    }

    /// So many entries wait until the CDN has been told, the oldest for so long.
    pub fn cdn_waits(&self, entries: u64, age: Duration) {
        self.shared.cdn_queue.set(signed(entries));
        self.shared.cdn_queue_seconds.set(signed(age.as_secs()));
    }

    /// So many mails wait to be sent, the oldest for so long.
    pub fn mail_waits(&self, mails: u64, age: Duration) {
        self.shared.mail_queue.set(signed(mails));
        self.shared.mail_queue_seconds.set(signed(age.as_secs()));
    }

    /// For how long the oldest entry has waited until the CDN is told.
    pub fn cdn_lag(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.shared.cdn_queue_seconds.get()).unwrap_or_default())
    }

    /// Everything, in Prometheus' text format.
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        let families = self.shared.registry.gather();
        TextEncoder::new()
            .encode(&families, &mut text)
            .expect("counters have valid names");
        String::from_utf8(text).expect("the text format is UTF-8")
    }
}

fn outcome(ok: bool) -> &'static str {
    if ok { "ok" } else { "error" }
}

fn plain(registry: &Registry, name: &str, help: &str) -> IntCounter {
    let counter = IntCounter::new(name, help).expect("the name is valid");
    registry.register(Box::new(counter.clone())).expect("the name is new");
    counter
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn counter(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    let counter = IntCounterVec::new(Opts::new(name, help), labels).expect("the name is valid");
    registry.register(Box::new(counter.clone())).expect("the name is new");
    counter
}

fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    let gauge = IntGauge::new(name, help).expect("the name is valid");
    registry.register(Box::new(gauge.clone())).expect("the name is new");
    gauge
}

fn histogram(registry: &Registry, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    let histogram = HistogramVec::new(options, labels).expect("the name is valid");
    registry.register(Box::new(histogram.clone())).expect("the name is new");
    histogram
}
