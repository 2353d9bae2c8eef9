//! Where files lie: on disk or in S3, under keys that are the hashes of their content.

mod announced;
mod backend;
mod body;
mod content_type;
mod disk;
mod error;
mod handle;
mod key;
mod range;
#[cfg(feature = "aws")]
mod s3;
#[cfg(feature = "aws")]
mod s3_link;
#[cfg(feature = "aws")]
mod s3_upload;

pub use announced::{Announced, PutLink};
pub use backend::{Blob, BlobBackend, BlobHead, Listed};
pub use body::{Content, Stream};
pub use content_type::content_type;
pub use disk::DiskBackend;
pub use error::BlobError;
pub use handle::{Blobs, Stored};
pub use key::{Area, BlobKey};
pub use range::Range;
#[cfg(feature = "aws")]
pub use s3::{S3Backend, S3Options};
