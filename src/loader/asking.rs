//! Questions after tenants that come up while one is on its way go out together, as the next one: so under load a question
//! serves many requests, and each is answered by one that was asked after it came up.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::cache::TagState;
use crate::model::Id;

/// The questions of a process, of which one is on its way at most. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Asking {
    turns: Arc<Mutex<Turns>>,
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
    /// The question on its way has come back: it is theirs to ask the next, for all who wait. Who is dropped before they hear of
    /// it drops this with it, and so the turn goes on.
    Ask(Out),
    /// Somebody has asked for them; `None`: the cache can't be asked.
    Told(Option<States>),
}

impl Asking {
    /// The states of this tenant's tags at some moment from now on; `None`: the cache can't be asked. `ask` asks for those of
    /// several, in their order.
    pub async fn states<F: Future<Output = Option<Vec<States>>>>(
        &self,
        tenant: Id,
        ask: impl Fn(Vec<Id>) -> F,
    ) -> Option<States> {
        let turn = match self.turn(tenant) {
            Ok(turn) => turn,
            Err(told) => match told.await {
                Ok(Turn::Told(states)) => return states,
                Ok(Turn::Ask(turn)) => turn,
                // Who asked for this one was dropped meanwhile.
                Err(_) => return ask(vec![tenant]).await?.pop(),
            },
        };
        let waiting = std::mem::take(&mut self.turns.lock().waiting);
        let others = waiting.iter().map(|waiting| waiting.tenant);
        let states = ask([tenant].into_iter().chain(others).collect()).await;
        drop(turn);
        let mut states = states.into_iter().flatten();
        let own = states.next();
        for waiting in waiting {
            // Nobody waits there any more where this fails.
            let _ = waiting.tell.send(Turn::Told(states.next()));
        }
        own
    }

    /// The caller's turn to ask, or where they will hear of it.
    fn turn(&self, tenant: Id) -> Result<Out, oneshot::Receiver<Turn>> {
        let mut turns = self.turns.lock();
        if !std::mem::replace(&mut turns.is_out, true) {
            return Ok(Out(Some(self.clone())));
        }
        let (tell, told) = oneshot::channel();
        turns.waiting.push(Waiting { tenant, tell });
        Err(told)
    }

    /// Lets one of those who wait ask next.
    fn pass_on(self) {
        loop {
            let mut turns = self.turns.lock();
            let Some(next) = turns.waiting.pop() else {
                turns.is_out = false;
                return;
            };
            drop(turns);
            match next.tell.send(Turn::Ask(Out(Some(self.clone())))) {
                Ok(()) => return,
                // Nobody waits there any more: not by its end, which would come here again from within.
                Err(Turn::Ask(mut turn)) => drop(turn.0.take()),
                Err(Turn::Told(_)) => unreachable!("a turn was sent"),
            }
        }
    }
}

/// A question on its way; that it is back, or given up, is the end of this.
struct Out(Option<Asking>);

impl Drop for Out {
    fn drop(&mut self) {
        if let Some(asking) = self.0.take() {
            asking.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::cache::Version;
    use crate::model::Moment;

    fn tenant(number: u8) -> Id {
        Id::from_bytes([number; 12])
    }

    /// Each tenant's version tells which it is.
    async fn states(tenants: Vec<Id>) -> Option<Vec<States>> {
        let of = |tenant: &Id| [TagState::Current(version(*tenant), Moment::NONE), TagState::Absent];
        Some(tenants.iter().map(of).collect())
    }

    fn version(tenant: Id) -> Version {
        Version::from_token(u64::from(tenant.bytes()[0]))
    }

    fn is_own(tenant: Id, told: Option<States>) -> bool {
        matches!(told, Some([TagState::Current(own, _), _]) if own == version(tenant))
    }

    /// Somebody whose question is on its way.
    fn begin(asking: &Asking) -> Out {
        asking.turn(tenant(9)).ok().expect("nobody else asks")
    }

    #[tokio::test]
    async fn what_comes_up_while_a_question_is_on_its_way_is_asked_together_once_it_is_back() {
        let (asking, asked) = (Asking::default(), AtomicUsize::new(0));
        let ask = |tenants: Vec<Id>| {
            asked.fetch_add(1, Ordering::Relaxed);
            states(tenants)
        };
        let out = begin(&asking);
        let come_back = async {
            tokio::task::yield_now().await;
            drop(out);
        };
        let (one, other, again, ()) = tokio::join!(
            asking.states(tenant(1), ask),
            asking.states(tenant(2), ask),
            asking.states(tenant(1), ask),
            come_back
        );
        assert!(is_own(tenant(1), one) && is_own(tenant(2), other) && is_own(tenant(1), again));
        assert_eq!(asked.into_inner(), 1);
        assert!(!asking.turns.lock().is_out);
    }

    #[tokio::test]
    async fn who_is_dropped_before_its_turn_or_when_it_comes_is_in_nobodys_way() {
        for is_told in [false, true] {
            let asking = Asking::default();
            let out = begin(&asking);
            let mut next = Box::pin(asking.states(tenant(2), states));
            // The last is the one that is told to ask.
            let mut gone = Box::pin(asking.states(tenant(1), states));
            for waiting in [&mut next, &mut gone] {
                assert!(futures_util::poll!(waiting).is_pending());
            }
            if is_told {
                drop(out);
                drop(gone);
            } else {
                drop(gone);
                drop(out);
            }
            assert!(is_own(tenant(2), next.await));
            assert!(!asking.turns.lock().is_out);
        }
    }

    #[tokio::test]
    async fn who_was_asked_for_by_one_that_is_dropped_asks_by_itself() {
        let asking = Asking::default();
        let out = begin(&asking);
        let mut asked_for = Box::pin(asking.states(tenant(1), states));
        assert!(futures_util::poll!(&mut asked_for).is_pending());
        drop(std::mem::take(&mut asking.turns.lock().waiting));
        assert!(is_own(tenant(1), asked_for.await));
        drop(out);
        assert!(!asking.turns.lock().is_out);
    }
}
