//! Pictures as pure functions of bytes: what is uploaded is looked at, decoded within limits, resized and encoded. Nothing here waits,
//! starts a thread or knows where pictures are kept.

mod color;
mod decode;
mod encode;
mod error;
mod format;
mod gif;
mod header;
mod jpeg;
mod jpeg_header;
mod limits;
mod orientation;
mod placeholder;
mod png;
mod raster;
mod resize;
mod shrink;
#[cfg(feature = "libjpeg-turbo")]
mod turbo;
mod webp;
mod webp_header;

pub use decode::decode;
pub use encode::{WEBP_MAX_SIDE, encode};
pub use error::ImageError;
pub use format::{Encoding, Format};
pub use header::Header;
pub use limits::ImageLimits;
pub use orientation::Orientation;
pub use placeholder::placeholder;
pub use raster::{Pixels, Raster};
pub use resize::{Part, resize};
