//! A person as colleagues see them: never with what they sign in by.

use std::task::Poll;

use crate::execute::Resolve;
use crate::graphql::cache_control::{Kept, KeptBriefly};
use crate::graphql::declare::{Declarations, FieldDeclaration, Ty};
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
            |user, call| Poll::Ready(Ok(call.text(|text| put_full_name(text, user)))),
        ))
        .field(rate(
            "hourlyRate",
            "What an hour of theirs costs the organisation; null when nothing was set.",
            User::SLOTS.hourly_rate,
        ))
        .field(rate(
            "billingRate",
            "What clients are billed for an hour of theirs; null when nothing was set.",
            User::SLOTS.billing_rate,
        ))
        .field(image::field(
            "avatar",
            "Their picture; null when there is none.",
            User::SLOTS.avatar,
        ));
}

fn rate(name: &str, docs: &str, slot: usize) -> FieldDeclaration {
    FieldDeclaration::slot(name, Ty::of("Money"), docs, Resolve::Embedded(slot))
}

/// JSON text of JSON texts: what is escaped in them stays so, and no escape begins or ends with a space.
fn put_full_name(to: &mut Vec<u8>, user: &Row) {
    let [first, last] = [User::SLOTS.first_name, User::SLOTS.last_name].map(|slot| unquoted(user.slot(slot)));
    to.push(b'"');
    match (first.trim_ascii_start(), last.trim_ascii_end()) {
        (b"", only) => to.extend_from_slice(only.trim_ascii_start()),
        (only, b"") => to.extend_from_slice(only.trim_ascii_end()),
        (first, last) => [first, b" ", last].iter().for_each(|part| to.extend_from_slice(part)),
    }
    to.push(b'"');
}

fn unquoted(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    inner.unwrap_or_default()
}
