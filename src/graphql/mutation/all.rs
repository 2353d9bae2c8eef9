//! Every payload, and what all mutations resolve to.

use crate::graphql::ApiError;
use crate::graphql::declare::Declarations;

use super::{bulk, cache, identity, password_reset, payload, preferences, session, upload};

/// What a nullable field resolves to: an error leaves null at its path and lets its neighbours be.
pub type Nullable<T> = Option<Result<T, ApiError>>;

/// Declares all payloads.
pub fn declare(to: &mut Declarations) {
    payload::declare(to);
    identity::declare(to);
    bulk::declare(to);
    session::declare(to);
    preferences::declare(to);
    password_reset::declare(to);
    upload::declare(to);
    cache::declare(to);
}
