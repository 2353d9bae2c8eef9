//! From an uploaded file to what is kept of it: of a picture what was made of it, of any other file itself.

use futures_util::future::try_join_all;

use crate::model::{Picture, PictureVariant};

use super::blob::{Area, BlobError, Content, content_type};
use super::hex::hex;
use super::image::ImageError;
use super::sniff::{Sniffed, sniff_file};
use super::{Assets, Order, Output, Source, UploadedFile};

/// What is kept of an uploaded file.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its type by its content.
    pub content_type: &'static str,
    /// The SHA-256 of what was uploaded, in hexadecimal digits.
    pub sha256: String,
    /// What was made of a picture.
    pub picture: Option<Picture>,
    /// Where the file lies, if it is kept as it came.
    pub file: Option<String>,
}

/// Why an uploaded file was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is larger than what it is for may be.
    #[error("the file has {bytes} bytes and {limit} are taken; make it smaller and upload that")]
    TooLarge {
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// It is of a sort that is not kept.
    #[error("the file is {found}, which is not kept here; put it into a ZIP archive if it has to be")]
    NotKept {
        /// What it is.
        found: &'static str,
    },
    /// The picture was refused.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It can't be kept.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl IntakeError {
    /// Whether the same file may be taken later: nothing is wrong with it.
    pub fn is_passing(&self) -> bool {
        match self {
            IntakeError::TooLarge { .. } | IntakeError::NotKept { .. } => false,
            IntakeError::Image(error) => error.is_passing(),
            IntakeError::Blob(_) => true,
        }
    }
}

impl Assets {
    /// Makes a picture ready and keeps what was made of it; the upload itself is not kept.
    pub async fn take_picture(&self, upload: &UploadedFile, limit: u64) -> Result<Taken, IntakeError> {
        check_size(upload.bytes, limit)?;
        let source = Source::File(upload.path().to_owned());
        let processed = self.pictures.process(source, Order::Standard).await?;
        let (_, sha256) = Content::File(upload.path().to_owned()).measure().await?;
        let variants = try_join_all(processed.outputs.into_iter().map(|output| self.keep(output))).await?;
        let pixels = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        Ok(Taken {
            content_type: processed.format.content_type(),
            sha256: hex(&sha256),
            picture: Some(Picture {
                width: pixels(processed.width),
                height: pixels(processed.height),
                placeholder: processed.placeholder,
                variants,
            }),
            file: None,
        })
    }

    /// Keeps a file as it came, for whoever gets a signed link.
    pub async fn take_file(&self, upload: &UploadedFile, limit: u64) -> Result<Taken, IntakeError> {
        check_size(upload.bytes, limit)?;
        let (path, name) = (upload.path().to_owned(), upload.name.clone());
        let sniffed = tokio::task::spawn_blocking(move || sniff_file(&path, &name)).await;
        let sniffed = sniffed.map_err(|error| BlobError::Content(error.to_string()))?;
        let ending = match sniffed.map_err(|error| BlobError::Content(error.to_string()))? {
            Sniffed::Kept(ending) => ending,
            Sniffed::Program(found) => return Err(IntakeError::NotKept { found }),
        };
        let content = Content::File(upload.path().to_owned());
        let stored = self.blobs.put(Area::Files, ending, content).await?;
        Ok(Taken {
            content_type: content_type(ending),
            sha256: hex(&stored.sha256),
            picture: None,
            file: Some(stored.key.to_string()),
        })
    }

    async fn keep(&self, output: Output) -> Result<PictureVariant, IntakeError> {
        let Output {
            variant,
            width,
            height,
            bytes,
        } = output;
        let encoding = variant.encoding;
        let content = Content::Bytes(bytes);
        let stored = self.blobs.put(Area::Images, encoding.extension(), content).await?;
        Ok(PictureVariant {
            name: variant.name,
            width: i32::try_from(width).unwrap_or(i32::MAX),
            height: i32::try_from(height).unwrap_or(i32::MAX),
            bytes: i64::try_from(stored.bytes).unwrap_or(i64::MAX),
            content_type: encoding.content_type().into(),
            key: stored.key.to_string(),
        })
    }
}

/// Refuses what is larger than this.
pub fn check_size(bytes: u64, limit: u64) -> Result<(), IntakeError> {
    if bytes > limit {
        return Err(IntakeError::TooLarge { bytes, limit });
    }
    Ok(())
}
