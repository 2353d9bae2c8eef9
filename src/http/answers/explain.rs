//! `extensions.cache`: how an answer came about, for whoever may inspect the cache. Keys, tags and times; no data.
//! What was read is told key by key and batch by batch, not by response path: a batch serves many paths at once.

use std::time::Duration;

use async_graphql::Value;
use serde_json::{Map, Value as Json, json};

use crate::cache::Answer as Kept;
use crate::graphql::Scope;
use crate::loader::{Explanation, Floor, Read, Trip};
use crate::model::{Id, Timestamp, Viewer};

use super::caching::Reason;
use super::look::{Look, age};

/// What is told of one operation.
pub struct Told {
    identity: Json,
    answer: Map<String, Json>,
    operation: Json,
}

impl Told {
    /// Begins with how the viewer was read.
    pub fn of(identity: &Explanation, own: Option<Id>) -> Told {
        Told {
            identity: work(identity, own),
            answer: Map::new(),
            operation: Json::Null,
        }
    }

    /// What was there in the answer's place: what the request would have been served without being explained.
    pub fn looked_up(&mut self, found: &Look, now: Timestamp) {
        let served = |outcome: &str, kept: &Kept| {
            let age = age(kept, now);
            json!({
                "outcome": outcome, "age": age.as_secs(), "ttlLeft": kept.fresh.saturating_sub(age).as_secs(),
            })
        };
        let held = match found {
            Look::Fresh(kept) => served("hit", kept),
            Look::Stale(kept) => served("stale", kept),
            Look::Nothing { reason, .. } => json!({ "outcome": "miss", "reason": reason.name() }),
        };
        self.answer.insert("held".into(), held);
    }

    /// Whether the answer that was made could be kept, and what its run has recorded.
    pub fn judged(&mut self, scope: &Scope, kept: Result<&Kept, &Reason>) {
        let verdict = match kept {
            Ok(kept) => json!({
                "keepable": true,
                "scope": if kept.is_public { "PUBLIC" } else { "PRIVATE" },
                "maxAge": kept.fresh.as_secs(),
                "staleWhileRevalidate": kept.while_revalidate.as_secs(),
                "staleIfError": kept.if_error.as_secs(),
                "tags": kept.pairs.iter().map(|(tag, _)| tag.to_string()).collect::<Vec<_>>(),
            }),
            Err(reason) => json!({ "keepable": false, "reason": reason.name() }),
        };
        if let Json::Object(verdict) = verdict {
            self.answer.extend(verdict);
        }
        let consulted = format!("{:?}", scope.consulted()).to_lowercase();
        self.answer.insert("consulted".into(), consulted.into());
        let own = scope.viewer().map(Viewer::organization);
        self.operation = scope.loaders.explanation().map_or(Json::Null, |told| work(told, own));
    }

    /// The extension.
    pub fn value(self) -> Value {
        let mut all = json!({ "answer": self.answer, "identity": self.identity });
        if let (Json::Object(all), Json::Object(operation)) = (&mut all, self.operation) {
            all.extend(operation);
        }
        Value::from_json(all).unwrap_or_default()
    }
}

/// What was read, by which round trips.
fn work(explanation: &Explanation, own: Option<Id>) -> Json {
    let (trips, reads) = (explanation.trips(), explanation.reads());
    let all = reads.iter().map(|one| read(one, own)).collect::<Vec<_>>();
    if !reads.iter().all(|read| is_told(read, own)) {
        return json!({ "reads": all, "roundTrips": Json::Null, "plan": Json::Null });
    }
    let count = |to| trips.iter().filter(|trip| trip.to == to).count();
    json!({
        "reads": all,
        "roundTrips": { "cache": count(Floor::Cache), "store": count(Floor::Store) },
        "plan": trips.iter().map(trip).collect::<Vec<_>>(),
    })
}

/// Of an entity that isn't the viewer's organisation's only what was asked for is told: whatever the cache does with it
/// would tell another's from what is absent.
fn is_told(read: &Read, own: Option<Id>) -> bool {
    !read.is_entity || (own.is_some() && read.organization == own)
}

fn read(read: &Read, own: Option<Id>) -> Json {
    let (key, tag) = read
        .place
        .as_ref()
        .map(|(key, tag)| (key.to_string(), tag.to_string()))
        .unzip();
    if !is_told(read, own) {
        return json!({ "batch": read.batch, "of": read.of, "key": key, "tag": tag, "outcome": "withheld", "fields": read.fields });
    }
    let (age, left) = read.times.map(|(age, left)| (seconds(age), seconds(left))).unzip();
    json!({
        "batch": read.batch, "of": read.of, "key": key, "tag": tag, "level": read.level.name(),
        "outcome": read.outcome, "age": age, "ttlLeft": left, "fields": read.fields,
    })
}

fn trip(trip: &Trip) -> Json {
    json!({ "batch": trip.batch, "to": trip.to.name(), "verb": trip.verb, "keys": trip.keys })
}

/// To the millisecond.
fn seconds(span: Duration) -> f64 {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)).as_secs_f64()
}
