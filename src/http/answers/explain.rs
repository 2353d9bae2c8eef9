//! `extensions.cache`: how an answer came about, for whoever may inspect the cache. Keys, tags and times; no data, and
//! nothing of another organisation.

use std::time::Duration;

use async_graphql::Value;
use serde_json::{Map, Value as Json, json};

use crate::cache::Answer as Kept;
use crate::graphql::{Policies, Scope};
use crate::loader::{Explanation, Floor, Level, Read, Trip};
use crate::model::{Id, Timestamp, Viewer};

use super::caching::Reason;
use super::look::{Look, age};
use super::paths::paths;

/// What is told of one operation.
pub struct Told {
    identity: Json,
    answer: Map<String, Json>,
    /// What is told of the place of the whole answer.
    root: Map<String, Json>,
    operation: Json,
}

impl Told {
    /// Begins with how the viewer was read.
    pub fn of(identity: &Explanation, own: Option<Id>) -> Told {
        Told {
            identity: Json::Object(work(identity, &identity.reads(), own)),
            answer: Map::new(),
            root: Map::new(),
            operation: Json::Null,
        }
    }

    /// What was there in the answer's place: what the request would have been served without being explained. `level` is
    /// where that lies.
    pub fn looked_up(&mut self, found: &Look, level: Level, now: Timestamp) {
        let (outcome, kept) = match found {
            Look::Fresh(kept) => ("hit", kept),
            Look::Stale(kept) => ("stale", kept),
            Look::Nothing { reason, .. } => {
                let held = json!({ "outcome": "miss", "reason": reason.name() });
                self.answer.insert("held".into(), held);
                self.root = object(json!({ "level": "computed", "outcome": reason.name() }));
                return;
            }
        };
        let age = age(kept, now);
        let (age, left) = (age.as_secs(), kept.fresh.saturating_sub(age).as_secs());
        let held = json!({ "outcome": outcome, "age": age, "ttlLeft": left });
        self.answer.insert("held".into(), held);
        self.root = object(json!({ "level": level.name(), "outcome": outcome, "age": age, "ttlLeft": left }));
        self.root.extend(object(bearing(kept)));
    }

    /// Whether the answer that was made could be kept, and what its run has recorded.
    pub fn judged(&mut self, scope: &Scope, kept: Result<&Kept, &Reason>, policies: &Policies) {
        let verdict = match kept {
            Ok(kept) => {
                if !self.root.contains_key("tags") {
                    self.root.extend(object(bearing(kept)));
                }
                json!({
                    "keepable": true,
                    "staleWhileRevalidate": kept.while_revalidate.as_secs(),
                    "staleIfError": kept.if_error.as_secs(),
                })
            }
            Err(reason) => {
                if self.root.is_empty() {
                    self.root = object(json!({ "level": "computed", "outcome": reason.name() }));
                }
                json!({ "keepable": false, "reason": reason.name() })
            }
        };
        self.answer.extend(object(verdict));
        self.answer
            .extend(kept.map(|kept| object(bearing(kept))).unwrap_or_default());
        let consulted = format!("{:?}", scope.consulted()).to_lowercase();
        self.answer.insert("consulted".into(), consulted.into());
        if let Some(told) = scope.loaders.explanation() {
            self.worked(told, scope.viewer().map(Viewer::organization), policies);
        }
    }

    fn worked(&mut self, explanation: &Explanation, own: Option<Id>, policies: &Policies) {
        let reads = explanation.reads();
        self.withhold(&reads, own);
        let reached = explanation.reached();
        let mut all = work(explanation, &reads, own);
        let mut told = vec![Json::Object(std::mem::take(&mut self.root))];
        told[0]["path"] = json!([]);
        told.extend(paths(&reached, &reads, own, policies));
        all.insert("paths".into(), told.into());
        all.insert(
            "pathsLeftOut".into(),
            (reached.len() > Explanation::MOST_REACHED).into(),
        );
        self.operation = Json::Object(all);
    }

    /// Whether an answer that rests on what isn't the viewer's was held or could be kept would tell what became of that.
    fn withhold(&mut self, reads: &[Read], own: Option<Id>) {
        if reads.iter().all(|read| is_told(read, own)) {
            return;
        }
        let withheld = json!({ "outcome": "withheld" });
        self.answer.retain(|what, _| what == "consulted");
        self.answer.extend(object(
            json!({ "held": withheld, "keepable": null, "reason": "withheld" }),
        ));
        self.root = object(withheld);
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

/// Who may be served a kept answer, for how long, and what renews it.
fn bearing(kept: &Kept) -> Json {
    json!({
        "scope": if kept.is_public { "PUBLIC" } else { "PRIVATE" },
        "maxAge": kept.fresh.as_secs(),
        "tags": kept.pairs.iter().map(|(tag, _)| tag.to_string()).collect::<Vec<_>>(),
    })
}

/// What was read, by which round trips.
fn work(explanation: &Explanation, reads: &[Read], own: Option<Id>) -> Map<String, Json> {
    let trips = explanation.trips();
    let all = reads.iter().map(|one| read(one, own)).collect::<Vec<_>>();
    if !reads.iter().all(|read| is_told(read, own)) {
        return object(json!({ "reads": all, "roundTrips": Json::Null, "plan": Json::Null }));
    }
    let count = |to| trips.iter().filter(|trip| trip.to == to).count();
    object(json!({
        "reads": all,
        "roundTrips": { "cache": count(Floor::Cache), "store": count(Floor::Store) },
        "plan": trips.iter().map(trip).collect::<Vec<_>>(),
    }))
}

/// Of an entity that isn't the viewer's organisation's only that it was asked for is told: whatever the cache does with
/// it would tell another's from what is absent.
pub(super) fn is_told(read: &Read, own: Option<Id>) -> bool {
    !read.is_entity || (own.is_some() && read.organization == own)
}

fn read(read: &Read, own: Option<Id>) -> Json {
    if !is_told(read, own) {
        return json!({ "batch": read.batch, "of": read.of, "outcome": "withheld", "fields": read.fields });
    }
    let place = read.place.as_ref();
    let (key, tag) = place.map(|(key, tag)| (key.to_string(), tag.to_string())).unzip();
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
pub(super) fn seconds(span: Duration) -> f64 {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)).as_secs_f64()
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}
