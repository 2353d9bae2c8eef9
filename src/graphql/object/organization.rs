//! The organisation as clients see it.

use crate::graphql::cache_control::Kept;
use crate::graphql::declare::Declarations;
use crate::model::{Kind, Organization};

use super::image;

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<Organization>()
        .hint(Kept::apply(Kind::Organization))
        .field(image::field(
            "logo",
            "Its picture; null when there is none.",
            Organization::SLOTS.logo,
        ));
}
