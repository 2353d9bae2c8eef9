//! What keeps an engine in order: indexes that serve, what has expired swept away, a clean end.

use kanvaro::model::Direction::{Ascending, Descending};
use kanvaro::model::{Filter, Id, Index, Kind, Session, Value};
use kanvaro::store::StoreError;

use super::StoreFixture;
use super::fixture::{ids_of, sorted};
use crate::support::sample::{self, after_noon};

pub async fn a_sweep_takes_what_has_expired(fixture: &StoreFixture) {
    let user = sample::user(sample::id());
    let session = |end| Session {
        expires_at: after_noon(end),
        ..sample::session(&user)
    };
    let sessions = [session(-1), session(0), session(1)];
    fixture.insert(sessions.clone()).await;
    let swept = fixture.store.sweep(sample::NOON).await.unwrap();
    let left = fixture.matching(Kind::Session, Filter::everything()).await;
    if swept > 0 {
        assert_eq!((swept, left), (2, ids_of([&sessions[2]])));
        assert_eq!(fixture.store.sweep(sample::NOON).await.unwrap(), 0);
    } else {
        assert_eq!(
            fixture.backend.name(),
            "mongodb",
            "only an engine that expires by itself sweeps nothing"
        );
    }
}

pub async fn indexes_are_created_once(fixture: &StoreFixture) {
    assert_eq!(
        fixture.store.ensure_indexes().await.unwrap(),
        0,
        "the fixture has created them"
    );
}

pub async fn an_index_serves_every_list_order_of_the_register(fixture: &StoreFixture) {
    for (kind, index) in plain_indexes() {
        let [equal @ .., (sort, direction), ("_id", _)] = index.keys else {
            continue;
        };
        let equal = equal.iter().map(|(field, _)| Filter::Eq(field, some_id()));
        let filter = Filter::All(equal.collect());
        for direction in [*direction, direction.reversed()] {
            let plan = fixture
                .store
                .explain(kind, &sorted(filter.clone(), sort, direction))
                .await
                .unwrap();
            let served = !scans(&plan) && !sorts(&plan);
            assert!(served, "{kind:?} {} {direction:?}: {plan}", index.name());
        }
    }
}

pub async fn an_index_serves_every_link_of_the_register(fixture: &StoreFixture) {
    let within = Filter::Eq("organization", some_id());
    for kind in Kind::ALL {
        for field in kind.links() {
            let has = within.clone().and(Filter::Has(field, some_id()));
            let begins = within.clone().and(Filter::Prefix(field, "a".into()));
            for filter in [has, begins] {
                let plan = fixture
                    .store
                    .explain(*kind, &sorted(filter, "createdAt", Descending))
                    .await
                    .unwrap();
                assert!(!scans(&plan), "{kind:?} {field}: {plan}");
            }
        }
    }
}

/// Lists ask for the organisation as well as for the project: the project must lead to the rows.
pub async fn a_list_of_a_project_is_not_read_from_the_whole_organisation(fixture: &StoreFixture) {
    let live = Filter::Eq("isArchived", Value::Bool(false));
    let within = Filter::Eq("organization", some_id()).and(live);
    let of = within.and(Filter::Eq("project", some_id()));
    let in_column = of.clone().and(Filter::Eq("status", Value::Text("todo".into())));
    for (filter, sort, direction) in [
        (of.clone(), "createdAt", Descending),
        (of.clone(), "updatedAt", Descending),
        (of.clone(), "dueSort", Ascending),
        (of.clone(), "priority", Descending),
        (of, "rank", Ascending),
        (in_column.clone(), "rank", Ascending),
        (in_column, "priority", Descending),
    ] {
        let plan = fixture
            .store
            .explain(Kind::Task, &sorted(filter, sort, direction))
            .await
            .unwrap();
        assert!(plan.contains("project_1_"), "{sort}: {plan}");
        assert!(!scans(&plan) && !sorts(&plan), "{sort}: {plan}");
    }
}

pub async fn what_no_index_serves_says_so(fixture: &StoreFixture) {
    let untitled = Filter::Eq("title", Value::Text("x".into()));
    let plan = fixture
        .store
        .explain(Kind::Task, &sorted(untitled, "title", Ascending))
        .await
        .unwrap();
    assert!(scans(&plan) && sorts(&plan), "{plan}");
}

pub async fn a_closed_store_is_unavailable(fixture: &StoreFixture) {
    let user = fixture.store.insert(sample::user(sample::id())).await.unwrap();
    fixture.store.ping().await.unwrap();
    fixture.store.close().await;
    let unavailable = |error: StoreError| assert!(error.is_unavailable(), "{error:?}");
    unavailable(fixture.store.ping().await.unwrap_err());
    unavailable(fixture.store.get_many(Kind::User, &[user.id]).await.unwrap_err());
    unavailable(fixture.store.remove(&user).await.unwrap_err());
}

fn plain_indexes() -> impl Iterator<Item = (Kind, &'static Index)> {
    let of = |kind: &'static Kind| kind.indexes().iter().map(|index| (*kind, index));
    let linked = |kind: Kind, index: &Index| index.keys.iter().any(|(field, _)| kind.links().contains(field));
    Kind::ALL
        .iter()
        .flat_map(of)
        .filter(move |(kind, index)| !linked(*kind, index))
}

fn some_id() -> Value {
    Value::Id(Id::from_bytes([7; 12]))
}

/// Whether the plan reads a whole collection: SQLite's `SCAN`, MongoDB's stage.
fn scans(plan: &str) -> bool {
    plan.contains("COLLSCAN") || plan.lines().any(|step| step.trim_start().starts_with("SCAN"))
}

/// Whether the plan sorts in memory: SQLite's temporary tree, MongoDB's stage.
fn sorts(plan: &str) -> bool {
    plan.contains("TEMP B-TREE") || plan.split_whitespace().any(|stage| stage == "SORT")
}
