//! The driver's errors, told apart by what the caller can do about them.

use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, TRANSIENT_TRANSACTION_ERROR, WriteFailure};

use crate::model::Kind;
use crate::store::StoreError;

const DUPLICATE_KEY: i32 = 11_000;

/// What servers answer that can't serve just now: unreachable members, no primary, too late, shutting down, not allowed,
/// behind the moment that was asked for (72).
const UNAVAILABLE: &[i32] = &[
    6, 7, 13, 18, 24, 46, 50, 63, 64, 72, 79, 89, 91, 100, 112, 133, 134, 150, 189, 202, 234, 246, 251, 262, 290, 384,
    391, 9_001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435, 13_436,
];

/// What servers answer to a write that they have certainly not done and never will: values, documents and commands that
/// they don't take. 0 stands for what the driver itself refuses to send.
const REFUSED: &[i32] = &[
    0, 2, 9, 14, 20, 22, 26, 40, 48, 52, 56, 57, 59, 66, 67, 72, 73, 115, 121, 241, 10_334, 17_280, 17_419, 17_420,
    40_415,
];

/// A failed read.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(super) fn store_error(error: Error) -> StoreError {
    match refusal(&error) {
        _ if is_passing(&error) => unknown(&error),
        Some((code, _)) if UNAVAILABLE.contains(&code) => unknown(&error),
        Some((code, message)) => refused(code, message, None),
        None => unknown(&error),
    }
}

/// A failed write: of documents of a kind, or of something small of our own. Only what the server has certainly refused
/// is `Duplicate` or `Corrupt`; everything else may have happened, or may yet.
pub(super) fn write_error(error: &Error, kind: Option<Kind>) -> StoreError {
    match refusal(error) {
        _ if is_passing(error) => unknown(error),
        Some((code, message)) if code == DUPLICATE_KEY || REFUSED.contains(&code) => refused(code, message, kind),
        _ => unknown(error),
    }
}

/// What a server has refused, with its code and message.
pub(super) fn refused(code: i32, message: &str, kind: Option<Kind>) -> StoreError {
    match (code, kind) {
        (DUPLICATE_KEY, Some(kind)) => StoreError::Duplicate {
            kind,
            index: index_name(message).to_owned(),
        },
        (code, _) => StoreError::Corrupt(format!("MongoDB refuses with code {code}: {message}")),
    }
}

/// A document that isn't what it should be.
pub(super) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// Whether a unique index refused the write.
pub(super) fn is_duplicate(error: &Error) -> bool {
    refusal(error).is_some_and(|(code, _)| code == DUPLICATE_KEY)
}

fn is_passing(error: &Error) -> bool {
    error.contains_label(TRANSIENT_TRANSACTION_ERROR) || error.contains_label(RETRYABLE_WRITE_ERROR)
}

fn unknown(error: &Error) -> StoreError {
    StoreError::Unavailable(error.kind.to_string())
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
