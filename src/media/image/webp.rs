//! WebP: lossy, lossless, or the first frame of an animation.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::shrink::Shrinker;
use super::{Format, Header, ImageError, Pixels, Raster, color};

const WEBP: Format = Format::WebP;
/// What the decoder may take for a profile and the like.
const TABLES: usize = 16 << 20;

/// Decodes a file of this header to one of `shrink` pixels a side.
pub fn decode(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(refused)?;
    decoder.set_memory_limit(TABLES);
    let (width, height) = decoder.dimensions();
    header.confirm(width, height)?;
    let pixels = if decoder.has_alpha() { Pixels::Rgba } else { Pixels::Rgb };
    let bytes = decoder.output_buffer_size();
    let mut whole = vec![0; bytes.ok_or_else(|| ImageError::damaged(WEBP, "it is too large"))?];
    decoder.read_image(&mut whole).map_err(refused)?;
    let profile = decoder.icc_profile().ok().flatten();
    let mut raster = if shrink == 1 {
        Raster::new(width, height, pixels, whole)
    } else {
        let mut shrinker = Shrinker::new(width, height, pixels, shrink);
        let row = width as usize * pixels.bytes();
        whole.chunks_exact(row).for_each(|row| shrinker.push(row));
        shrinker.finish()
    };
    color::to_srgb(&mut raster, profile.as_deref());
    Ok(raster)
}

fn refused(error: DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(error) => ImageError::read(WEBP, &error),
        DecodingError::UnsupportedFeature(feature) => ImageError::unsupported(WEBP, feature),
        other => ImageError::damaged(WEBP, other),
    }
}
