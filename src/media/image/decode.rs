//! From the bytes of a file to a picture that is upright, in sRGB, and not much larger than is needed.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Format, Header, ImageError, ImageLimits, Raster, gif, jpeg, png, webp};

/// The factors by which a JPEG can be decoded smaller.
const JPEG_FACTORS: [u32; 3] = [8, 4, 2];

impl Header {
    /// By how much the picture may be shrunk while it is decoded, if this share of its size is enough.
    pub fn shrink(&self, enough: f64) -> u32 {
        match self.format {
            Format::Jpeg => JPEG_FACTORS
                .into_iter()
                .find(|factor| f64::from(*factor) * enough <= 1.0)
                .unwrap_or(1),
            Format::Png | Format::Gif | Format::WebP => ((1.0 / enough) as u32).clamp(1, 256),
        }
    }

    /// Says that the memory for it is too much, if it is.
    pub fn check_memory(&self, shrink: u32, limits: &ImageLimits) -> Result<(), ImageError> {
        let megabytes = self.memory(shrink) >> 20;
        if self.memory(shrink) <= limits.memory {
            return Ok(());
        }
        Err(ImageError::TooMuchWork {
            format: self.format,
            why: format!("would take {megabytes} MB of memory, coded as it is"),
        })
    }
}

/// Decodes the picture, or the first frame of an animation. `enough` is the share of its size that has to be there: the result may be
/// smaller than the file's picture, but not below that.
pub fn decode(file: &[u8], limits: &ImageLimits, enough: f64) -> Result<Raster, ImageError> {
    let header = Header::read(&mut Cursor::new(file), limits)?;
    let shrink = header.shrink(enough);
    header.check_memory(shrink, limits)?;
    // What the decoders are given was made by anybody; where one gives up by panicking, that is the picture's fault too.
    let decoded = catch_unwind(AssertUnwindSafe(|| match header.format {
        Format::Jpeg => jpeg::decode(file, &header, shrink),
        Format::Png => png::decode(file, &header, shrink),
        Format::WebP => webp::decode(file, &header, shrink),
        Format::Gif => gif::decode(file, &header, shrink),
    }));
    let raster = decoded.unwrap_or_else(|_| Err(ImageError::damaged(header.format, "it can't be made sense of")))?;
    Ok(header.orientation.apply(raster.without_idle_alpha()))
}
