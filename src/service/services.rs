//! The handle on all services that the schema and the commands hold; its verbs stand in a file per noun.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use crate::mail::Mailer;
use crate::media::Assets;
use crate::metrics::Metrics;
use crate::model::{AnyEntity, Clock, Entity, Timestamp};
use crate::store::{Store, StoreError};

use super::hasher::Hasher;
use super::post::Post;
use super::renewals::Renewals;
use super::throttle::Throttle;
use super::turns::Turns;
use super::{ServiceError, Tally};

/// How often a decision is taken anew when others keep writing in between.
pub(super) const ATTEMPTS: u64 = 10;

/// A cheap handle on the services; clones share everything, and cost each request no more than one count of owners.
#[derive(Clone)]
pub struct Services {
    shared: Arc<Shared>,
}

/// What they share.
#[derive(Clone)]
pub struct Shared {
    pub(super) store: Store,
    pub(super) sessions: SessionPolicy,
    pub(super) hasher: Hasher,
    pub(super) renewals: Renewals,
    pub(super) throttle: Throttle,
    pub(super) post: Post,
    turns: Turns,
    pub(super) assets: Assets,
}

/// How long a sign-in lasts.
#[derive(Clone, Copy, Debug)]
pub struct SessionPolicy {
    /// How long a session lives after its last use.
    pub ttl: Duration,
}

impl Services {
    /// The services over this store and these assets, which count guesses and their own work there.
    pub fn new(
        store: Store,
        sessions: SessionPolicy,
        assets: Assets,
        tally: Arc<dyn Tally>,
        mailer: Mailer,
        metrics: Metrics,
    ) -> Services {
        Services::sharing(Shared {
            store,
            sessions,
            hasher: Hasher::new(metrics),
            renewals: Renewals::default(),
            throttle: Throttle::new(tally),
            post: Post::new(mailer),
            turns: Turns::default(),
            assets,
        })
    }

    fn sharing(shared: Shared) -> Services {
        Services {
            shared: Arc::new(shared),
        }
    }

    /// The same with other assets.
    pub fn with_assets(self, assets: Assets) -> Services {
        Services::sharing(Shared {
            assets,
            ..Shared::clone(&self)
        })
    }

    /// The same with mails that lead to pages there.
    pub fn with_pages(self, pages: Option<&str>) -> Services {
        let shared = Shared::clone(&self);
        Services::sharing(Shared {
            post: shared.post.leading_to(pages),
            ..shared
        })
    }

    /// Pictures and files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// How long sign-ins last.
    pub fn session_policy(&self) -> SessionPolicy {
        self.sessions
    }

    pub(super) fn clock(&self) -> &Clock {
        self.store.clock()
    }

    /// The time now, by the clock that stamps the writes.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Reads, decides and writes; anew, a bounded number of times, when somebody else wrote in between: in turns then
    /// with others of this process. A decision that expects a version sees the newer one, and refuses.
    pub(super) async fn retried<T, F>(&self, decide: impl Fn() -> F) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        let mut turn = None;
        for attempt in 1..ATTEMPTS {
            match decide().await {
                Err(ServiceError::Store(StoreError::Conflict(document))) => {
                    // Never two turns: who holds one and waits for another may wait for ever.
                    drop(turn.take());
                    turn = Some(self.turns.take(document).await);
                    // Apart from other processes by chance, so that the same writers don't meet again.
                    let pause = rand::random_range(0..=attempt * 4);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                done => return self.told(done).await,
            }
        }
        self.told(decide().await).await
    }

    /// What was decided, to be told: a refusal tells of what was read, which may be another's write that nobody was told
    /// of yet.
    pub(super) async fn told<T>(&self, decided: Result<T, ServiceError>) -> Result<T, ServiceError> {
        match decided {
            Ok(_) | Err(ServiceError::Store(_)) => decided,
            Err(_) => self.unchanged(()).await.and(decided),
        }
    }

    /// What was found and left as it was, to be told: no read that begins after is older than it.
    pub(super) async fn unchanged<T>(&self, found: T) -> Result<T, ServiceError> {
        self.store.agree().await?;
        Ok(found)
    }

    /// Takes away what this caller has just written, because what it hangs on has gone; whoever took that away may have
    /// taken it along, or loosened it.
    pub(super) async fn take_back<E: Entity>(&self, written: &Arc<E>) -> Result<(), ServiceError>
    where
        Arc<E>: TryFrom<AnyEntity>,
    {
        let mut written = Arc::clone(written);
        for _ in 0..ATTEMPTS {
            match self.store.remove(&written).await {
                Err(StoreError::Conflict(_)) => match self.store.get(written.id()).await? {
                    Some(now) => written = now,
                    None => return Ok(()),
                },
                done => return Ok(done?),
            }
        }
        Ok(())
    }

    /// Writes `after` over `before`; nothing when they say the same.
    pub(super) async fn save<E: Entity + PartialEq>(&self, before: &Arc<E>, after: E) -> Result<Arc<E>, ServiceError> {
        if **before == after {
            return self.unchanged(before.clone()).await;
        }
        Ok(self.store.update(before, after).await?)
    }
}

impl Deref for Services {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}
