//! How the viewer wants things shown: on `Viewer` alone, so that nobody else can ask.

use std::task::{Poll, ready};

use crate::execute::{Call, Output};
use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty};
use crate::model::{EntityRef, Kind, Preferences, User};

use super::viewer::ViewerObject;

/// The field of the viewer that leads to them.
pub fn field() -> FieldDeclaration {
    FieldDeclaration::made(
        "preferences",
        Ty::of("Preferences"),
        "How they want things shown. Nobody else sees it.",
        own,
    )
}

fn own(viewer: &ViewerObject, call: &mut Call<'_>) -> Resolved {
    let user = ready!(call.see(EntityRef::new(Kind::User, viewer.0.user())))?;
    let preferences = user.and_then(|user| user.rows(User::SLOTS.preferences).next());
    Poll::Ready(Ok(Output::row(call.type_of("Preferences"), preferences)))
}

/// Declares their type.
pub fn declare(to: &mut Declarations) {
    to.embedded::<Preferences>("Preferences").hint(Inherit::apply());
}
