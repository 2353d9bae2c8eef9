//! From the schema's inputs to the services' changes: absent stays absent, null stays null.

use async_graphql::{ID, MaybeUndefined};

use crate::graphql::ApiError;
use crate::graphql::scalar::parse_id;
use crate::model::{Id, Kind};
use crate::service::Patch;

/// A field of a change.
pub(super) fn patch<T>(field: MaybeUndefined<T>) -> Patch<T> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// A field of something new, where null is as good as absent.
pub(super) fn given<T>(field: Option<T>) -> Patch<T> {
    field.map(Some)
}

/// A field of a change that holds an id.
pub(super) fn patch_id(argument: &str, kind: Kind, field: &MaybeUndefined<ID>) -> Result<Patch<Id>, ApiError> {
    Ok(match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(id) => Some(Some(parse_id(argument, kind, id)?)),
    })
}

/// An id that may be left out.
pub(super) fn optional_id(argument: &str, kind: Kind, id: Option<&ID>) -> Result<Option<Id>, ApiError> {
    id.map(|id| parse_id(argument, kind, id)).transpose()
}

/// A list of ids.
pub(super) fn ids(argument: &str, kind: Kind, ids: &[ID]) -> Result<Vec<Id>, ApiError> {
    ids.iter().map(|id| parse_id(argument, kind, id)).collect()
}
