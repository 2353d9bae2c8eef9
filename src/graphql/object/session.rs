//! A signed-in device as its owner sees it: never with anything that its token is known by.

use crate::graphql::cache_control::{Kept, KeptBriefly};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::model::{Kind, Session, Viewer, device};

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<Session>()
        .hint(Kept::apply(Kind::Session))
        .hint_field("lastSeenAt", KeptBriefly::apply(60))
        .field(FieldDeclaration::row(
            "device",
            Ty::leaf::<String>(),
            "What it seems to be, to be shown: `Firefox on Windows`.",
            |session, call| {
                let user_agent: String = session.get(Session::SLOTS.user_agent).unwrap_or_default();
                json(call, &device(&user_agent))
            },
        ))
        .field(FieldDeclaration::row(
            "isCurrent",
            Ty::leaf::<bool>(),
            "Whether it is the one that asks.",
            |session, call| {
                let own = session.reference().map(|session| session.id);
                let asking = call.scope().viewer().map(Viewer::session);
                json(call, &(own.is_some() && own == asking))
            },
        ));
}
