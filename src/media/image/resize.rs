//! To another size, by Lanczos' filter; alpha is multiplied in while that happens.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{ResizeOptions, Resizer};

use super::shrink::kind;
use super::{ImageError, Raster};

/// A part of a picture: left, top, width, height, in pixels and parts of pixels.
pub type Part = (f64, f64, f64, f64);

/// The picture, or the part of it, at this size.
pub fn resize(raster: &Raster, part: Option<Part>, width: u32, height: u32) -> Result<Raster, ImageError> {
    if part.is_none() && (width, height) == (raster.width(), raster.height()) {
        return Ok(raster.clone());
    }
    let pixel = kind(raster.pixels());
    let source = ImageRef::new(raster.width(), raster.height(), raster.data(), pixel).map_err(failed)?;
    let mut resized = Image::new(width, height, pixel);
    let mut options = ResizeOptions::new();
    if let Some((left, top, width, height)) = part {
        options = options.crop(left, top, width, height);
    }
    Resizer::new().resize(&source, &mut resized, &options).map_err(failed)?;
    Ok(Raster::new(width, height, raster.pixels(), resized.into_vec()))
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn failed(error: impl ToString) -> ImageError {
    ImageError::Failed {
        reason: error.to_string(),
    }
}
