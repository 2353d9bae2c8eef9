//! Why a change was refused, told apart by who can do what about it.

use async_graphql::Enum;

use crate::model::{AnyEntity, Kind, Permission};
use crate::store::StoreError;

use super::PurgeError;

/// Why a service did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing for this viewer: absent, invisible, or of another organisation.
    #[error("no such {}", .0.noun())]
    NotFound(Kind),
    /// There is no such upload for this viewer.
    #[error("no such upload")]
    NoUpload,
    /// The viewer sees it but may not do this to it.
    #[error("this needs the permission {}", .0.name())]
    Forbidden(Permission),
    /// Nobody is signed in, or the sign-in failed.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Too many attempts.
    #[error("too many attempts; try again in {0} s")]
    RateLimited(u64),
    /// The input can be mended by who sent it: one entry for each thing wrong.
    #[error("the input is not acceptable")]
    Invalid(Vec<FieldError>),
    /// The expected version is not the current one; this is the current object.
    #[error("somebody else has changed it")]
    Conflict(AnyEntity),
    /// Pictures and files can't be taken now; the same may succeed later.
    #[error("{0}; try again in a moment")]
    Assets(String),
    /// The cache is not purged so.
    #[error(transparent)]
    Purge(#[from] PurgeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with one input field, for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The input field, as the schema names it; `a.b` inside objects.
    pub field: String,
    /// What sort of problem it is.
    pub code: UserErrorCode,
    /// What is wrong, what is allowed, what to do.
    pub message: String,
}

/// What sort of problem an input field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum UserErrorCode {
    /// It is missing or blank.
    Required,
    /// It is longer than allowed.
    TooLong,
    /// It is outside the allowed range.
    OutOfRange,
    /// It isn't what the field takes.
    Invalid,
    /// Somebody else has it already, or it has been used already.
    Taken,
    /// It names something that doesn't exist for the viewer.
    NotFound,
    /// The object has been changed since it was read; the payload carries the current one.
    Conflict,
}

impl FieldError {
    /// An entry for `field`.
    pub fn new(field: impl Into<String>, code: UserErrorCode, message: impl Into<String>) -> FieldError {
        FieldError {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

impl From<FieldError> for ServiceError {
    fn from(error: FieldError) -> ServiceError {
        ServiceError::Invalid(vec![error])
    }
}
