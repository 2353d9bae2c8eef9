//! Anything by its global id.

use std::task::{Poll, ready};

use async_graphql::ID;

use crate::execute::{Call, Failure, Object, Output, Seen};
use crate::model::EntityRef;

use super::super::ApiError;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Resolved, Ty, arguments};
use super::super::object::viewer_of;
use super::super::page::MAX_ROWS;
use super::super::scalar::parse_ref;

arguments! {
    /// Which thing.
    pub struct NodeArgs {
        /// A global id, of any type.
        id: ID,
    }
}

arguments! {
    /// Which things.
    pub struct NodesArgs {
        /// Global ids, of any types; at most 100.
        ids: Vec<ID>,
    }
}

/// Declares the roots about anything with an id.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query
        .field(FieldDeclaration::root::<NodeArgs>(
            "node",
            Ty::of("Node"),
            "Whatever has this id; null when it is absent or not for the viewer to see.",
            |asked, call| {
                viewer_of(call)?;
                let row = ready!(call.see(parse_ref("id", &asked.id)?))?;
                let object = row.and_then(|row| object(call, row));
                Poll::Ready(Ok(object.map_or(Output::Null, Output::Object)))
            },
        ))
        .field(FieldDeclaration::root::<NodesArgs>(
            "nodes",
            Ty::of("[Node]"),
            "Whatever has these ids, of any types, each in its place as often as it was named; null in place of\n\
             what is absent or not for the viewer to see.",
            |asked, call| many(call, &asked.ids),
        ))
}

fn many(call: &mut Call<'_>, ids: &[ID]) -> Resolved {
    viewer_of(call)?;
    let rows = ready!(call.see_many(references(ids)?.into_iter()))?;
    let objects = rows.into_iter().map(|row| object(call, row?));
    Poll::Ready(Ok(Output::Objects(objects.collect())))
}

fn references(ids: &[ID]) -> Result<Vec<EntityRef>, Failure> {
    if ids.len() > MAX_ROWS as usize {
        let refused = format!(
            "ids: {} are more than the {MAX_ROWS} of one call; ask in parts",
            ids.len()
        );
        return Err(ApiError::BadUserInput(refused).into());
    }
    let parse = |(at, id)| parse_ref(&format!("ids[{at}]"), id).map_err(Failure::from);
    ids.iter().enumerate().map(parse).collect()
}

/// The object of a row; none when clients see none of its kind.
fn object(call: &Call<'_>, row: Seen) -> Option<Object> {
    let of = call.table().of_kind(row.reference()?.kind)?;
    Some(Object::seen(of, row))
}
