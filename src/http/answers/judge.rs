//! Whether an answer that was just made may be kept, and for how long.

use std::time::Duration;

use crate::cache::Answer;
use crate::config::Config;
use crate::graphql::{CacheScope, Policy, Scope};
use crate::http::execute::{Executed, Outcome};
use crate::model::Timestamp;

use super::Etag;
use super::caching::Reason;
use super::question::Question;

/// An answer that was made, and what is needed to keep it.
pub struct Made<'a> {
    /// What it answers.
    pub question: &'a Question,
    /// What the schema allows for it.
    pub planned: Policy,
    /// Whom it was made for, with what that has recorded.
    pub scope: &'a Scope,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub executed: &'a Executed,
}

impl Made<'_> {
    /// The answer as it may be kept, or why it may not.
    pub fn judge(&self, config: &Config) -> Result<Answer, Reason> {
        if self.executed.outcome != Outcome::Ok {
            return Err(Reason::Error);
        }
        if !self.executed.reply.headers.is_empty() {
            return Err(Reason::Header);
        }
        let policy = self.scope.policy(self.planned, self.at);
        if !policy.is_cacheable() {
            return Err(Reason::Policy);
        }
        let bodies = self.executed.body();
        if bodies.identity().len() > config.answer_max_bytes {
            return Err(Reason::Large);
        }
        // Later than all that costs less.
        let provenance = self.scope.loaders.provenance();
        let pairs = provenance.pairs().map_err(Reason::Piece)?;
        Ok(Answer {
            question: self.question.asked_by(self.scope.key(self.scope.consulted())),
            etag: Etag::of(bodies.identity()).bytes(),
            made_at: self.at,
            fresh: jittered(seconds(policy.max_age.min(config.answer_seconds))),
            while_revalidate: seconds(policy.stale_while_revalidate),
            if_error: seconds(policy.stale_if_error),
            is_public: policy.scope == CacheScope::Public,
            pairs: pairs.into_iter().collect(),
            bodies,
        })
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// Up to a tenth less, so that what was made together doesn't run out together; whole seconds, one at least.
fn jittered(span: Duration) -> Duration {
    let shorter = span.mul_f64(rand::random_range(0.9..=1.0)).as_secs();
    Duration::from_secs(shorter.max(1))
}
