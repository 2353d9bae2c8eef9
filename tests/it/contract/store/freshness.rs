//! What freshness rests on: writes that don't come late, the epoch of the cache, moments, quiet fields.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanvaro::model::{AnyEntity, Change, Entity, Filter, Kind, Moment, Timestamp, User};
use kanvaro::store::{StoreError, Write};

use super::StoreFixture;
use crate::support::sample::{self, LIMIT, after_noon};

pub async fn the_epoch_is_0_until_it_is_raised_and_then_counts(fixture: &StoreFixture) {
    for epoch in 0..3 {
        assert_eq!(fixture.backend.epoch().await.unwrap(), epoch);
        fixture.backend.write(vec![Write::RaiseEpoch], LIMIT).await.unwrap();
    }
}

pub async fn the_epoch_is_raised_only_if_the_unit_of_work_happens(fixture: &StoreFixture) {
    let user = sample::user(sample::id());
    let unit = vec![insertion(fixture, &user), Write::RaiseEpoch];
    fixture.backend.write(unit.clone(), LIMIT).await.unwrap();
    assert_eq!(fixture.backend.epoch().await.unwrap(), 1);
    let refused = fixture.backend.write(unit, LIMIT).await;
    assert!(matches!(refused, Err(StoreError::Duplicate { .. })), "{refused:?}");
    let stale = Write::Remove {
        entity: AnyEntity::from(user.clone()).reference(),
        version: 7,
    };
    let refused = fixture.backend.write(vec![Write::RaiseEpoch, stale], LIMIT).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!(fixture.backend.epoch().await.unwrap(), 1);
}

pub async fn of_32_raises_at_once_none_is_lost(fixture: &StoreFixture) {
    let start = Instant::now();
    let raises = (0..32).map(|_| {
        let unit = vec![insertion(fixture, &sample::user(sample::id())), Write::RaiseEpoch];
        let backend = fixture.backend.clone();
        tokio::spawn(async move { backend.write(unit, LIMIT).await })
    });
    for raise in raises.collect::<Vec<_>>() {
        raise.await.unwrap().unwrap();
    }
    println!("32 units of work that raise the epoch took {:?}", start.elapsed());
    assert_eq!(fixture.backend.epoch().await.unwrap(), 32);
    assert_eq!(fixture.matching(Kind::User, Filter::everything()).await.len(), 32);
}

pub async fn a_write_without_time_does_nothing(fixture: &StoreFixture) {
    let user = sample::user(sample::id());
    for limit in [Duration::ZERO, Duration::from_nanos(1)] {
        let unit = vec![insertion(fixture, &user), Write::RaiseEpoch];
        let late = fixture.backend.write(unit, limit).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    }
    fixture.backend.barrier().await.unwrap();
    assert!(fixture.store.get::<User>(user.id).await.unwrap().is_none());
    assert_eq!(fixture.backend.epoch().await.unwrap(), 0);
}

pub async fn moments_never_go_back(fixture: &StoreFixture) {
    let mut last = Moment::NONE;
    for _ in 0..3 {
        let one = vec![insertion(fixture, &sample::user(sample::id()))];
        let several = vec![
            insertion(fixture, &sample::user(sample::id())),
            insertion(fixture, &sample::user(sample::id())),
        ];
        for unit in [one, several, vec![Write::RaiseEpoch]] {
            let moment = fixture.backend.write(unit, LIMIT).await.unwrap();
            assert!(moment >= last, "{moment:?} after {last:?}");
            last = moment;
        }
        let passed = fixture.backend.barrier().await.unwrap();
        assert!(passed >= last, "{passed:?} after {last:?}");
        last = passed;
    }
    fixture.backend.advance(last);
    fixture.backend.advance(Moment::NONE);
    assert_eq!(fixture.matching(Kind::User, Filter::everything()).await.len(), 9);
}

pub async fn a_touch_keeps_the_version_and_concerns_no_tag(fixture: &StoreFixture) {
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let after = seen(&user, after_noon(60));
    let change = Change::Touch {
        before: User::clone(&user).into(),
        after: after.clone().into(),
    };
    assert_eq!(change.tags(), []);
    fixture.store.touch(&user, after.clone()).await.unwrap();
    let found = fixture.store.get::<User>(user.id).await.unwrap().unwrap();
    assert_eq!(*found, after);
    assert_eq!(found.version, user.version);
}

pub async fn a_touch_of_what_has_changed_since_is_refused(fixture: &StoreFixture) {
    let read = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    let written = fixture.store.update(&read, User::clone(&read)).await.unwrap();
    let late = fixture.store.touch(&read, seen(&read, after_noon(60))).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert_eq!(fixture.store.get::<User>(read.id).await.unwrap().unwrap(), written);
}

fn seen(user: &Arc<User>, at: Timestamp) -> User {
    User {
        last_login_at: Some(at),
        ..User::clone(user)
    }
}

fn insertion(fixture: &StoreFixture, entity: &impl Entity) -> Write {
    let entity: AnyEntity = entity.clone().into();
    Write::Insert {
        entity: entity.reference(),
        document: fixture.backend.format().encode(&entity).unwrap(),
    }
}
