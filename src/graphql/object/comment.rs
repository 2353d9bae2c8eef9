//! A comment as clients see it.

use crate::graphql::cache_control::Kept;
use crate::graphql::declare::Declarations;
use crate::model::{Comment, Kind};

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<Comment>().hint(Kept::apply(Kind::Comment));
}
