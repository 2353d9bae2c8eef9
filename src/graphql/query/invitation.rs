//! Who was asked to join the organisation.

use std::task::{Poll, ready};

use crate::execute::Call;
use crate::model::{Direction, Kind, Permission};

use super::super::connection::Connection;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Resolved, Ty};
use super::super::object::viewer_of;
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::{ApiError, guard};

/// Declares the roots about invitations.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query.field(FieldDeclaration::root::<PageArgs>(
        "invitations",
        Ty::of("InvitationConnection"),
        "Who was asked to join and hasn't yet; newest first. Needs user:invite.",
        list,
    ))
}

fn list(page: &PageArgs, call: &mut Call<'_>) -> Resolved {
    let page = ready!(Connection::load(call, Kind::Invitation, page, |call| {
        let viewer = viewer_of(call)?;
        if !viewer.has(Permission::UserInvite) {
            return Poll::Ready(Err(ApiError::Forbidden(Permission::UserInvite).into()));
        }
        Poll::Ready(Ok(List {
            filter: ready!(guard::listed(call, &viewer, None))?,
            key: SortKey::Created,
            direction: Direction::Descending,
        }))
    }))?;
    Poll::Ready(Ok(page.output(call)))
}
