//! To another size, by Lanczos' filter; alpha is multiplied in while that happens.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::shrink::kind;
use super::{ImageError, Raster};

/// A part of a picture: left, top, width, height, in pixels and parts of pixels.
pub type Part = (f64, f64, f64, f64);

/// From this factor on whole pixels are averaged first, to twice the size: nothing is lost that shows, it costs less, and what comes out is
/// not so sharp that it takes more bytes.
const AVERAGED: f64 = 4.0;

/// The picture, or the part of it, at this size.
pub fn resize(raster: &Raster, part: Option<Part>, width: u32, height: u32) -> Result<Raster, ImageError> {
    if part.is_none() && (width, height) == (raster.width(), raster.height()) {
        return Ok(raster.clone());
    }
    let pixel = kind(raster.pixels());
    let part = part.unwrap_or((0.0, 0.0, raster.width().into(), raster.height().into()));
    let source = ImageRef::new(raster.width(), raster.height(), raster.data(), pixel).map_err(failed)?;
    let mut resized = Image::new(width, height, pixel);
    match averaged(part, width, height) {
        Some((across, down)) => {
            let mut between = Image::new(across, down, pixel);
            Resizer::new()
                .resize(&source, &mut between, &average(part))
                .map_err(failed)?;
            Resizer::new().resize(&between, &mut resized, None).map_err(failed)?;
        }
        None => Resizer::new()
            .resize(&source, &mut resized, &lanczos(part))
            .map_err(failed)?,
    }
    Ok(Raster::new(width, height, raster.pixels(), resized.into_vec()))
}

/// To which size the part is averaged first when it is resized to that size, if it is.
fn averaged(part: Part, width: u32, height: u32) -> Option<(u32, u32)> {
    let factor = (part.2 / f64::from(width)).min(part.3 / f64::from(height));
    let whole = (factor / 2.0).floor();
    let side = |length: f64| (length / whole).round() as u32;
    (factor >= AVERAGED).then(|| (side(part.2), side(part.3)))
}

/// How it is averaged.
fn average(part: Part) -> ResizeOptions {
    lanczos(part).resize_alg(ResizeAlg::Convolution(FilterType::Box))
}

/// How it is resized otherwise.
fn lanczos((left, top, width, height): Part) -> ResizeOptions {
    ResizeOptions::new().crop(left, top, width, height)
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn failed(error: impl ToString) -> ImageError {
    ImageError::Failed {
        reason: error.to_string(),
    }
}
