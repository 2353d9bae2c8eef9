//! The signed-in person and what they may.

use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output};
use crate::graphql::cache_control::Kept;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::model::{EntityRef, Id, Kind, Permission, Role, Viewer};

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
        |viewer: &ViewerObject, _| json(&viewer.0.role()),
    ))
    .field(FieldDeclaration::made(
        "permissions",
        Ty::leaf::<Vec<String>>(),
        "What they may anywhere in the organisation, as `resource:verb`, like `project:create`.\n\
             In a project they may also what their role there gives.",
        |viewer: &ViewerObject, _| json(&permissions(&viewer.0)),
    ));
}

/// The entity, as what a field comes to.
pub fn one(call: &mut Call<'_>, kind: Kind, id: Id) -> Resolved {
    let seen = ready!(call.see(EntityRef::new(kind, id)))?;
    let of = call.type_of(kind.name());
    Poll::Ready(Ok(seen.map_or(Output::Null, |row| Output::Object(Object::row(of, row)))))
}

fn permissions(viewer: &Viewer) -> Vec<String> {
    let held = viewer.permissions();
    held.iter().map(Permission::name).map(str::to_owned).collect()
}
