//! Questions after tenants that come up while one is on its way go out together, as the next one: so under load a question
//! serves many requests, and each is answered by one that was asked after it came up.

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::cache::{Cache, TagState};
use crate::model::{Id, Tag};

/// The questions of a process, of which one is on its way at most.
#[derive(Default)]
pub(super) struct Asking {
    turns: Mutex<Turns>,
}

/// The states of a tenant's own tag, and of the one for what can't be told whose it is.
pub(super) type States = [TagState; 2];

#[derive(Default)]
struct Turns {
    is_out: bool,
    waiting: Vec<Waiting>,
}

struct Waiting {
    tenant: Id,
    tell: oneshot::Sender<Turn>,
}

/// What becomes of who waits.
enum Turn {
    /// The question on its way has come back: it is theirs to ask the next, for all who wait.
    Ask,
    /// Somebody has asked for them; `None`: the cache can't be asked.
    Told(Option<States>),
}

impl Asking {
    /// The states of this tenant's tags at some moment from now on; `None`: the cache can't be asked.
    pub async fn states(&self, cache: &Cache, tenant: Id) -> Option<States> {
        if let Some(told) = self.turn(tenant) {
            match told.await {
                Ok(Turn::Told(states)) => return states,
                Ok(Turn::Ask) => {}
                // Who asked for this one was dropped meanwhile.
                Err(_) => return ask(cache, &[tenant]).await?.pop(),
            }
        }
        let turn = Out(self);
        let waiting = std::mem::take(&mut self.turns.lock().waiting);
        let tenants: Vec<Id> = [tenant]
            .into_iter()
            .chain(waiting.iter().map(|waiting| waiting.tenant))
            .collect();
        let states = ask(cache, &tenants).await;
        drop(turn);
        let mut states = states.into_iter().flatten();
        let own = states.next();
        for waiting in waiting {
            // Nobody waits there any more where this fails.
            let _ = waiting.tell.send(Turn::Told(states.next()));
        }
        own
    }

    /// `None`: it is the caller's turn to ask.
    fn turn(&self, tenant: Id) -> Option<oneshot::Receiver<Turn>> {
        let mut turns = self.turns.lock();
        if !std::mem::replace(&mut turns.is_out, true) {
            return None;
        }
        let (tell, told) = oneshot::channel();
        turns.waiting.push(Waiting { tenant, tell });
        Some(told)
    }

    /// Lets one of those who wait ask next.
    fn pass_on(&self) {
        let mut turns = self.turns.lock();
        while let Some(next) = turns.waiting.pop() {
            if next.tell.send(Turn::Ask).is_ok() {
                return;
            }
        }
        turns.is_out = false;
    }
}

/// A question on its way; that it is back, or given up, is the end of this.
struct Out<'a>(&'a Asking);

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

/// The states of these tenants' tags, in one round trip.
async fn ask(cache: &Cache, tenants: &[Id]) -> Option<Vec<States>> {
    let mut each = tenants.to_vec();
    each.sort_unstable();
    each.dedup();
    let tags = each.iter().map(|tenant| Tag::Tenant(*tenant));
    let tags: Vec<Tag> = [Tag::NO_TENANT].into_iter().chain(tags).collect();
    let states = cache.get_many(&[], &tags).await.ok()?.tags;
    let (others, own) = states.split_first()?;
    let of = |tenant| each.binary_search(tenant).ok().map(|at| [own[at], *others]);
    tenants.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::cache::{Lease, MemoryBackend};
    use crate::metrics::Metrics;

    fn cache(metrics: &Metrics) -> Cache {
        let engine = Arc::new(MemoryBackend::new(1 << 20));
        Cache::new(engine, Lease::forever(), Duration::from_secs(5), metrics.clone())
    }

    fn tenant(number: u8) -> Id {
        Id::from_bytes([number; 12])
    }

    /// Somebody whose question is on its way.
    fn begin(asking: &Asking) -> Out<'_> {
        assert!(asking.turn(tenant(9)).is_none());
        Out(asking)
    }

    #[tokio::test]
    async fn what_comes_up_while_a_question_is_on_its_way_is_asked_together_once_it_is_back() {
        let (asking, metrics) = (Asking::default(), Metrics::default());
        let cache = cache(&metrics);
        cache.versions(&[Tag::Tenant(tenant(1))]).await.unwrap();
        let out = begin(&asking);
        let come_back = async {
            tokio::task::yield_now().await;
            drop(out);
        };
        let (one, other, again, ()) = tokio::join!(
            asking.states(&cache, tenant(1)),
            asking.states(&cache, tenant(2)),
            asking.states(&cache, tenant(1)),
            come_back
        );
        assert_eq!(metrics.cache_calls("get_many"), 1);
        assert!(
            matches!(one, Some([TagState::Current(..), TagState::Absent])),
            "{one:?}"
        );
        assert_eq!((again, other), (one, Some([TagState::Absent; 2])));
        assert!(!asking.turns.lock().is_out);
    }

    #[tokio::test]
    async fn who_is_dropped_is_in_nobodys_way() {
        let (asking, metrics) = (Asking::default(), Metrics::default());
        let cache = cache(&metrics);
        let out = begin(&asking);
        let mut gone = Box::pin(asking.states(&cache, tenant(1)));
        let mut next = Box::pin(asking.states(&cache, tenant(2)));
        for waiting in [&mut next, &mut gone] {
            assert!(futures_util::poll!(waiting).is_pending());
        }
        // It was to ask next.
        drop(gone);
        drop(out);
        assert_eq!(next.await, Some([TagState::Absent; 2]));
        assert_eq!(asking.states(&cache, tenant(3)).await, Some([TagState::Absent; 2]));
    }

    #[tokio::test]
    async fn who_was_asked_for_by_one_that_is_dropped_asks_by_itself() {
        let (asking, metrics) = (Asking::default(), Metrics::default());
        let cache = cache(&metrics);
        let told = {
            let _out = begin(&asking);
            let told = asking.turn(tenant(1)).unwrap();
            let taken = std::mem::take(&mut asking.turns.lock().waiting);
            drop(taken);
            told
        };
        assert!(told.await.is_err());
        assert_eq!(asking.states(&cache, tenant(1)).await, Some([TagState::Absent; 2]));
    }
}
