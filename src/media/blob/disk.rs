//! Blobs as files in a directory. A file is written beside its place and renamed into it, so that it is there whole or not.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::body::stream_file;
use super::{Announced, Blob, BlobBackend, BlobError, BlobHead, BlobKey, Content, Listed, PutLink, Range};

/// Where files are written before they are whole. No key begins with a dot.
const INCOMING: &str = ".incoming";

/// What is older there was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(86_400);

/// Blobs below a directory.
pub struct DiskBackend {
    root: PathBuf,
}

impl DiskBackend {
    /// Below this directory, which is made when something is put.
    pub fn at(root: &Path) -> DiskBackend {
        DiskBackend { root: root.to_owned() }
    }

    /// The same, with the directory made, and what processes that were killed didn't finish taken away. Others may be at work
    /// in it: commands beside a server, servers that share the disk.
    pub fn open(root: &Path) -> Result<DiskBackend, BlobError> {
        let incoming = root.join(INCOMING);
        fs::create_dir_all(&incoming).map_err(BlobError::unavailable)?;
        remove_abandoned(&incoming).map_err(BlobError::unavailable)?;
        Ok(DiskBackend::at(root))
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, BlobError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(BlobError::unavailable)?.map_err(BlobError::unavailable)
    }
}

#[async_trait]
impl BlobBackend for DiskBackend {
    fn name(&self) -> &'static str {
        "disk"
    }

    async fn put(&self, key: &BlobKey, content: Content) -> Result<(), BlobError> {
        let (path, incoming) = (self.path(key), self.root.join(INCOMING));
        let put = move || -> Result<(), BlobError> {
            let name = incoming.join(format!("{:032x}", rand::random::<u128>()));
            fs::create_dir_all(&incoming).map_err(BlobError::unavailable)?;
            let written = write(&name, content).and_then(|()| settle(&name, &path).map_err(BlobError::unavailable));
            if written.is_err() {
                // Nothing else can be done about it; what is left lies where it is taken away at the next start.
                let _ = fs::remove_file(&name);
            }
            written
        };
        tokio::task::spawn_blocking(put).await.map_err(BlobError::unavailable)?
    }

    async fn get(&self, key: &BlobKey, range: Option<Range>) -> Result<Option<Blob>, BlobError> {
        let Some(file) = present(tokio::fs::File::open(self.path(key)).await)? else {
            return Ok(None);
        };
        let Some(head) = head_of(&file.metadata().await.map_err(BlobError::unavailable)?) else {
            return Ok(None);
        };
        let bytes = head.bytes;
        let part = match range {
            Some(range) => Some(range.within(bytes).ok_or(BlobError::Range { bytes })?),
            None => Range::From(0).within(bytes),
        };
        let (first, count) = part.map_or((0, 0), |(first, last)| (first, last - first + 1));
        let body = stream_file(file, first, count).await?;
        Ok(Some(Blob { head, part, body }))
    }

    async fn head(&self, key: &BlobKey) -> Result<Option<BlobHead>, BlobError> {
        let found = present(tokio::fs::metadata(self.path(key)).await)?;
        Ok(found.as_ref().and_then(head_of))
    }

    async fn remove(&self, keys: &[BlobKey]) -> Result<(), BlobError> {
        let paths: Vec<PathBuf> = keys.iter().map(|key| self.path(key)).collect();
        self.blocking(move || paths.iter().try_for_each(|path| remove(path)))
            .await
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: u32) -> Result<Vec<Listed>, BlobError> {
        let (root, prefix) = (self.root.clone(), prefix.to_owned());
        let after = after.map(|key| key.as_str().to_owned()).unwrap_or_default();
        self.blocking(move || {
            let mut walk = Walk {
                prefix,
                after,
                limit: limit as usize,
                found: Vec::new(),
            };
            walk.directory(&root, "")?;
            Ok(walk.found)
        })
        .await
    }

    async fn put_link(&self, _: &BlobKey, _: &Announced, _: Duration) -> Result<Option<PutLink>, BlobError> {
        Ok(None)
    }

    async fn ping(&self) -> Result<(), BlobError> {
        let incoming = self.root.join(INCOMING);
        self.blocking(move || fs::create_dir_all(incoming)).await
    }
}

fn remove_abandoned(incoming: &Path) -> io::Result<()> {
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.map(|modified| SystemTime::now().duration_since(modified).unwrap_or_default());
        if age.is_ok_and(|age| age > ABANDONED) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn write(name: &Path, content: Content) -> Result<(), BlobError> {
    let mut file = File::create_new(name).map_err(BlobError::unavailable)?;
    match content {
        Content::Bytes(bytes) => file.write_all(&bytes).map_err(BlobError::unavailable)?,
        Content::File(path) => {
            let mut source = File::open(path).map_err(BlobError::content)?;
            io::copy(&mut source, &mut file).map_err(BlobError::unavailable)?;
        }
    }
    file.sync_all().map_err(BlobError::unavailable)
}

/// Renames it into its place, and makes sure that the name is on the disk too.
fn settle(name: &Path, path: &Path) -> io::Result<()> {
    let directory = path.parent().expect("a key has an area");
    fs::create_dir_all(directory)?;
    fs::rename(name, path)?;
    File::open(directory)?.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

fn present<T>(found: io::Result<T>) -> Result<Option<T>, BlobError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(BlobError::unavailable(error)),
    }
}

/// A part of the way that is a file leads to nothing, too.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Of a file; a directory is no blob.
fn head_of(metadata: &fs::Metadata) -> Option<BlobHead> {
    metadata.is_file().then(|| BlobHead {
        bytes: metadata.len(),
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
    })
}

/// Goes through directories in the order of keys, past what isn't asked for.
struct Walk {
    prefix: String,
    after: String,
    limit: usize,
    found: Vec<Listed>,
}

impl Walk {
    /// `path` is how the keys in it begin.
    fn directory(&mut self, directory: &Path, path: &str) -> io::Result<()> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(directory) {
            // Not made yet, or taken away in between.
            Err(error) if is_absent(&error) => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().into_string().unwrap_or_default();
            let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
            if !name.is_empty() && !name.starts_with('.') {
                names.push(format!("{path}{name}{slash}"));
            }
        }
        names.sort_unstable();
        for name in names {
            if self.found.len() >= self.limit {
                break;
            }
            if name.ends_with('/') {
                if self.may_hold(&name) {
                    self.directory(&directory.join(&name[path.len()..]), &name)?;
                }
            } else if name.starts_with(&self.prefix) && name > self.after {
                self.file(directory.join(&name[path.len()..]), &name)?;
            }
        }
        Ok(())
    }

    fn may_hold(&self, path: &str) -> bool {
        let of_prefix = self.prefix.starts_with(path) || path.starts_with(&self.prefix);
        of_prefix && (self.after.starts_with(path) || *path > *self.after)
    }

    fn file(&mut self, path: PathBuf, name: &str) -> io::Result<()> {
        let Ok(key) = BlobKey::parse(name) else { return Ok(()) };
        match fs::metadata(path) {
            Ok(metadata) => self.found.extend(head_of(&metadata).map(|head| Listed { key, head })),
            // Taken away in between.
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
