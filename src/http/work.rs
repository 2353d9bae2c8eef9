//! The operations of one HTTP request, with whoever asks for them: refused together, run side by side or in order.

use std::sync::Arc;

use async_graphql::ServerError;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use futures_util::future::join_all;
use tracing::Instrument;

use crate::config::Network;
use crate::graphql::ApiError;
use crate::loader::{Assumed, Explanation, Loaders};
use crate::media::Uploads;
use crate::model::{Id, Permission, Session, Viewer};
use crate::service::Origin;

use super::answer::Answer;
use super::answers::{ask, ask_explained, refuse};
use super::client_address::client_address;
use super::endpoint::Endpoint;
use super::execute::Outcome;
use super::identity::{Identity, identify};
use super::operation::{Misunderstood, Operation};
use super::refusal::Refusal;
use super::terms::Terms;

/// An operation, or why there is none.
pub type Understood = Result<Operation, Misunderstood>;

/// What one HTTP request asks for.
pub struct Work {
    endpoint: Arc<Endpoint>,
    operations: Vec<Understood>,
    identity: Identity,
    origin: Origin,
    uploads: Uploads,
    terms: Arc<Terms>,
    /// How the viewer was read, where they are to be told.
    explained: Option<Explanation>,
    /// What is taken for current until the answers are there.
    assumed: Option<Assumed>,
    /// What the viewer was read by.
    reading: Loaders,
}

/// The longest name of a client that is kept with its session.
const LONGEST_AGENT: usize = 300;

impl Work {
    /// Finds out who asks; where that fails, nothing will be executed.
    ///
    /// With loaders of its own: what is read here is verified for each request anew, and what an answer takes of the
    /// viewer is part of what it is kept under. So no answer goes when the session of whoever asked first is prolonged
    /// or ends.
    pub async fn prepare(
        endpoint: Arc<Endpoint>,
        mut operations: Vec<Understood>,
        parts: &Parts,
        terms: Arc<Terms>,
        assumed: Option<&Assumed>,
    ) -> Work {
        let mut identity = Identity::default();
        let reading = match assumed {
            Some(assumed) => endpoint.app.assuming_loaders(assumed),
            None if terms.explain => endpoint.app.explained_loaders(),
            None => endpoint.app.loaders(),
        };
        if operations.iter().any(Result::is_ok) {
            match identify(&endpoint, &parts.headers, &reading).await {
                Ok(found) => identity = found,
                Err(error) => operations = refuse_all(operations, error),
            }
        }
        // Asked of a viewer that nobody records, so that the question leaves no trace in any answer.
        let inspects = |viewer: &Viewer| viewer.has(Permission::CacheInspect);
        let explained = reading.explanation().cloned();
        let explained = explained.filter(|_| identity.viewer.as_ref().is_some_and(inspects));
        Work {
            origin: origin(parts, &endpoint.proxies),
            endpoint,
            operations,
            identity,
            uploads: Uploads::default(),
            terms,
            explained,
            assumed: assumed.cloned(),
            reading,
        }
    }

    /// Whose things alone whoever asks sees. Asked of a viewer that nobody records.
    pub fn tenant(&self) -> Option<Id> {
        self.identity.viewer.as_ref().map(Viewer::organization)
    }

    /// The session of whoever asks, with what it was read by.
    pub fn session(&self) -> Option<(Arc<Session>, Loaders)> {
        let session = Arc::clone(self.identity.session.as_ref()?);
        Some((session, self.reading.clone()))
    }

    /// The same with the files that the request has brought.
    pub fn bringing(self, uploads: Uploads) -> Work {
        Work { uploads, ..self }
    }

    /// Does all of it; the answers are in the order of the operations.
    pub async fn run(self) -> Result<Vec<Answer>, Refusal> {
        if !self.operations.iter().flatten().any(Operation::is_mutation) {
            return Ok(self.run_together().await);
        }
        // In a place of its own: queries need no room for it.
        Box::pin(self.run_to_the_end()).await
    }

    async fn run_to_the_end(self) -> Result<Vec<Answer>, Refusal> {
        // The client may hang up, and then this future is dropped: a mutation must come to its end all the same.
        let piece = self.endpoint.running.begin();
        let task = async move {
            let answers = self.run_in_order().await;
            drop(piece);
            answers
        };
        match tokio::spawn(task.in_current_span()).await {
            Ok(answers) => Ok(answers),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Refusal::internal()),
        }
    }

    /// Queries side by side. What two of them read at once is loaded once all the same.
    async fn run_together(mut self) -> Vec<Answer> {
        let mut operations = std::mem::take(&mut self.operations);
        let mut answers = match operations.pop() {
            Some(one) if operations.is_empty() => vec![self.run_one(one).await],
            last => {
                let all = operations
                    .into_iter()
                    .chain(last)
                    .map(|operation| self.run_one(operation));
                Box::pin(join_all(all)).await
            }
        };
        let cookie = self
            .identity
            .cookie
            .and_then(|cookie| HeaderValue::from_str(&cookie).ok());
        if let (Some(first), Some(cookie)) = (answers.first_mut(), cookie) {
            first.headers.append(header::SET_COOKIE, cookie);
        }
        answers
    }

    /// Where there is a mutation, one after the other: each sees what the ones before did.
    async fn run_in_order(mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        for operation in std::mem::take(&mut self.operations) {
            answers.push(self.run_one(operation).await);
        }
        answers
    }

    /// With loaders of its own, so that an answer rests on what was read for it alone.
    async fn run_one(&self, operation: Understood) -> Answer {
        match operation {
            Ok(operation) => {
                let app = &self.endpoint.app;
                let loaders = match (&self.explained, &self.assumed) {
                    (Some(_), _) => app.explained_loaders(),
                    (None, Some(assumed)) => app.assuming_loaders(assumed),
                    (None, None) => app.loaders(),
                };
                let scope = app.scope(self.identity.viewer.clone(), loaders, self.origin.clone());
                let scope = scope.with_uploads(self.uploads.clone());
                let persisted = operation.persisted();
                let answer = match &self.explained {
                    None => ask(&self.endpoint, operation, scope, &self.terms).await,
                    Some(identity) => {
                        let explained = ask_explained(&self.endpoint, operation, scope, &self.terms, identity);
                        Box::pin(explained).await
                    }
                };
                if let Some((hash, text)) = persisted.filter(|_| answer.outcome != Outcome::Refused) {
                    self.endpoint.persisted.insert(hash, text);
                }
                answer
            }
            Err(misunderstood) => refuse(&self.endpoint, misunderstood),
        }
    }
}

fn origin(parts: &Parts, proxies: &[Network]) -> Origin {
    let agent = parts.headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Origin {
        user_agent: agent[..agent.floor_char_boundary(LONGEST_AGENT)].to_owned(),
        address: client_address(parts, proxies),
    }
}

fn refuse_all(operations: Vec<Understood>, error: ApiError) -> Vec<Understood> {
    let error = async_graphql::Error::from(error);
    let refused = |operation: Operation| {
        let mut refusal = ServerError::new(&error.message, None);
        refusal.extensions = error.extensions.clone();
        Err(Misunderstood {
            name: operation.name.as_deref().map(str::to_owned),
            errors: vec![refusal],
        })
    };
    operations
        .into_iter()
        .map(|understood| understood.and_then(refused))
        .collect()
}
