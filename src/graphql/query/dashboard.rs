//! The viewer's first page.

use std::task::Poll;

use crate::execute::{Object, Output};

use super::super::declare::{FieldDeclaration, ObjectDeclaration, Ty};
use super::super::object::{Dashboard, viewer_of};

/// Declares the root.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query.field(FieldDeclaration::root::<()>(
        "dashboard",
        Ty::of("Dashboard"),
        "How much there is to do in the projects that the viewer sees, and what has happened there.",
        |(), call| {
            viewer_of(call)?;
            let of = call.type_of("Dashboard");
            Poll::Ready(Ok(Output::Object(Object::made(of, Dashboard))))
        },
    ))
}
