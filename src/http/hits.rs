//! Answers that were served from the cache lately, by the requests they went to: whoever sends the same bytes with the same
//! headers gets the same again while all that it rests on is current, the session and its user too. So a hit costs a look
//! into a table where the cache is in the process, and one question of all versions where it is not.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, COOKIE, IF_NONE_MATCH, PRAGMA};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use bytes::Bytes;
use parking_lot::Mutex;
use quick_cache::Weighter;
use quick_cache::sync::Cache as Table;

use crate::cache::{Answer as Kept, Coding, Generation, Version};
use crate::loader::{Claim, Loaders};
use crate::metrics::Repeated;
use crate::model::{Id, Session, Tag, Timestamp};

use super::answer::Answer;
use super::answers::{Caching, Reason, Status, age};
use super::endpoint::Endpoint;
use super::execute::Outcome;
use super::middleware::{CONTENT_TYPE_OPTIONS, NO_SNIFF, set_own};
use super::respond::{Served, head_again};
use super::terms::{Terms, X_CACHE_EXPLAIN};

/// The answers that were served lately.
pub struct Hits {
    /// Whether any are kept.
    is_on: bool,
    known: Table<Box<[u8]>, Arc<Hit>, Weight>,
}

/// One of them.
pub struct Hit {
    kept: Arc<Kept>,
    /// What a CDN files it under, where one may keep it.
    label: Option<HeaderValue>,
    /// The name that metrics know the operation by.
    name: String,
    counters: Repeated,
    /// The head of its last response: nothing but the age changes from one to the next.
    head: Mutex<Option<Head>>,
    session: Arc<Session>,
    /// Whose things alone whoever asks sees.
    tenant: Option<Id>,
    /// What session, user and answer rest on.
    rests_on: Claim,
    terms: Arc<Terms>,
    since: Timestamp,
    /// What the states of the cache rested on when all of it was current last, where that can be known.
    verified: Mutex<Option<Generation>>,
}

/// The head of a response at an age, which is told in seconds.
struct Head {
    age: Option<u64>,
    ttl: u64,
    headers: HeaderMap,
}

/// After that long it is looked for as if it had never been: so the times of what it rests on count, and the session is prolonged.
const LASTS: Duration = Duration::from_secs(10);
/// The kind of operation that answers are kept of.
const QUERY: &str = "query";
/// Longer requests are understood each time.
pub const LONGEST: usize = 16 << 10;
/// In bytes, as `Weight` counts them.
const CAPACITY: u64 = 16 << 20;
/// What one weighs beside its texts and versions.
const LEAST: usize = 1 << 10;
/// How many are prepared for.
const USUAL: usize = 4_096;
/// What an answer depends on of a request's headers.
const READ: [HeaderName; 4] = [AUTHORIZATION, COOKIE, ACCEPT, ACCEPT_ENCODING];
/// Whoever sends one of these wants more than the answer.
const ASKING: [HeaderName; 4] = [CACHE_CONTROL, PRAGMA, IF_NONE_MATCH, X_CACHE_EXPLAIN];

impl Hits {
    /// Keeps them where this is on.
    pub fn new(is_on: bool) -> Hits {
        Hits {
            is_on,
            known: Table::with_weighter(USUAL, CAPACITY, Weight),
        }
    }

    /// What the answer to this request may be found by.
    pub fn sent(&self, headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
        if self.is_on { sent(headers, body) } else { None }
    }

    /// The answer to this request, if it is known and still counts; at most one round trip.
    pub async fn answer(&self, endpoint: &Endpoint, sent: &[u8]) -> Option<(Arc<Hit>, Response<Bytes>)> {
        let hit = self.known.get(sent)?;
        let now = endpoint.app.services.now();
        if !hit.is_in_time(now) || !hit.holds(endpoint).await {
            self.known.remove(sent);
            return None;
        }
        let response = hit.response(now, endpoint.app.config.answer_cdn_seconds);
        Some((hit, response))
    }

    /// Notes an answer that was served.
    pub fn insert(&self, sent: &[u8], hit: Hit) {
        if sent.len() <= LONGEST {
            self.known.insert(sent.into(), Arc::new(hit));
        }
    }
}

impl Hit {
    /// This answer as one that may be served again; `None`: it was not kept, or says more than what was kept. `session` comes with
    /// what it was read by, `generation` was taken before any of it was read.
    pub fn of(
        answer: &Answer,
        ((session, read_by), tenant): ((Arc<Session>, Loaders), Option<Id>),
        terms: &Arc<Terms>,
        generation: Option<Generation>,
        endpoint: &Endpoint,
    ) -> Option<Hit> {
        let kept = answer.kept.as_ref().filter(|_| answer.headers.is_empty())?;
        let mut pairs: Vec<(Tag, Version)> = read_by.provenance().pairs().ok()?.into_iter().collect();
        pairs.extend_from_slice(&kept.pairs);
        Some(Hit {
            kept: Arc::clone(kept),
            label: answer.label.clone(),
            name: answer.name.clone(),
            session,
            tenant,
            rests_on: Claim::of(pairs),
            terms: Arc::clone(terms),
            since: endpoint.app.services.now(),
            counters: endpoint.app.metrics.repeated(
                [QUERY, &answer.name, Outcome::Ok.name()],
                [Status::Hit.label(), Reason::Current.name()],
            ),
            head: Mutex::default(),
            verified: Mutex::new(generation),
        })
    }

