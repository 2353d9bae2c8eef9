//! A call that many want made at once and that does for all who asked before it began: one runs, and all who come while it
//! does wait for the next, together.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::store::StoreError;

/// One such call, made again and again.
#[derive(Default)]
pub(super) struct SharedCall {
    /// How many have begun.
    begun: AtomicU64,
    /// The number of the last that has ended, and how.
    ended: Mutex<(u64, Option<Result<(), StoreError>>)>,
}

impl SharedCall {
    /// How a call ends that begins after this is asked for; the caller's own, or another's.
    pub async fn share<C>(&self, call: impl FnOnce() -> C) -> Result<(), StoreError>
    where
        C: Future<Output = Result<(), StoreError>>,
    {
        let begun = self.begun.load(Ordering::SeqCst);
        let mut ended = self.ended.lock().await;
        if let (number, Some(outcome)) = &*ended
            && *number > begun
        {
            return outcome.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let outcome = call().await;
        *ended = (number, Some(outcome.clone()));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_comes_while_one_runs_shares_the_next() {
        let (shared, made) = (SharedCall::default(), AtomicU64::new(0));
        let ask = |after| {
            let (shared, made) = (&shared, &made);
            async move {
                sleep(Duration::from_millis(after)).await;
                let call = || async {
                    sleep(Duration::from_millis(100)).await;
                    Err(StoreError::Unavailable(made.fetch_add(1, Ordering::SeqCst).to_string()))
                };
                shared.share(call).await.unwrap_err().to_string()
            }
        };
        let told = join_all([ask(0), ask(10), ask(20), ask(90), ask(150)]).await;
        assert_eq!(made.load(Ordering::SeqCst), 3, "{told:?}");
        assert!(
            told[0] != told[1] && told[1] == told[2] && told[2] == told[3],
            "{told:?}"
        );
        assert_ne!(told[3], told[4], "it came when the second had begun");
    }
}
