//! Bytes on their way into a backend and out of it.

use std::path::PathBuf;
use std::pin::Pin;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::BlobError;

/// Bytes that come piece by piece.
pub type Stream = Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// What is to be put.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory.
    Bytes(Bytes),
    /// In a file, which is read piece by piece and stays where it is.
    File(PathBuf),
}

/// How much of a file is read at a time.
const PIECE: u64 = 64 << 10;

impl Content {
    /// How many bytes there are, and their SHA-256.
    pub async fn measure(&self) -> Result<(u64, [u8; 32]), BlobError> {
        let content = self.clone();
        let measure = move || match content {
            Content::Bytes(bytes) => Ok((bytes.len() as u64, Sha256::digest(&bytes).into())),
            Content::File(path) => {
                let mut file = std::fs::File::open(path).map_err(BlobError::content)?;
                let mut hash = Sha256::new();
                let bytes = std::io::copy(&mut file, &mut hash).map_err(BlobError::content)?;
                Ok((bytes, hash.finalize().into()))
            }
        };
        tokio::task::spawn_blocking(measure).await.map_err(BlobError::content)?
    }

    /// How many bytes there are.
    pub async fn bytes(&self) -> Result<u64, BlobError> {
        match self {
            Content::Bytes(bytes) => Ok(bytes.len() as u64),
            Content::File(path) => Ok(tokio::fs::metadata(path).await.map_err(BlobError::content)?.len()),
        }
    }
}

/// The bytes of a file from `first` on, `count` of them.
pub async fn stream_file(mut file: File, first: u64, count: u64) -> Result<Stream, BlobError> {
    file.seek(std::io::SeekFrom::Start(first))
        .await
        .map_err(BlobError::unavailable)?;
    let pieces = futures_util::stream::try_unfold((file, count), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = Vec::with_capacity(PIECE.min(left) as usize);
        let read = (&mut file).take(PIECE.min(left)).read_to_end(&mut piece).await;
        match read.map_err(BlobError::unavailable)? as u64 {
            0 => Err(BlobError::Unavailable("a file became shorter while it was read".into())),
            read => Ok(Some((Bytes::from(piece), (file, left - read)))),
        }
    });
    Ok(Box::pin(pieces))
}
