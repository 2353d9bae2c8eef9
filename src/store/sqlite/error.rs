//! SQLite's errors in the store's terms, told apart by what the caller can do about them.

use std::path::PathBuf;

use rusqlite::{Error, ErrorCode, ffi};

use crate::model::Kind;
use crate::store::StoreError;

/// Why the embedded store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the data directory.
    #[error(
        "the data directory {} is in use by another kanvaro process; \
         several processes on the same data need MongoDB and Redis (KANVARO_DATABASE, KANVARO_CACHE)",
        .0.display()
    )]
    InUse(PathBuf),
    /// The directory or a file in it can't be made, read or written.
    #[error("can't use {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A newer release has written the file.
    #[error("{} was written by a newer release (layout {found}, this one knows up to {known})", path.display())]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The layout it has.
        found: i32,
        /// The layout that this release writes.
        known: i32,
    },
    /// The engine refuses the file.
    #[error("can't open {}: {source}", path.display())]
    Engine {
        /// The database file.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
}

/// The index that a second document with the same id offends, as MongoDB calls it.
pub const ID_INDEX: &str = "_id_";

/// What went wrong in a read, or in a write that can't offend a unique index.
#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
pub fn failed(error: Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Corrupt(error.to_string()),
    }
}

/// What went wrong in a write to the documents of `kind`.
pub fn refused(kind: Kind, error: Error) -> StoreError {
    let Error::SqliteFailure(ffi::Error { extended_code, .. }, Some(message)) = &error else {
        return failed(error);
    };
    let index = match *extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => ID_INDEX.to_owned(),
        // "UNIQUE constraint failed: index 'tasks.project_1_number_1'"
        ffi::SQLITE_CONSTRAINT_UNIQUE => match message.split('\'').nth(1) {
            Some(name) => name
                .trim_start_matches(kind.collection())
                .trim_start_matches('.')
                .into(),
            None => ID_INDEX.to_owned(),
        },
        _ => return failed(error),
    };
    StoreError::Duplicate { kind, index }
}

/// A document or file that isn't what it should be.
pub fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
