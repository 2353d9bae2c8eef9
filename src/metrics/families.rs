//! Every family of measurements: its name, what it says, and its labels, whose values come from closed sets.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// Every family of measurements.
pub(super) struct Families {
    pub(super) registry: Registry,
    pub(super) requests: IntCounterVec,
    pub(super) request_seconds: HistogramVec,
    pub(super) store_calls: IntCounterVec,
    pub(super) store_seconds: HistogramVec,
    pub(super) cache_calls: IntCounterVec,
    pub(super) cache_seconds: HistogramVec,
    pub(super) cache_entries: IntCounterVec,
    pub(super) answers: IntCounterVec,
    pub(super) answer_fills: IntCounterVec,
    pub(super) batch_keys: HistogramVec,
    pub(super) fallbacks: IntCounterVec,
    pub(super) flights_joined: IntCounter,
    pub(super) assumptions: IntCounterVec,
    pub(super) password_works: IntCounter,
    pub(super) mails: IntCounterVec,
    pub(super) mail_queue: IntGauge,
    pub(super) mail_queue_seconds: IntGauge,
    pub(super) followed: IntCounterVec,
    pub(super) follower_seconds: HistogramVec,
    pub(super) following: IntGauge,
    pub(super) blob_calls: IntCounterVec,
    pub(super) blob_seconds: HistogramVec,
    pub(super) shadow: IntCounterVec,
    pub(super) shadow_fields: IntCounterVec,
    pub(super) cdn_invalidations: IntCounterVec,
    pub(super) cdn_purged: IntCounterVec,
    pub(super) cdn_queue: IntGauge,
    pub(super) cdn_queue_seconds: IntGauge,
}

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const KEYS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];

impl Default for Families {
    fn default() -> Families {
        let registry = Registry::new();
        Families {
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
        }
    }
}

fn plain(registry: &Registry, name: &str, help: &str) -> IntCounter {
    let counter = IntCounter::new(name, help).expect("the name is valid");
    registry.register(Box::new(counter.clone())).expect("the name is new");
    counter
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
