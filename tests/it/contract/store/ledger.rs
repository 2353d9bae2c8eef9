//! Counters and the epoch, as who moves a whole store reads and sets them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kanvaro::store::Write;
use kanvaro::store::ledger::Ledger;

use super::StoreFixture;
use crate::support::sample;

fn ledger(fixture: &StoreFixture) -> Arc<dyn Ledger> {
    fixture.backend.ledger().expect("the engine shows its counters")
}

pub async fn counters_are_told_without_the_epoch(fixture: &StoreFixture) {
    let ledger = ledger(fixture);
    assert_eq!(ledger.counters().await.unwrap(), BTreeMap::new());
    fixture.store.reserve("task:a", 3).await.unwrap();
    fixture.store.reserve("task:b", 1).await.unwrap();
    fixture
        .backend
        .write(vec![Write::RaiseEpoch], sample::LIMIT)
        .await
        .unwrap();
    let expected = [("task:a".to_owned(), 3), ("task:b".to_owned(), 1)];
    assert_eq!(ledger.counters().await.unwrap(), BTreeMap::from(expected));
}

pub async fn a_counter_goes_on_behind_what_it_was_set_to(fixture: &StoreFixture) {
    let ledger = ledger(fixture);
    ledger.set_counter("task:a", Some(41)).await.unwrap();
    assert_eq!(fixture.store.reserve("task:a", 1).await.unwrap(), 42);
    ledger.set_counter("task:a", Some(7)).await.unwrap();
    assert_eq!(ledger.counter("task:a").await.unwrap(), Some(7));
    ledger.set_counter("task:a", None).await.unwrap();
    assert_eq!(ledger.counter("task:a").await.unwrap(), None);
    assert_eq!(fixture.store.reserve("task:a", 1).await.unwrap(), 1);
}

pub async fn the_epoch_is_raised_and_never_lowered(fixture: &StoreFixture) {
    let ledger = ledger(fixture);
    for (least, epoch) in [(5, 5), (3, 5), (9, 9)] {
        ledger.raise_epoch(least).await.unwrap();
        assert_eq!(fixture.backend.epoch().await.unwrap(), epoch);
    }
}

pub async fn a_store_without_a_server_is_not_served(fixture: &StoreFixture) {
    assert!(!ledger(fixture).is_served().await.unwrap());
}
