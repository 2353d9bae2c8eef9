//! Uploads while they come in: each a temporary file that goes away with the last who holds it. None is held in memory.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::model::Id;

use super::file_name::safe_name;

/// The directory that uploads are written to; clones share it.
#[derive(Clone, Debug)]
pub struct Incoming {
    directory: Arc<Path>,
}

/// A file that is being written.
pub struct IncomingFile {
    temporary: Temporary,
    file: File,
    bytes: u64,
}

/// A file that has come in whole.
#[derive(Debug)]
pub struct UploadedFile {
    temporary: Temporary,
    /// What its sender calls it, made safe to save under.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The id that what becomes of it was promised; none: a new one.
    pub promised: Option<Id>,
}

/// The files of one request, by the order in which it names them; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<[Arc<UploadedFile>]>);

/// Deletes the file when it is dropped.
#[derive(Debug)]
struct Temporary(PathBuf);

/// What is older was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3_600);

impl Incoming {
    /// In this directory, which is made when something comes.
    pub fn at(directory: &Path) -> Incoming {
        let directory = directory.into();
        Incoming { directory }
    }

    /// A new file.
    pub async fn create(&self) -> io::Result<IncomingFile> {
        tokio::fs::create_dir_all(&self.directory).await?;
        let path = self.directory.join(format!("{:032x}", rand::random::<u128>()));
        let file = File::create_new(&path).await?;
        let temporary = Temporary(path);
        Ok(IncomingFile {
            temporary,
            file,
            bytes: 0,
        })
    }

    /// Takes away what killed processes have left; returns how many files.
    pub fn sweep(&self) -> io::Result<usize> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        let mut count = 0;
        for entry in entries {
            let entry = entry?;
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.map(|modified| SystemTime::now().duration_since(modified).unwrap_or_default());
            if age.is_ok_and(|age| age > ABANDONED) {
                fs::remove_file(entry.path())?;
                count += 1;
            }
        }
        Ok(count)
    }
}

impl IncomingFile {
    /// How many bytes have come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes what has come.
    pub async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.bytes += piece.len() as u64;
        self.file.write_all(piece).await
    }

    /// All has come.
    pub async fn finish(mut self, name: &str) -> io::Result<UploadedFile> {
        self.file.flush().await?;
        Ok(UploadedFile {
            temporary: self.temporary,
            name: safe_name(name),
            bytes: self.bytes,
            promised: None,
        })
    }
}

impl UploadedFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.temporary.0
    }
}

impl Uploads {
    /// These.
    pub fn new(files: impl IntoIterator<Item = UploadedFile>) -> Uploads {
        Uploads(files.into_iter().map(Arc::new).collect())
    }

    /// The file of this number.
    pub fn get(&self, number: usize) -> Option<&Arc<UploadedFile>> {
        self.0.get(number)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!(%error, "an upload's temporary file can't be taken away");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_there_as_long_as_somebody_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let incoming = Incoming::at(&directory.path().join("uploads"));
        let mut file = incoming.create().await.unwrap();
        file.write(b"con").await.unwrap();
        file.write(b"tent").await.unwrap();
        let uploads = Uploads::new([file.finish("../plan.pdf").await.unwrap()]);
        let held = uploads.get(0).unwrap().clone();
        drop(uploads);
        assert_eq!((held.name.as_str(), held.bytes), ("plan.pdf", 7));
        let path = held.path().to_owned();
        assert_eq!(std::fs::read(&path).unwrap(), b"content");
        drop(held);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn what_breaks_off_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let incoming = Incoming::at(directory.path());
        let mut file = incoming.create().await.unwrap();
        file.write(b"con").await.unwrap();
        drop(file);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_what_is_old_is_swept() {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (directory.path().join("old"), directory.path().join("new"));
        for path in [&old, &new] {
            std::fs::write(path, "x").unwrap();
        }
        let before = SystemTime::now() - 2 * ABANDONED;
        std::fs::File::options()
            .write(true)
            .open(&old)
            .unwrap()
            .set_modified(before)
            .unwrap();
        assert_eq!(Incoming::at(directory.path()).sweep().unwrap(), 1);
        assert!(!old.exists() && new.exists());
    }
}
