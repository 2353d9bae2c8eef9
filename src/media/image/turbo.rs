//! JPEG by libjpeg-turbo, which takes half of the time or two thirds. It reads what nearly all files are; of the others, and of whatever
//! it so much as warns, the common decoder says what they are. So the same is refused with it as without it, in the same words.

use turbojpeg::{Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::header::Coding;
use super::{Header, ImageError, Pixels, Raster, color};

/// A file that is about to be decoded.
struct File<'a> {
    decoder: Decompressor,
    bytes: &'a [u8],
    /// What it is after scaling.
    header: DecompressHeader,
}

/// Decodes a file of this header, which has so many scans, to one of `shrink` pixels a side. None: by the common decoder.
pub fn decode(file: &[u8], header: &Header, shrink: u32, scans: u64, profile: Option<&[u8]>) -> Option<Raster> {
    let mut file = open(file, header, shrink, scans)?;
    let (width, height) = (file.header.width.try_into().ok()?, file.header.height.try_into().ok()?);
    let mut raster = match file.header.colorspace {
        Colorspace::Gray => color::from_grey(width, height, &file.rows(PixelFormat::GRAY)?),
        Colorspace::RGB | Colorspace::YCbCr => Raster::new(width, height, Pixels::Rgb, file.rows(PixelFormat::RGB)?),
        _ => return None,
    };
    color::to_srgb(&mut raster, profile);
    Some(raster)
}

fn open<'a>(file: &'a [u8], header: &Header, shrink: u32, scans: u64) -> Option<File<'a>> {
    let Coding::Jpeg { progressive, .. } = header.coding else {
        return None;
    };
    // It holds all coefficients of a file of several scans, for which room was made only where those are common.
    if scans > 1 && !progressive {
        return None;
    }
    let mut decoder = Decompressor::new().ok()?;
    decoder.set_scan_limit(scans.try_into().ok()?).ok()?;
    let found = decoder.read_header(file).ok()?;
    let same = found.width == header.width as usize && found.height == header.height as usize;
    if !same || found.is_lossless || found.is_arithmetic || found.is_progressive != progressive {
        return None;
    }
    let factor = ScalingFactor::new(1, shrink as usize);
    decoder.set_scaling_factor(factor).ok()?;
    Some(File {
        decoder,
        bytes: file,
        header: found.scaled(factor),
    })
}

impl File<'_> {
    /// Its pixels. A warning is an error: that is all that is said of a file that ends early.
    fn rows(&mut self, format: PixelFormat) -> Option<Vec<u8>> {
        let (width, height) = (self.header.width, self.header.height);
        let pitch = width * format.size();
        let mut image = Image {
            pixels: vec![0; pitch * height],
            width,
            pitch,
            height,
            format,
        };
        self.decoder.decompress(self.bytes, image.as_deref_mut()).ok()?;
        Some(image.pixels)
    }
}

/// Writes RGB.
pub fn encode(raster: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let image = Image {
        pixels: raster.data(),
        width,
        pitch: 3 * width,
        height,
        format: PixelFormat::RGB,
    };
    encoder(quality)
        .and_then(|mut encoder| encoder.compress_to_vec(image))
        .map_err(failed)
}

fn encoder(quality: u8) -> turbojpeg::Result<Compressor> {
    let mut encoder = Compressor::new()?;
    encoder.set_quality(quality.into())?;
    encoder.set_subsamp(Subsamp::Sub2x2)?;
    encoder.set_optimize(true)?;
    Ok(encoder)
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn failed(error: turbojpeg::Error) -> ImageError {
    ImageError::Failed {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::super::{ImageLimits, jpeg_header};
    use super::*;

    /// A picture of 64 by 48 pixels, brighter to the right, without colours.
    fn file(sampling: SamplingFactor, progressive: bool, grey: bool) -> Vec<u8> {
        let light = (0..48).flat_map(|_| 0..64).map(|x| 4 * x as u8);
        let (pixels, colours): (Vec<u8>, _) = match grey {
            true => (light.collect(), ColorType::Luma),
            false => (light.flat_map(|value| [value; 3]).collect(), ColorType::Rgb),
        };
        let mut written = Vec::new();
        let mut encoder = Encoder::new(&mut written, 95);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(progressive);
        encoder.encode(&pixels, 64, 48, colours).unwrap();
        written
    }

    fn decoded(file: &[u8], shrink: u32) -> Option<Raster> {
        let header = Header::read(&mut Cursor::new(file), &ImageLimits::default()).ok()?;
        decode(file, &header, shrink, jpeg_header::scans(file), None)
    }

    #[test]
    fn common_files_are_read_at_every_scale() {
        let samplings = [
            SamplingFactor::R_4_4_4,
            SamplingFactor::R_4_2_2,
            SamplingFactor::R_4_2_0,
        ];
        for (sampling, progressive) in samplings.into_iter().flat_map(|one| [(one, false), (one, true)]) {
            for (grey, shrink) in [false, true]
                .into_iter()
                .flat_map(|grey| [(grey, 1), (grey, 2), (grey, 8)])
            {
                let raster = decoded(&file(sampling, progressive, grey), shrink).unwrap();
                assert_eq!((raster.width(), raster.height()), (64 / shrink, 48 / shrink));
                for x in 0..raster.width() {
                    let expected = (4.0 * (f64::from(x * shrink) + f64::from(shrink - 1) / 2.0)) as u8;
                    let pixel = raster.pixel(x, 5);
                    assert!(pixel.iter().all(|value| value.abs_diff(expected) < 8), "{x}: {pixel:?}");
                }
            }
        }
    }

    #[test]
    fn what_ends_early_is_left_to_the_common_decoder() {
        for progressive in [false, true] {
            let file = file(SamplingFactor::R_4_2_0, progressive, false);
            for end in 0..file.len() - 2 {
                assert_eq!(decoded(&file[..end], 1), None, "{end} of {}", file.len());
            }
        }
    }
}
