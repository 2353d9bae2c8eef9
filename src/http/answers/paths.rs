//! `extensions.cache.paths`: what each place of an answer came from, from the root down.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::graphql::{CacheScope, Policies, Policy};
use crate::loader::{Explanation, Reached, Read, Step};
use crate::model::Id;

use super::explain::{is_told, seconds};

/// The places that are told of, in their order; how long each may be kept at most is what all above it allow too.
pub fn paths(reached: &[Reached], reads: &[Read], own: Option<Id>, policies: &Policies) -> Vec<Json> {
    let mut above: Vec<(usize, Policy)> = Vec::new();
    let told = reached.iter().take(Explanation::MOST_REACHED).map(|one| {
        above.retain(|(depth, _)| *depth < one.path.len());
        let allowed = above.last().map_or(Policy::STATIC, |(_, policy)| *policy);
        let policy = allowed.and(policies.field(&one.of, &one.field));
        above.push((one.path.len(), policy));
        let rests: Vec<(usize, &Read)> = one.reads.iter().map(|at| (*at, &reads[*at])).collect();
        place(one, &rests, own, policy)
    });
    told.collect()
}

/// It is as far as the farthest thing it rests on, as old as the oldest, and lives as long as the shortest.
fn place(reached: &Reached, rests: &[(usize, &Read)], own: Option<Id>, policy: Policy) -> Json {
    let path: Vec<Json> = reached.path.iter().map(step).collect();
    let field = format!("{}.{}", reached.of, reached.field);
    if !rests.iter().all(|(_, read)| is_told(read, own)) {
        return json!({ "path": path, "field": field, "outcome": "withheld" });
    }
    let (level, outcome) = match rests.iter().map(|(_, read)| read).max_by_key(|read| read.level) {
        Some(farthest) => (farthest.level.name(), farthest.outcome),
        None => ("computed", "computed"),
    };
    // What the cache had in vain is no age of what was read past it.
    let times = rests
        .iter()
        .filter(|_| outcome == "hit")
        .filter_map(|(_, read)| read.times);
    let (age, left) = (
        times.clone().map(|(age, _)| age).max(),
        times.map(|(_, left)| left).min(),
    );
    let tags = rests
        .iter()
        .filter_map(|(_, read)| Some(read.place.as_ref()?.1.to_string()));
    json!({
        "path": path, "field": field, "level": level, "outcome": outcome,
        "age": age.map(seconds), "ttlLeft": left.map(seconds),
        "tags": tags.collect::<BTreeSet<_>>(),
        "scope": if policy.scope == CacheScope::Public { "PUBLIC" } else { "PRIVATE" },
        "maxAge": policy.max_age,
        "reads": reached.reads,
    })
}

fn step(step: &Step) -> Json {
    match step {
        Step::Key(key) => key.as_str().into(),
        Step::Index(index) => (*index).into(),
    }
}
