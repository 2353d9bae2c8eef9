//! A person as colleagues see them: never with what they sign in by.

use crate::graphql::cache_control::{Kept, KeptBriefly};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty, json};
use crate::model::{Kind, Row, User};

use super::image;

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.entity::<User>()
        .hint(Kept::apply(Kind::User))
        .hint_field("lastLoginAt", KeptBriefly::apply(60))
        .field(FieldDeclaration::row(
            "fullName",
            Ty::leaf::<String>(),
            "Given and family name, as to be shown.",
            |user, _| json(&full_name(user)),
        ))
        .field(image::field(
            "avatar",
            "Their picture; null when there is none.",
            User::SLOTS.avatar,
        ));
}

fn full_name(user: &Row) -> String {
    let name = |slot| user.get::<String>(slot).unwrap_or_default();
    let (first, last) = (name(User::SLOTS.first_name), name(User::SLOTS.last_name));
    format!("{first} {last}").trim().to_owned()
}
