//! Relay's `Node`: whatever has a global id, so that clients refetch anything by it.
//! <https://graphql.org/learn/global-object-identification/>

use async_graphql::ID;

use crate::execute::Resolve;
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty};

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.interface(
        "Node",
        "Something with a global id: ask for it again with `node(id)`, for many with `nodes(ids)`.",
    )
    .field(FieldDeclaration::slot(
        "id",
        Ty::leaf::<ID>(),
        "The global id: unique across all types, and opaque.",
        Resolve::Slot(0),
    ));
}
