//! The roles that the organisation has made itself.

use std::task::{Poll, ready};

use crate::execute::Call;
use crate::model::{Direction, Kind};

use super::super::connection::Connection;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Resolved, Ty};
use super::super::guard;
use super::super::object::viewer_of;
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};

/// Declares the root about custom roles.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query.field(FieldDeclaration::root::<PageArgs>(
        "customRoles",
        Ty::of("CustomRoleConnection"),
        "The roles that the organisation has made itself; newest first.",
        |page, call| list(call, page),
    ))
}

fn list(call: &mut Call<'_>, page: &PageArgs) -> Resolved {
    let page = ready!(Connection::load(call, Kind::CustomRole, page, |call| {
        let viewer = viewer_of(call)?;
        Poll::Ready(Ok(List {
            filter: ready!(guard::listed(call, &viewer, None))?,
            key: SortKey::Created,
            direction: Direction::Descending,
        }))
    }))?;
    Poll::Ready(Ok(page.output(call)))
}
