//! Reads the epoch of the cache from the store, often enough that the trust lease holds while the store answers.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::cache::Lease;
use crate::store::{StoreBackend, StoreError, Write};

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(250);
/// How long one attempt to raise it may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Keeps this lease for as long as the store is held by somebody else; returns once it holds for the first time, or
/// after a term.
pub async fn keep(lease: Lease, store: &Arc<dyn StoreBackend>) {
    if !lease.ends() {
        return;
    }
    renew(&lease, store.as_ref()).await;
    tokio::spawn(keep_on(lease, Arc::downgrade(store)));
}

async fn keep_on(lease: Lease, store: Weak<dyn StoreBackend>) {
    loop {
        sleep(PAUSE).await;
        let Some(store) = store.upgrade() else { return };
        renew(&lease, store.as_ref()).await;
    }
}

async fn renew(lease: &Lease, store: &dyn StoreBackend) {
    match timeout(Lease::TERM, read(lease, store)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the epoch of the cache can't be read"),
        Err(_) => tracing::debug!("the epoch of the cache was not read in time"),
    }
}

/// Reads the epoch and renews the lease with it.
pub(super) async fn read(lease: &Lease, store: &dyn StoreBackend) -> Result<(), StoreError> {
    let since = Instant::now();
    lease.renew(store.epoch().await?, since);
    Ok(())
}

/// Raises the epoch by itself, for what has been written already; tries until the store has done it.
pub(super) async fn raise(store: &dyn StoreBackend) {
    while let Err(error) = raise_once(store).await {
        tracing::warn!(%error, "the epoch of the cache can't be raised; trying again");
        sleep(PAUSE).await;
    }
}

/// The same, tried once.
pub(super) async fn raise_once(store: &dyn StoreBackend) -> Result<(), StoreError> {
    store.write(vec![Write::RaiseEpoch], LIMIT).await.map(drop)
}
