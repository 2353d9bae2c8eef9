//! The way of one operation: looked up, served from the cache or executed, and kept where it may be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use tracing::Instrument;

use crate::cache::Answer as Kept;
use crate::graphql::{ErrorCode, Policy, Scope};
use crate::http::answer::Answer;
use crate::http::endpoint::Endpoint;
use crate::http::execute::{self, Executed, Outcome, execute};
use crate::http::operation::{Misunderstood, Operation};
use crate::http::terms::Terms;
use crate::loader::{Explanation, Level};
use crate::model::{Consulted, Tag, Timestamp, Viewer};

use super::Etag;
use super::caching::{Caching, Reason, Status};
use super::explain::Told;
use super::fill::Filling;
use super::judge::Made;
use super::look::{Look, age, look_up, near};
use super::question::Question;

/// Answers one operation.
pub async fn ask(endpoint: &Arc<Endpoint>, operation: Operation, scope: Scope, terms: &Terms) -> Answer {
    let (start, name) = (Instant::now(), operation.name.clone());
    let answer = match plan(endpoint, &operation, terms) {
        Ok(plan) => look(endpoint, operation, scope, plan).await,
        Err(reason) => bypassed(endpoint, execute(endpoint, &operation, scope).await, reason),
    };
    observed(endpoint, answer, name.as_deref(), start)
}

/// Answers one operation anew, and tells in `extensions.cache` how: `identity` is how the viewer was read. What is
/// answered so is not kept.
pub async fn ask_explained(
    endpoint: &Arc<Endpoint>,
    operation: Operation,
    scope: Scope,
    terms: &Terms,
    identity: &Explanation,
) -> Answer {
    let (start, name) = (Instant::now(), operation.name.clone());
    let plan = plan(endpoint, &operation, terms);
    let mut told = Told::of(identity, scope.viewer().map(Viewer::organization));
    if let Ok(plan) = &plan {
        let (cache, now) = (&endpoint.app.cache, endpoint.app.services.now());
        // What is found behind the process lies in it from then on.
        let near = near(cache, &plan.question, &scope);
        let narrowest = narrowest(&plan.question, &scope);
        let found = look_for(endpoint, narrowest, &plan.question, &scope, now).await;
        let is_near = matches!(&found, Look::Fresh(kept) | Look::Stale(kept) if near.contains(&kept.question));
        told.looked_up(&found, Level::of(cache.engine(), is_near), now);
    }
    let mut executed = execute(endpoint, &operation, scope.clone()).await;
    let kept = plan.and_then(|plan| judged(endpoint, &executed, &scope, &plan));
    told.judged(&scope, kept.as_ref(), &endpoint.policies);
    executed.reply.extensions.insert("cache".into(), told.value());
    observed(
        endpoint,
        bypassed(endpoint, executed, Reason::Explained),
        name.as_deref(),
        start,
    )
}

/// The answer under the name that metrics know its operation by, counted.
fn observed(endpoint: &Endpoint, mut answer: Answer, name: Option<&str>, start: Instant) -> Answer {
    let label = match answer.outcome {
        Outcome::Refused => endpoint.names.label_if_seen(name),
        _ => endpoint.names.label(name),
    };
    label.clone_into(&mut answer.name);
    let (metrics, outcome) = (&endpoint.app.metrics, answer.outcome.name());
    metrics.request(answer.kind, label, outcome, start.elapsed());
    answer
}

/// The answer to what is not executed.
pub fn refuse(endpoint: &Endpoint, misunderstood: Misunderstood) -> Answer {
    let name = endpoint.names.label_if_seen(misunderstood.name.as_deref()).to_owned();
    let executed = execute::refuse(misunderstood.errors);
    let (metrics, outcome) = (&endpoint.app.metrics, executed.outcome.name());
    metrics.request(executed.kind, &name, outcome, Duration::ZERO);
    let answer = bypassed(endpoint, executed, Reason::Refused);
    Answer { name, ..answer }
}

/// What is looked for, and how long an answer to it may be kept.
struct Plan {
    question: Question,
    policy: Policy,
}

/// Says what is to be looked for, or why nothing is.
fn plan(endpoint: &Endpoint, operation: &Operation, terms: &Terms) -> Result<Plan, Reason> {
    if operation.is_mutation() {
        return Err(Reason::Mutation);
    }
    if endpoint.app.config.answer_seconds == 0 {
        return Err(Reason::Off);
    }
    if terms.bypass {
        return Err(Reason::Request);
    }
    let policy = operation.policy(&endpoint.policies);
    if !policy.is_cacheable() {
        return Err(Reason::Policy);
    }
    let question = operation.question(&endpoint.schema);
    Ok(Plan { question, policy })
}

async fn look(endpoint: &Arc<Endpoint>, operation: Operation, scope: Scope, plan: Plan) -> Answer {
    let (now, narrowest) = (endpoint.app.services.now(), narrowest(&plan.question, &scope));
    match look_for(endpoint, narrowest, &plan.question, &scope, now).await {
        Look::Fresh(kept) => served(endpoint, &kept, Status::Hit, Reason::Current).of_kept(Arc::new(kept)),
        Look::Stale(kept) => {
            refresh(endpoint, operation, scope, plan, kept.question);
            served(endpoint, &kept, Status::Stale, Reason::Revalidate)
        }
        Look::Nothing { reason, spare } => {
            let executed = execute(endpoint, &operation, scope.clone()).await;
            match spare {
                Some(spare) if executed.has(ErrorCode::Unavailable) => {
                    served(endpoint, &spare, Status::Stale, Reason::IfError)
                }
                // What can't be asked must not be filled either.
                _ if reason == Reason::Cache => bypassed(endpoint, executed, reason),
                _ => made(endpoint, executed, &scope, &plan, (narrowest, reason)),
            }
        }
    }
}

