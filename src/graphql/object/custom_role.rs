//! A role that the organisation has made itself. Colleagues see what somebody bears as they see their role.

use crate::graphql::cache_control::Kept;
use crate::graphql::declare::Declarations;
use crate::model::{CustomRole, Kind};

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<CustomRole>().hint(Kept::apply(Kind::CustomRole));
}
