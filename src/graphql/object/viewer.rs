//! The signed-in person and what they may.

use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output};
use crate::graphql::cache_control::Kept;
use crate::graphql::connection::Connection;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{Direction, EntityRef, Filter, Id, Kind, Permission, Role, Value, Viewer};

use super::preferences;

/// The signed-in person and what they may.
pub struct ViewerObject(pub Viewer);

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.object(
        "Viewer",
        "The signed-in person and what they may in their organisation.",
    )
    .hint(Kept::apply(Kind::User))
    .field(FieldDeclaration::made(
        "user",
        Ty::of("User"),
        "Who is signed in.",
        |viewer: &ViewerObject, call| one(call, Kind::User, viewer.0.user()),
    ))
    .field(FieldDeclaration::made(
        "organization",
        Ty::of("Organization"),
        "Their organisation.",
        |viewer: &ViewerObject, call| one(call, Kind::Organization, viewer.0.organization()),
    ))
    .field(FieldDeclaration::made(
        "role",
        Ty::leaf::<Role>(),
        "What they are in the organisation.",
        |viewer: &ViewerObject, call| json(call, &viewer.0.role()),
    ))
    .field(FieldDeclaration::made(
        "permissions",
        Ty::leaf::<Vec<String>>(),
        "What they may anywhere in the organisation, as `resource:verb`, like `project:create`.\n\
             In a project they may also what their role there gives.",
        |viewer: &ViewerObject, call| json(call, &permissions(&viewer.0)),
    ))
    .field(preferences::field())
    .field(FieldDeclaration::made_with(
        "sessions",
        Ty::of("SessionConnection"),
        "The devices that they are signed in on; newest sign-in first. `totalCount` may count some that have just ended.",
        sessions,
    ));
}

fn sessions(viewer: &ViewerObject, page: &PageArgs, call: &mut Call<'_>) -> Resolved {
    let own = List {
        filter: Filter::All(vec![Filter::Eq("userId", Value::Id(viewer.0.user()))]),
        key: SortKey::Created,
        direction: Direction::Descending,
    };
    let page = ready!(Connection::load(call, Kind::Session, page, |_| Poll::Ready(Ok(own))))?;
    Poll::Ready(Ok(page.output(call)))
}

/// Who asks, as what a field comes to; null when nobody is signed in.
pub fn asking(call: &Call<'_>) -> Output {
    let viewer = call.scope().viewer().cloned().map(ViewerObject);
    let of = call.type_of("Viewer");
    viewer.map_or(Output::Null, |viewer| Output::Object(Object::made(of, viewer)))
}

/// The entity, as what a field comes to.
pub fn one(call: &mut Call<'_>, kind: Kind, id: Id) -> Resolved {
    let seen = ready!(call.see(EntityRef::new(kind, id)))?;
    let of = call.type_of(kind.name());
    Poll::Ready(Ok(Output::seen(of, seen)))
}

fn permissions(viewer: &Viewer) -> Vec<String> {
    let held = viewer.permissions();
    held.iter().map(Permission::name).map(str::to_owned).collect()
}
