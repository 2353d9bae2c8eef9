//! Every entity comes back from its row as it was; what is torn or none of ours reads as nothing.

use std::sync::Arc;

use bytes::Bytes;
use kanvaro::model::{AnyEntity, Asset, Comment, Entity, EntityRef, Project, Row, Task, User};
use proptest::collection::vec;
use proptest::prelude::*;

use super::random::{assets, comments, organizations, projects, sessions, tasks, users};
use crate::support::sample;

/// The entity, its row and the row of its bytes are one; `expected` is it without what is left out of rows.
fn round_trip<E: Entity + std::fmt::Debug>(entity: &E, expected: &E) -> Result<(), TestCaseError>
where
    Arc<E>: TryFrom<AnyEntity>,
{
    let row = entity.to_row();
    prop_assert_eq!(row.reference(), Some(EntityRef::new(E::KIND, entity.id())));
    prop_assert_eq!(
        (row.organization(), row.version()),
        (entity.organization(), entity.version())
    );
    let read = Row::parse(Bytes::copy_from_slice(row.bytes())).expect("it is whole");
    prop_assert!(E::from_row(&read).as_ref() == Some(expected), "{expected:?} in {row:?}");
    let any = read.entity().and_then(|any| Arc::<E>::try_from(any).ok());
    prop_assert_eq!(any.as_deref(), Some(expected));
    // What was left out stays so: written again it is the same.
    prop_assert_eq!(expected.to_row(), row);
    Ok(())
}

proptest! {
    #[test]
    fn organizations_come_back(organization in organizations()) {
        round_trip(&organization, &organization)?;
    }

    #[test]
    fn users_come_back_without_what_they_sign_in_by(user in users()) {
        let without = User { password_hash: String::new(), search_terms: Vec::new(), ..user.clone() };
        round_trip(&user, &without)?;
    }

    #[test]
    fn projects_come_back_without_their_terms(project in projects()) {
        let without = Project { search_terms: Vec::new(), ..project.clone() };
        round_trip(&project, &without)?;
    }

    #[test]
    fn tasks_come_back_without_their_terms(task in tasks()) {
        let without = Task { search_terms: Vec::new(), ..task.clone() };
        round_trip(&task, &without)?;
    }

    #[test]
    fn comments_come_back_without_what_only_searches_need(comment in comments()) {
        round_trip(&comment, &Comment { search_terms: Vec::new(), ..comment.clone() })?;
    }

    #[test]
    fn assets_come_back_without_what_only_writers_need(asset in assets()) {
        let without = Asset { project: None, sha256: String::new(), keys: Vec::new(), ..asset.clone() };
        round_trip(&asset, &without)?;
    }

    #[test]
    fn sessions_come_back(session in sessions()) {
        round_trip(&session, &session)?;
    }

    #[test]
    fn bytes_that_are_none_of_ours_are_read_without_a_panic(mut bytes in vec(any::<u8>(), 0..400), flips in vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)) {
        read_all(&Row::parse(bytes.clone().into()));
        for entity in sample::full() {
            bytes = entity.to_row().bytes().to_vec();
            for (place, to) in &flips {
                let place = place.index(bytes.len());
                bytes[place] = *to;
            }
            read_all(&Row::parse(bytes.clone().into()));
        }
    }
}

/// Reads all there is to read.
fn read_all(row: &Option<Row>) {
    let Some(row) = row else { return };
    let _ = (
        row.reference(),
        row.organization(),
        row.version(),
        row.entity(),
        format!("{row:?}"),
    );
    for at in 0..64 {
        let _ = (row.slot(at), row.one(at), row.many(at).count(), row.get::<String>(at));
        row.rows(at).for_each(|row| read_all(&Some(row)));
    }
}

#[test]
fn a_row_torn_at_any_byte_or_prolonged_is_none() {
    for entity in sample::full().into_iter().chain(sample::bare()) {
        let row = entity.to_row();
        let bytes = row.bytes();
        assert!((0..bytes.len()).all(|end| Row::parse(bytes.slice(..end)).is_none()));
        assert!(Row::parse([bytes, &b"x"[..]].concat().into()).is_none());
    }
}
