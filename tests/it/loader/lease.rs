//! What a read of the store rests on while the cache may not be trusted.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::cache::{Cache, Lease};
use kanvaro::invalidation::Invalidator;
use kanvaro::loader::{Loaders, Source};
use kanvaro::metrics::Metrics;
use kanvaro::model::Clock;
use kanvaro::store::{Store, StoreBackend};
use tokio::time::Instant;

use super::world::reference;
use crate::support::faulty::FaultyStore;
use crate::support::sample;
use crate::support::stack::{Database, memory};

#[tokio::test]
async fn who_has_lost_the_lease_catches_up_before_asking_the_store_and_nobody_else_does() {
    let (database, metrics, lease) = (Database::new().await, Metrics::default(), Lease::unread());
    let engine = FaultyStore::over(database.engine.clone());
    let backend: Arc<dyn StoreBackend> = engine.clone();
    let cache = Cache::new(memory(), lease.clone(), Duration::from_secs(5), metrics.clone());
    let settle = Arc::new(Invalidator::new(cache.clone(), Arc::clone(&backend)));
    let store = Store::new(backend, settle, Clock::system(), metrics.clone());
    let organization = sample::organization();
    lease.renew(0, Instant::now());
    let user = store.insert(sample::user(organization.id)).await.unwrap();
    let source = Source::new(cache, store, metrics);
    let reads = || async { Loaders::new(&source).get_many(&[reference(&user)]).await };

    assert!(reads().await.unwrap()[0].is_some());
    assert_eq!(engine.caught_up(), 0, "the lease holds");
    tokio::time::sleep(Lease::TERM).await;
    assert!(reads().await.unwrap()[0].is_some());
    assert_eq!(engine.caught_up(), 1, "it has run out");
    engine.lose_primary();
    assert!(reads().await.is_err(), "who can't catch up is told so");
}