    /// Counts that it was served, after so long.
    pub fn count(&self, time: Duration) {
        self.counters.count(time);
    }

    /// What the log says of it.
    pub fn served(&self) -> Served {
        Served {
            kind: QUERY,
            name: self.name.clone(),
            outcome: Outcome::Ok,
            operations: 1,
            cache: Status::Hit.name(),
        }
    }

    fn is_in_time(&self, now: Timestamp) -> bool {
        now < self.since.plus(LASTS) && now < self.session.expires_at && age(&self.kept, now) < self.kept.fresh
    }

    /// Without what each response has of its own, for which there is room.
    fn response(&self, now: Timestamp, cdn: u32) -> Response<Bytes> {
        let caching = Caching::of_kept(&self.kept, Status::Hit, age(&self.kept, now));
        let mut last = self.head.lock();
        let head = match &mut *last {
            Some(head) if (head.age, head.ttl) == (caching.age, caching.ttl) => head,
            last => last.insert(Head {
                age: caching.age,
                ttl: caching.ttl,
                headers: self.headers(&caching, cdn),
            }),
        };
        let (_, body) = self.terms.codings.choose(&self.kept.bodies);
        let mut response = Response::new(body.clone());
        *response.headers_mut() = head.headers.clone();
        response
    }

    fn headers(&self, caching: &Caching, cdn: u32) -> HeaderMap {
        let mut headers = head_again(&self.kept.bodies, caching, self.label.clone(), &self.terms, cdn);
        headers.insert(CONTENT_TYPE_OPTIONS, NO_SNIFF);
        // A copy of a table has no room to grow: so these have their places already.
        set_own(&mut headers, HeaderValue::from_static(""), Duration::ZERO);
        headers
    }

    async fn holds(&self, endpoint: &Endpoint) -> bool {
        // Taken before the versions are asked for: what changes from then on makes another.
        let generation = endpoint.app.cache.generation();
        if generation.is_some() && *self.verified.lock() == generation {
            return true;
        }
        let holds = endpoint.app.holds(&self.rests_on, self.tenant).await;
        if holds {
            *self.verified.lock() = generation;
        }
        holds
    }
}

/// All that an answer depends on besides data: some of its headers and its body. `None`: it asks for more.
pub fn sent(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    if ASKING.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let mut sent = Vec::with_capacity(body.len() + 256);
    for (place, name) in (0_u8..).zip(&READ) {
        for value in headers.get_all(name) {
            let length = u32::try_from(value.len()).ok()?;
            sent.push(place);
            sent.extend_from_slice(&length.to_le_bytes());
            sent.extend_from_slice(value.as_bytes());
        }
    }
    sent.push(u8::MAX);
    sent.extend_from_slice(body);
    Some(sent)
}

#[derive(Clone)]
struct Weight;

impl Weighter<Box<[u8]>, Arc<Hit>> for Weight {
    fn weight(&self, sent: &Box<[u8]>, hit: &Arc<Hit>) -> u64 {
        let pairs = (hit.rests_on.len() + hit.kept.pairs.len()) * size_of::<(Tag, Version)>();
        let bodies = Coding::ALL.iter().filter_map(|coding| hit.kept.bodies.get(*coding));
        let bodies: usize = bodies.map(Bytes::len).sum();
        (sent.len() + pairs + bodies + LEAST) as u64
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(headers: &[(HeaderName, &'static str)], body: &str) -> Option<Vec<u8>> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        sent(&HeaderMap::from_iter(headers), body.as_bytes())
    }

    #[test]
    fn no_two_requests_that_may_be_answered_differently_look_alike() {
        let all = [
            of(&[], "ab"),
            of(&[(AUTHORIZATION, "a")], "b"),
            of(&[(COOKIE, "a")], "b"),
            of(&[(AUTHORIZATION, "b")], "a"),
            of(&[(AUTHORIZATION, "a"), (COOKIE, "a")], "b"),
            of(&[(ACCEPT, "a")], "b"),
            of(&[(ACCEPT_ENCODING, "a")], "b"),
            of(&[(ACCEPT, "ab")], ""),
        ];
        let mut known: Vec<_> = all.iter().flatten().collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), all.len());
    }

    #[test]
    fn who_asks_for_more_than_the_answer_is_not_answered_so() {
        for name in ASKING {
            assert_eq!(of(&[(name, "1")], ""), None);
        }
    }
}
