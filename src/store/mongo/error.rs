//! The driver's errors, told apart by what the caller can do about them.

use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR, WriteFailure};

use crate::model::Kind;
use crate::store::StoreError;

const DUPLICATE_KEY: i32 = 11_000;

/// What servers answer that can't serve just now: unreachable members, no primary, too late, shutting down, not allowed.
const UNAVAILABLE: &[i32] = &[
    6, 7, 13, 18, 24, 46, 50, 63, 64, 79, 89, 91, 100, 112, 133, 134, 150, 189, 202, 234, 246, 251, 262, 290, 384, 391,
    9_001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435, 13_436,
];

/// A failed read, or a write where nothing is unique.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(super) fn store_error(error: Error) -> StoreError {
    explained(&error, None)
}

/// A failed write of documents of one kind.
pub(super) fn write_error(error: &Error, kind: Kind) -> StoreError {
    explained(error, Some(kind))
}

/// A document that isn't what it should be.
pub(super) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// Whether a unique index refused the write.
pub(super) fn is_duplicate(error: &Error) -> bool {
    refusal(error).is_some_and(|(code, _)| code == DUPLICATE_KEY)
}

/// Only what the server has certainly refused is `Duplicate` or `Corrupt`; everything else may have happened.
fn explained(error: &Error, kind: Option<Kind>) -> StoreError {
    let unavailable = || StoreError::Unavailable(error.kind.to_string());
    if error.contains_label(TRANSIENT_TRANSACTION_ERROR) || error.contains_label(RETRYABLE_WRITE_ERROR) {
        return unavailable();
    }
    match (refusal(error), kind) {
        (Some((DUPLICATE_KEY, message)), Some(kind)) => StoreError::Duplicate {
            kind,
            index: index_name(message).to_owned(),
        },
        (Some((code, _)), _) if UNAVAILABLE.contains(&code) => unavailable(),
        (Some((code, message)), _) => StoreError::Corrupt(format!("MongoDB refuses with code {code}: {message}")),
        (None, _) => unavailable(),
    }
}

/// What the server says why it did nothing, if it said so.
fn refusal(error: &Error) -> Option<(i32, &str)> {
    match &*error.kind {
        ErrorKind::Command(refused) => Some((refused.code, &refused.message)),
        ErrorKind::Write(WriteFailure::WriteError(refused)) => Some((refused.code, &refused.message)),
        ErrorKind::InsertMany(many) => {
            let refused = many.write_errors.as_ref()?.first()?;
            Some((refused.code, &refused.message))
        }
        ErrorKind::InvalidArgument { message, .. } => Some((0, message)),
        _ => None,
    }
}

/// `… collection: kanvaro.users index: email_1 dup key: { … }`
fn index_name(message: &str) -> &str {
    let rest = message.split_once(" index: ").map_or("", |(_, rest)| rest);
    rest.split_once(" dup key").map_or(rest, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_duplicate_is_read_from_the_message() {
        let message =
            "E11000 duplicate key error collection: k.users index: email_1 dup key: { email: \"an index: x\" }";
        assert_eq!(index_name(message), "email_1");
    }
}
