//! Writes pictures. What is written holds pixels and nothing else: no metadata, and no profile, for all is sRGB.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use webpx::{EncoderConfig, Unstoppable};

use super::{Encoding, ImageError, Pixels, Raster};

/// WebP has no longer sides.
pub const WEBP_MAX_SIDE: u32 = 16_383;

/// Encodes in a quality from 1 to 100, which says nothing for PNG.
pub fn encode(raster: &Raster, encoding: Encoding, quality: u8) -> Result<Vec<u8>, ImageError> {
    match encoding {
        Encoding::WebP => webp(raster, quality),
        Encoding::Jpeg => jpeg(raster, quality),
        Encoding::Png => png(raster),
    }
}

fn webp(raster: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let config = EncoderConfig::new().quality(quality.into()).method(4);
    let (data, width, height) = (raster.data(), raster.width(), raster.height());
    let encoded = match raster.pixels() {
        Pixels::Rgb => config.encode_rgb(data, width, height, Unstoppable),
        Pixels::Rgba => config.encode_rgba(data, width, height, Unstoppable),
    };
    encoded.map_err(failed)
}

/// With tables made for the picture. Progressive, in a scan of averages and one of the rest for each component: this encoder writes such
/// tables in no interleaved scan, and baseline files of one scan a component are read wrongly by some decoders.
fn jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let flat = raster.on_white();
    let (width, height) = flat.sides()?;
    let mut encoded = Vec::new();
    let mut encoder = Encoder::new(&mut encoded, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_progressive_scans(2);
    encoder.set_optimized_huffman_tables(true);
    encoder
        .encode(flat.data(), width, height, ColorType::Rgb)
        .map_err(failed)?;
    Ok(encoded)
}

fn png(raster: &Raster) -> Result<Vec<u8>, ImageError> {
    let mut encoded = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut encoded, raster.width(), raster.height());
    encoder.set_color(match raster.pixels() {
        Pixels::Rgb => ::png::ColorType::Rgb,
        Pixels::Rgba => ::png::ColorType::Rgba,
    });
    encoder.set_depth(::png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(raster.data()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(encoded)
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn failed(error: impl ToString) -> ImageError {
    ImageError::Failed {
        reason: error.to_string(),
    }
}
