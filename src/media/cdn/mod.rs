//! The CDN before the server and its files: what it has to forget, and how a distribution is set up for it.

mod backend;
#[cfg(feature = "aws")]
mod cloudfront;
mod direct;
mod distribution;
mod error;
mod handle;
mod policies;

pub use backend::CdnBackend;
#[cfg(feature = "aws")]
pub use cloudfront::{CloudFrontBackend, CloudFrontOptions};
pub use direct::DirectBackend;
pub use distribution::Distribution;
pub use error::CdnError;
pub use handle::{Cdn, CdnOptions};
