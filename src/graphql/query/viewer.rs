//! Who is signed in, and their organisation.

use std::task::Poll;

use crate::model::Kind;

use super::super::declare::{FieldDeclaration, ObjectDeclaration, Ty};
use super::super::object::{asking, one, viewer_of};

/// Declares the roots about the viewer.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query
        .field(FieldDeclaration::root::<()>(
            "viewer",
            Ty::of("Viewer"),
            "The signed-in person; null when nobody is.",
            |(), call| Poll::Ready(Ok(asking(call))),
        ))
        .field(FieldDeclaration::root::<()>(
            "organization",
            Ty::of("Organization"),
            "The viewer's organisation.",
            |(), call| {
                let organization = viewer_of(call)?.organization();
                one(call, Kind::Organization, organization)
            },
        ))
}
