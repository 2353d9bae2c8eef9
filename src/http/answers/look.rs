//! Looks an answer up, and says whether it counts.
//!
//! Why what is served is right. An answer is kept under the hash of the schema, the document, the operation, its
//! variables and the viewer's key at the level that making it has consulted. Whoever looks under that key has the same
//! key at that level, so executing the operation for them would read the same of them, take the same way and ask for
//! the same data (`model::Consulted`). The data are the same while every version is current that a piece was read
//! under (`docs/caching.md`), and these are looked up here, after the request began and after its session was verified:
//! a write that was answered before the request came has renewed them already. What changes without a write has
//! shortened the answer's time when it was made (`Scope::cache_until`). Which level an answer has consulted is not known
//! before it is made, so one is looked for at each of them; any that counts is right.

use std::time::Duration;

use bytes::Bytes;

use crate::cache::{Answer, Cache, Key, TagState, Version};
use crate::graphql::Scope;
use crate::model::{Consulted, Tag, Timestamp};

use super::caching::Reason;
use super::question::Question;

/// What was found.
pub enum Look {
    /// It counts.
    Fresh(Answer),
    /// Its time is over; it may be served while it is made anew.
    Stale(Answer),
    /// None that may be served; `spare` may be, should it turn out that none can be made.
    Nothing {
        /// Why.
        reason: Reason,
        /// The answer that is left for that case.
        spare: Option<Answer>,
    },
}

/// Looks for the answer to this question in this scope: one round trip, and one more where something is found. The first
/// is saved where the process itself holds one that counts.
pub async fn look_up(cache: &Cache, question: &Question, scope: &Scope, now: Timestamp) -> Look {
    let asked = asked(question, scope);
    let keys: Vec<Key> = asked.iter().copied().map(Key::Answer).collect();
    let near = read(&asked, cache.get_near(&keys)).unwrap_or_default();
    let holds_old = !near.is_empty();
    if let Some(assumed) = scope.loaders.assumed()
        && let Some(answer) = near.iter().find(|answer| age(answer, now) < answer.fresh)
    {
        assumed.add_all(&answer.pairs);
        return Look::Fresh(answer.clone());
    }
    if holds_old
        && let Ok(current) = current(cache, near).await
        && let fresh @ Look::Fresh(_) = choose(current, now)
    {
        return fresh;
    }
    let values = if holds_old {
        cache.get_again(&keys).await
    } else {
        cache.get_many(&keys, &[]).await.map(|got| got.values)
    };
    let found = match values
        .map_err(|_| Reason::Cache)
        .and_then(|values| read(&asked, values))
    {
        Ok(found) => found,
        Err(reason) => return Look::Nothing { reason, spare: None },
    };
    match current(cache, found).await {
        Ok(current) => choose(current, now),
        Err(reason) => Look::Nothing { reason, spare: None },
    }
}

/// Under which of what it may be kept under the process itself holds something.
pub fn near(cache: &Cache, question: &Question, scope: &Scope) -> Vec<[u8; 16]> {
    let asked = asked(question, scope);
    let keys: Vec<Key> = asked.iter().copied().map(Key::Answer).collect();
    let held = asked.into_iter().zip(cache.get_near(&keys));
    held.filter_map(|(asked, value)| value.map(|_| asked)).collect()
}

/// What the answer may be kept under, the narrowest last.
fn asked(question: &Question, scope: &Scope) -> Vec<[u8; 16]> {
    let mut asked: Vec<[u8; 16]> = Vec::with_capacity(Consulted::ALL.len());
    for level in Consulted::ALL {
        let by = question.asked_by(scope.key(level));
        if asked.last() != Some(&by) {
            asked.push(by);
        }
    }
    asked
}

/// The answers that are there, whether or not they count.
fn read(asked: &[[u8; 16]], values: Vec<Option<Bytes>>) -> Result<Vec<Answer>, Reason> {
    let there = asked.iter().zip(values);
    let there: Vec<(&[u8; 16], Bytes)> = there.filter_map(|(asked, bytes)| Some((asked, bytes?))).collect();
    if there.is_empty() {
        return Err(Reason::Absent);
    }
    let answers = there
        .into_iter()
        .filter_map(|(question, bytes)| Answer::decode(question, bytes));
    let answers: Vec<Answer> = answers.collect();
    if answers.is_empty() {
        return Err(Reason::Unreadable);
    }
    Ok(answers)
}

/// Those whose versions are all current.
async fn current(cache: &Cache, found: Vec<Answer>) -> Result<Vec<Answer>, Reason> {
    let tags: Vec<Tag> = found
        .iter()
        .flat_map(|answer| answer.pairs.iter().map(|(tag, _)| *tag))
        .collect();
    let states = if tags.is_empty() {
        Vec::new()
    } else {
        cache.get_many(&[], &tags).await.map_err(|_| Reason::Cache)?.tags
    };
    let (mut states, mut reason) = (states.into_iter(), Reason::Renewed);
    let mut current = Vec::with_capacity(found.len());
    for answer in found {
        let under = answer.pairs.iter().map(|(_, version)| *version);
        let judged: Vec<Option<Reason>> = under.zip(&mut states).map(|(under, state)| old(under, state)).collect();
        match judged.into_iter().flatten().next() {
            None => current.push(answer),
            Some(why) => reason = why,
        }
    }
    if current.is_empty() { Err(reason) } else { Ok(current) }
}

/// Why what was read under this version does not count.
fn old(under: Version, state: TagState) -> Option<Reason> {
    match state {
        TagState::Current(version, _) if version == under => None,
        TagState::Current(..) | TagState::Absent => Some(Reason::Renewed),
        TagState::Marked(_) | TagState::Foreign => Some(Reason::Writing),
    }
}

/// The best of answers that are all right: the one that may be served with the least said.
fn choose(current: Vec<Answer>, now: Timestamp) -> Look {
    let (mut stale, mut spare) = (None, None);
    for answer in current {
        let age = age(&answer, now);
        if age < answer.fresh {
            return Look::Fresh(answer);
        }
        if age < answer.fresh + answer.while_revalidate {
            stale = Some(answer);
        } else if age < answer.fresh + answer.if_error {
            spare = Some(answer);
        }
    }
    let reason = Reason::Expired;
    stale.map_or(Look::Nothing { reason, spare }, Look::Stale)
}

/// How old an answer is; none is from the future, whatever another process's clock says.
pub fn age(answer: &Answer, now: Timestamp) -> Duration {
    let millis = now.millis().saturating_sub(answer.made_at.millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}
