//! JPEG: decoded smaller where that is enough, which skips most of the work.

use jpeg_decoder::{Decoder, Error, ImageInfo, PixelFormat, UnsupportedFeature};

#[cfg(feature = "libjpeg-turbo")]
use super::turbo;
use super::{Format, Header, ImageError, Pixels, Raster, color, jpeg_header};

const JPEG: Format = Format::Jpeg;
/// Most scans; programs write 3 to 14.
const MAX_SCANS: u64 = 100;
/// Most pixels that all scans together go over.
const MAX_SCANNED: u64 = 1_000_000_000;

/// Decodes a file of this header to one of `shrink` pixels a side.
#[cfg(feature = "libjpeg-turbo")]
pub fn decode(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    let scans = check_scans(file, header)?;
    let profile = jpeg_header::profile(file);
    match turbo::decode(file, header, shrink, scans, profile.as_deref()) {
        Some(raster) => Ok(raster),
        None => common(file, header, shrink),
    }
}

/// Decodes a file of this header to one of `shrink` pixels a side.
#[cfg(not(feature = "libjpeg-turbo"))]
pub fn decode(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    check_scans(file, header)?;
    common(file, header, shrink)
}

fn common(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    let mut decoder = Decoder::new(file);
    decoder.read_info().map_err(refused)?;
    let found = info(&decoder)?;
    header.confirm(found.width.into(), found.height.into())?;
    if shrink > 1 {
        let (width, height) = request(header, shrink);
        decoder.scale(width, height).map_err(refused)?;
    }
    let data = decoder.decode().map_err(refused)?;
    let info = info(&decoder)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let profile = decoder.icc_profile();
    let profile = profile.as_deref();
    let mut raster = match info.pixel_format {
        PixelFormat::RGB24 => Raster::new(width, height, Pixels::Rgb, data),
        PixelFormat::L8 => color::from_grey(width, height, &data),
        PixelFormat::CMYK32 => return Ok(color::from_cmyk(width, height, &data, profile)),
        PixelFormat::L16 => return Err(ImageError::unsupported(JPEG, "16 bits a sample")),
    };
    color::to_srgb(&mut raster, profile);
    Ok(raster)
}

fn info(decoder: &Decoder<&[u8]>) -> Result<ImageInfo, ImageError> {
    let info = decoder.info();
    info.ok_or_else(|| ImageError::damaged(JPEG, "it has no frame"))
}

/// How many scans it has, if that isn't too many.
fn check_scans(file: &[u8], header: &Header) -> Result<u64, ImageError> {
    let scans = jpeg_header::scans(file);
    if scans <= MAX_SCANS && scans * header.pixels() <= MAX_SCANNED {
        return Ok(scans);
    }
    Err(ImageError::TooMuchWork {
        format: JPEG,
        why: format!("goes over its pixels {scans} times"),
    })
}

/// What to ask the decoder for. It takes the smallest scale that reaches *one* of the sides, so only the longer one, where rounding
/// doesn't matter, is told.
fn request(header: &Header, shrink: u32) -> (u16, u16) {
    let side = |length: u32| u16::try_from(length.div_ceil(shrink)).unwrap_or(u16::MAX);
    if header.width >= header.height {
        (side(header.width), u16::MAX)
    } else {
        (u16::MAX, side(header.height))
    }
}

fn refused(error: Error) -> ImageError {
    match error {
        Error::Io(error) => ImageError::read(JPEG, &error),
        Error::Format(reason) => ImageError::damaged(JPEG, reason),
        Error::Unsupported(feature) => ImageError::unsupported(JPEG, named(&feature)),
        Error::Internal(error) => ImageError::damaged(JPEG, error),
    }
}

fn named(feature: &UnsupportedFeature) -> String {
    match feature {
        UnsupportedFeature::ArithmeticEntropyCoding => "arithmetic coding".into(),
        UnsupportedFeature::Hierarchical => "hierarchical coding".into(),
        UnsupportedFeature::SamplePrecision(bits) => format!("{bits} bits a sample"),
        UnsupportedFeature::ComponentCount(count) => format!("{count} components"),
        UnsupportedFeature::DNL => "a height that is told late".into(),
        other => format!("{other:?}"),
    }
}
