//! Somebody who was asked to join, as who may invite sees them: never with anything that their token is known by.

use crate::graphql::cache_control::Kept;
use crate::graphql::declare::Declarations;
use crate::model::{Invitation, Kind};

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<Invitation>().hint(Kept::apply(Kind::Invitation));
}
