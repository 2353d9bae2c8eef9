//! The queue of purges: written with what it belongs to, held until released, and worked on in the order of its age.

use std::sync::Arc;
use std::time::Duration;

use kanvaro::model::{AnyEntity, Id, PurgeEntry, PurgeItem};
use kanvaro::store::purges::{PurgeQueue, QueuedPurge};
use kanvaro::store::{StoreError, Write};

use super::StoreFixture;
use crate::support::sample;

const LONG: Duration = Duration::from_secs(600);

fn queue(fixture: &StoreFixture) -> Arc<dyn PurgeQueue> {
    fixture.backend.purges().expect("the engine keeps a queue")
}

fn entry(items: &[&str], hold: Duration) -> PurgeEntry {
    PurgeEntry {
        id: sample::id(),
        items: items.iter().map(|item| PurgeItem::parse(item).unwrap()).collect(),
        hold,
    }
}

async fn put(fixture: &StoreFixture, entry: &PurgeEntry) {
    let write = vec![Write::Purge(entry.clone())];
    fixture.backend.write(write, sample::LIMIT).await.unwrap();
}

async fn waiting(queue: &Arc<dyn PurgeQueue>, holder: Id) -> Vec<QueuedPurge> {
    queue
        .claim(holder, LONG, 100)
        .await
        .unwrap()
        .expect("nobody else works")
}

fn ids(waiting: &[QueuedPurge]) -> Vec<Id> {
    waiting.iter().map(|entry| entry.id).collect()
}

pub async fn an_entry_comes_back_as_it_was_put(fixture: &StoreFixture) {
    let entry = entry(
        &["/static/a.css", "/$x/*", "#task:project=1", "/a?b=c&d='e'"],
        Duration::ZERO,
    );
    put(fixture, &entry).await;
    let found = waiting(&queue(fixture), sample::id()).await;
    assert_eq!(
        (found[0].id, &found[0].items, found[0].batch),
        (entry.id, &entry.items, None)
    );
}

pub async fn an_entry_waits_exactly_if_its_unit_of_work_happens(fixture: &StoreFixture) {
    let user: AnyEntity = sample::user(sample::id()).into();
    let insert = || Write::Insert {
        entity: user.reference(),
        document: fixture.backend.format().encode(&user).unwrap(),
    };
    let (kept, lost) = (entry(&["/kept"], Duration::ZERO), entry(&["/lost"], Duration::ZERO));
    let both = vec![insert(), Write::Purge(kept.clone())];
    fixture.backend.write(both, sample::LIMIT).await.unwrap();
    let again = vec![insert(), Write::Purge(lost.clone())];
    let refused = fixture.backend.write(again, sample::LIMIT).await;
    assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
    assert_eq!(ids(&waiting(&queue(fixture), sample::id()).await), [kept.id]);
}

pub async fn an_entry_is_held_until_its_time_is_over_or_it_is_released(fixture: &StoreFixture) {
    let (queue, holder) = (queue(fixture), sample::id());
    let (long, short) = (entry(&["/long"], LONG), entry(&["/short"], Duration::from_millis(300)));
    put(fixture, &long).await;
    put(fixture, &short).await;
    assert_eq!(ids(&waiting(&queue, holder).await), []);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(ids(&waiting(&queue, holder).await), [short.id]);
    queue.hold(&[long.id], Duration::ZERO).await.unwrap();
    assert_eq!(waiting(&queue, holder).await.len(), 2);
    queue.hold(&[short.id], LONG).await.unwrap();
    assert_eq!(ids(&waiting(&queue, holder).await), [long.id]);
}

pub async fn what_goes_out_together_comes_first_and_the_oldest_next(fixture: &StoreFixture) {
    let (queue, holder) = (queue(fixture), sample::id());
    let entries: Vec<PurgeEntry> = (0..5)
        .map(|number| entry(&[&format!("/{number}")], Duration::ZERO))
        .collect();
    for entry in &entries {
        put(fixture, entry).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = |place: usize| entries[place].id;
    let batch = sample::id();
    queue.seal(&[id(2), id(3)], batch).await.unwrap();
    let found = waiting(&queue, holder).await;
    assert_eq!(ids(&found), [2, 3, 0, 1, 4].map(id));
    assert_eq!((found[1].batch, found[2].batch), (Some(batch), None));
    assert_eq!(
        ids(&queue.claim(holder, LONG, 2).await.unwrap().unwrap()),
        [id(2), id(3)]
    );
    queue.hold(&[id(2)], Duration::ZERO).await.unwrap();
    assert_eq!(ids(&waiting(&queue, holder).await), [3, 0, 1, 2, 4].map(id));
}

pub async fn what_is_removed_waits_no_longer(fixture: &StoreFixture) {
    let queue = queue(fixture);
    assert_eq!(queue.backlog().await.unwrap().entries, 0);
    let (first, second) = (entry(&["/1"], Duration::ZERO), entry(&["/2"], LONG));
    put(fixture, &first).await;
    put(fixture, &second).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let backlog = queue.backlog().await.unwrap();
    assert!(
        backlog.entries == 2 && backlog.age >= Duration::from_millis(50),
        "{backlog:?}"
    );
    let both = [first.id, second.id, sample::id()];
    assert_eq!(queue.count(&both).await.unwrap(), 2);
    queue.remove(&both[..1]).await.unwrap();
    queue.remove(&both[..1]).await.expect("what isn't there can be removed");
    assert_eq!(queue.count(&both).await.unwrap(), 1);
}

pub async fn one_at_a_time_works_on_it(fixture: &StoreFixture) {
    let (first, second) = (sample::id(), sample::id());
    let claim = async |holder: Id, lease: Duration| queue(fixture).claim(holder, lease, 1).await.unwrap().is_some();
    let short = Duration::from_millis(300);
    assert_eq!(
        [
            claim(first, short).await,
            claim(second, short).await,
            claim(first, short).await
        ],
        [true, false, true]
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!([claim(second, LONG).await, claim(first, LONG).await], [true, false]);
    queue(fixture).release(first).await.unwrap();
    assert!(!claim(first, LONG).await, "nobody gives back what is another's");
    queue(fixture).release(second).await.unwrap();
    assert!(claim(first, LONG).await);
}
