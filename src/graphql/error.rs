//! The one place where errors become what clients see: a code from a closed list, a message that helps,
//! and nothing of our own faults but that there was one.

use async_graphql::ErrorExtensions;

use crate::execute::Failure;
use crate::loader::LoadError;
use crate::model::{Kind, Permission};
use crate::service::{PurgeError, ServiceError};

/// `extensions.code` of a GraphQL error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// There is no such thing for this viewer.
    NotFound,
    /// The viewer may not do this.
    Forbidden,
    /// The request can't be understood or asks for too much.
    BadUserInput,
    /// The object has been changed since it was read.
    Conflict,
    /// Nobody is signed in.
    Unauthenticated,
    /// Too many attempts.
    RateLimited,
    /// Something this needs can't be reached; try again.
    Unavailable,
    /// The document is not known by its hash; send it along.
    PersistedQueryNotFound,
    /// The server answers the documents of its manifests only, and this is none of them.
    DocumentNotTrusted,
    /// Our fault; the log has it.
    InternalServerError,
}

impl ErrorCode {
    /// As it stands in `extensions.code`.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorCode::NotFound => "NOT_FOUND",
            ErrorCode::Forbidden => "FORBIDDEN",
            ErrorCode::BadUserInput => "BAD_USER_INPUT",
            ErrorCode::Conflict => "CONFLICT",
            ErrorCode::Unauthenticated => "UNAUTHENTICATED",
            ErrorCode::RateLimited => "RATE_LIMITED",
            ErrorCode::Unavailable => "UNAVAILABLE",
            ErrorCode::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            ErrorCode::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            ErrorCode::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// Why a field could not be resolved.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no such thing for this viewer.
    #[error("no such {}", .0.noun())]
    NotFound(Kind),
    /// The viewer may not do this.
    #[error("this needs the permission {}", .0.name())]
    Forbidden(Permission),
    /// An argument can't be what it is; the text names it, the limit and the way out.
    #[error("{0}")]
    BadUserInput(String),
    /// Nobody is signed in.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The read failed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The write failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl ApiError {
    /// Its code and the message that clients may see.
    pub fn describe(&self) -> (ErrorCode, String) {
        let code = match self {
            ApiError::NotFound(_) | ApiError::Service(ServiceError::NotFound(_) | ServiceError::NoUpload) => {
                ErrorCode::NotFound
            }
            ApiError::Forbidden(_) | ApiError::Service(ServiceError::Forbidden(_)) => ErrorCode::Forbidden,
            ApiError::BadUserInput(_) | ApiError::Service(ServiceError::Invalid(_)) => ErrorCode::BadUserInput,
            ApiError::Unauthenticated(_) | ApiError::Service(ServiceError::Unauthenticated(_)) => {
                ErrorCode::Unauthenticated
            }
            ApiError::Service(ServiceError::Purge(refused)) => match refused {
                PurgeError::Others { .. } => ErrorCode::Forbidden,
                PurgeError::NotOwn { .. } => ErrorCode::NotFound,
                PurgeError::NotOne | PurgeError::Tag { .. } | PurgeError::Type { .. } => ErrorCode::BadUserInput,
            },
            ApiError::Service(ServiceError::RateLimited(_)) => ErrorCode::RateLimited,
            ApiError::Service(ServiceError::Conflict(_)) => ErrorCode::Conflict,
            ApiError::Service(ServiceError::Assets(_)) => ErrorCode::Unavailable,
            ApiError::Load(LoadError::Store(error)) | ApiError::Service(ServiceError::Store(error)) => {
                if error.is_unavailable() {
                    tracing::warn!(%error, "the store is unavailable");
                    return (ErrorCode::Unavailable, "the store can't be reached; try again".into());
                }
                if error.is_race() {
                    return (
                        ErrorCode::Conflict,
                        "somebody else changed it meanwhile; try again".into(),
                    );
                }
                tracing::error!(%error, "a store call failed");
                return (
                    ErrorCode::InternalServerError,
                    "something went wrong on our side".into(),
                );
            }
        };
        (code, self.to_string())
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        let (code, message) = error.describe();
        let code = Some(code.name());
        Failure { message, code }
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> async_graphql::Error {
        let (code, message) = error.describe();
        async_graphql::Error::new(message).extend_with(|_, extensions| {
            extensions.set("code", code.name());
            if let ApiError::Service(ServiceError::RateLimited(seconds)) = error {
                extensions.set("retryAfter", seconds);
            }
        })
    }
}