/// Looks for the answer, unless answers to this question could lately not be kept.
async fn look_for(
    endpoint: &Endpoint,
    narrowest: [u8; 16],
    question: &Question,
    scope: &Scope,
    now: Timestamp,
) -> Look {
    if endpoint.unkept.holds(narrowest, now) {
        let reason = Reason::Unsought;
        return Look::Nothing { reason, spare: None };
    }
    look_up(&endpoint.app.cache, question, scope, now).await
}

/// The question as nobody else asks it, for guesses about its answers.
fn narrowest(question: &Question, scope: &Scope) -> [u8; 16] {
    question.guessed_by(scope.key(Consulted::Session))
}

/// The answer that was kept.
fn served(endpoint: &Endpoint, kept: &Kept, status: Status, reason: Reason) -> Answer {
    let caching = Caching::of_kept(kept, status, age(kept, endpoint.app.services.now()));
    caching.count(&endpoint.app.metrics, reason);
    Answer::kept(kept.bodies.clone(), caching).labeled(label(endpoint, kept))
}

/// What a CDN files it under; `None`: none may keep it.
fn label(endpoint: &Endpoint, kept: &Kept) -> Option<HeaderValue> {
    let app = &endpoint.app;
    if !kept.is_public || app.config.answer_cdn_seconds == 0 {
        return None;
    }
    let tags: Vec<Tag> = kept.pairs.iter().map(|(tag, _)| *tag).collect();
    HeaderValue::try_from(app.cdn.label(&tags)?).ok()
}

/// The answer that was just made, and that is being kept where it may be.
fn made(
    endpoint: &Endpoint,
    executed: Executed,
    scope: &Scope,
    plan: &Plan,
    (narrowest, missed): ([u8; 16], Reason),
) -> Answer {
    match keep(endpoint, &executed, scope, plan) {
        Ok((kept, _)) => {
            if missed == Reason::Unsought {
                endpoint.unkept.forget(narrowest);
            }
            let caching = Caching {
                status: Status::Miss,
                etag: Some(Etag::from_bytes(kept.etag)),
                ttl: kept.fresh.as_secs(),
                age: None,
                is_public: kept.is_public,
            };
            caching.count(&endpoint.app.metrics, missed);
            let label = label(endpoint, &kept);
            Answer::made(executed, kept.bodies, caching).labeled(label)
        }
        Err(reason) => {
            if reason.lasts() {
                endpoint.unkept.note(narrowest, endpoint.app.services.now());
            }
            bypassed(endpoint, executed, reason)
        }
    }
}

/// Begins to keep an answer, or says why not.
fn keep(endpoint: &Endpoint, executed: &Executed, scope: &Scope, plan: &Plan) -> Result<(Kept, Filling), Reason> {
    let kept = judged(endpoint, executed, scope, plan)?;
    let filling = endpoint.fills.begin(kept.clone()).ok_or(Reason::Busy)?;
    Ok((kept, filling))
}

/// The answer as it may be kept, or why it may not.
fn judged(endpoint: &Endpoint, executed: &Executed, scope: &Scope, plan: &Plan) -> Result<Kept, Reason> {
    let made = Made {
        question: &plan.question,
        planned: plan.policy,
        scope,
        at: endpoint.app.services.now(),
        executed,
    };
    made.judge(&endpoint.app.config)
}

/// Makes an answer anew beside the request, unless that is being done.
fn refresh(endpoint: &Arc<Endpoint>, operation: Operation, scope: Scope, plan: Plan, question: [u8; 16]) {
    let Some(right) = endpoint.fills.refresh(question) else {
        return;
    };
    let endpoint = Arc::clone(endpoint);
    let task = async move {
        let executed = execute(&endpoint, &operation, scope.clone()).await;
        match keep(&endpoint, &executed, &scope, &plan) {
            Ok((_, filling)) => filling.done().await,
            Err(reason) => tracing::debug!(reason = reason.name(), "an answer could not be made anew"),
        }
        drop(right);
    };
    tokio::spawn(task.in_current_span());
}

/// The answer that was just made, and that nobody keeps.
fn bypassed(endpoint: &Endpoint, executed: Executed, reason: Reason) -> Answer {
    let body = executed.body();
    let reason = match executed.outcome {
        _ if reason == Reason::Mutation => reason,
        Outcome::Ok => reason,
        Outcome::Refused => Reason::Refused,
        Outcome::Partial | Outcome::Error => Reason::Error,
    };
    let may_be_known = executed.outcome == Outcome::Ok && !matches!(reason, Reason::Mutation | Reason::Explained);
    let caching = Caching {
        etag: may_be_known.then(|| Etag::of(body.identity())),
        ..Caching::NONE
    };
    caching.count(&endpoint.app.metrics, reason);
    Answer::made(executed, body, caching)
}
