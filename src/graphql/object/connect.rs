//! How fields reach the request and the entities that clients name.

use std::task::{Poll, ready};

use async_graphql::ID;

use crate::execute::{Call, Failure, Seen};
use crate::graphql::Scope;
use crate::graphql::scalar::parse_id;
use crate::model::{EntityRef, Kind, Viewer};

impl Call<'_> {
    /// The scope of the request.
    pub fn scope(&self) -> &Scope {
        self.env().as_any().downcast_ref().expect("operations run in a scope")
    }
}

/// The signed-in viewer, or UNAUTHENTICATED.
pub fn viewer_of(call: &Call<'_>) -> Result<Viewer, Failure> {
    Ok(call.scope().signed_in()?.clone())
}

/// The entity that a signed-in viewer names by its global id; none when it is absent or not seen.
pub fn find(call: &mut Call<'_>, argument: &str, kind: Kind, id: &ID) -> Poll<Result<Option<Seen>, Failure>> {
    call.scope().signed_in()?;
    let id = parse_id(argument, kind, id)?;
    let found = ready!(call.see(EntityRef::new(kind, id)))?;
    Poll::Ready(Ok(found))
}
