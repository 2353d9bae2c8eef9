//! The lock on the data directory: one process at a time, let go of by the system when the process ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::OpenError;

/// Holds the directory until it is dropped.
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Makes the directory of the database file if it is missing, and takes it.
    pub fn take(database: &Path) -> Result<DirectoryLock, OpenError> {
        let directory = match database.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        fs::create_dir_all(&directory).map_err(|source| file_error(&directory, source))?;
        let path = directory.join("kanvaro.lock");
        let file = private().open(&path).map_err(|source| file_error(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(DirectoryLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(directory)),
            Err(TryLockError::Error(source)) => Err(file_error(&path, source)),
        }
    }
}

/// Makes the database file if it is missing, readable by its owner only: it holds password hashes.
/// SQLite gives the files beside it the same rights.
pub fn touch(database: &Path) -> Result<(), OpenError> {
    private()
        .open(database)
        .map(drop)
        .map_err(|source| file_error(database, source))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn file_error(path: &Path, source: std::io::Error) -> OpenError {
    let path = path.to_owned();
    OpenError::File { path, source }
}
