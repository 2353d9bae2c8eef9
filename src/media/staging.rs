//! Files that were put where they wait: taken from there into a temporary one, and held against what was announced of them.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::blob::{BlobError, PutLink, Stream};
use super::hex::hex;
use super::{Assets, Grant, IncomingFile, UploadedFile};

/// Why a file that waits was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StagingError {
    /// There is none.
    #[error(
        "no file is there for this upload: it has not been put to its url yet, or was completed and replaced or swept away \
         since; put it there, or begin with createUpload"
    )]
    Absent,
    /// It isn't as long as was said.
    #[error("{bytes} bytes were put and {announced} announced; put the whole file, and that one only")]
    Length {
        /// How many bytes it has.
        bytes: u64,
        /// How many were announced.
        announced: u64,
    },
    /// It isn't what was said.
    #[error("what was put has the SHA-256 {found}, which is not the one that was announced; put the file again")]
    Content {
        /// The hash that it has, in hexadecimal digits.
        found: String,
    },
    /// It can't be read now.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// How long to wait for the next piece.
const PATIENCE: Duration = Duration::from_secs(20);

impl Assets {
    /// Where a granted file is put: at the place itself where that has such addresses, else through this server.
    pub async fn put_link(&self, grant: &Grant) -> Result<PutLink, BlobError> {
        let (key, announced) = (grant.key(), &grant.announced);
        let theirs = self.blobs.put_link(&key, announced, self.upload_life).await?;
        Ok(theirs.unwrap_or_else(|| self.links.put(&key, announced, grant.expires)))
    }

    /// The file that was put for this grant, if it is the announced one and has this SHA-256. What waits stays there.
    pub async fn fetch_staged(&self, grant: &Grant, sha256: [u8; 32]) -> Result<UploadedFile, StagingError> {
        let announced = grant.announced.bytes;
        let found = self.blobs.get(&grant.key(), None).await?;
        let found = found.ok_or(StagingError::Absent)?;
        let bytes = found.head.bytes;
        if bytes != announced {
            return Err(StagingError::Length { bytes, announced });
        }
        let (file, hash) = self.copy(found.body, announced).await?;
        let bytes = file.bytes();
        if bytes != announced {
            return Err(StagingError::Length { bytes, announced });
        }
        if hash != sha256 {
            return Err(StagingError::Content { found: hex(&hash) });
        }
        let mut file = file.finish(&grant.name).await.map_err(unwritten)?;
        file.promised = Some(grant.asset);
        Ok(file)
    }

    /// Takes away what waits for this grant.
    pub async fn clear_staged(&self, grant: &Grant) -> Result<(), BlobError> {
        self.blobs.remove(&[grant.key()]).await
    }

    /// Into a temporary file, never whole in memory and no further than to `most`, with the SHA-256 of what came.
    async fn copy(&self, mut body: Stream, most: u64) -> Result<(IncomingFile, [u8; 32]), StagingError> {
        let mut file = self.incoming.create().await.map_err(unwritten)?;
        let mut hash = Sha256::new();
        while let Some(piece) = next(&mut body).await? {
            hash.update(&piece);
            file.write(&piece).await.map_err(unwritten)?;
            if file.bytes() > most {
                break;
            }
        }
        Ok((file, hash.finalize().into()))
    }
}

async fn next(body: &mut Stream) -> Result<Option<Bytes>, BlobError> {
    let late = |_| BlobError::Unavailable(format!("nothing came for {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, body.next()).await.map_err(late)?.transpose()
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn unwritten(error: std::io::Error) -> BlobError {
    BlobError::Unavailable(format!("the temporary file can't be written: {error}"))
}
