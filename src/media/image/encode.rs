//! Writes pictures. What is written holds pixels and nothing else: no metadata, and no profile, for all is sRGB.

#[cfg(any(test, not(feature = "libjpeg-turbo")))]
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use webpx::{EncoderConfig, Unstoppable};

#[cfg(feature = "libjpeg-turbo")]
use super::turbo;
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

/// How strongly edges of blocks are smoothed, 0 to 100: as libwebp has it for photos. Its 60 for whatever it may be blurs more, for no fewer bytes.
const SMOOTHING: u8 = 30;

fn webp(raster: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    let config = EncoderConfig::new()
        .quality(quality.into())
        .method(4)
        .filter_strength(SMOOTHING);
    let (data, width, height) = (raster.data(), raster.width(), raster.height());
    let encoded = match raster.pixels() {
        Pixels::Rgb => config.encode_rgb(data, width, height, Unstoppable),
        Pixels::Rgba => config.encode_rgba(data, width, height, Unstoppable),
    };
    encoded.map_err(failed)
}

/// In one scan, with tables made for the picture.
#[cfg(feature = "libjpeg-turbo")]
fn jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>, ImageError> {
    turbo::encode(&raster.on_white(), quality)
}

/// With tables made for the picture. Progressive, in a scan of averages and one of the rest for each component: this encoder writes such
/// tables in no interleaved scan, and baseline files of one scan a component are read wrongly by some decoders.
#[cfg(not(feature = "libjpeg-turbo"))]
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

#[cfg(test)]
mod tests {
    use jpeg_decoder::Decoder;

    use super::*;

    /// Neither plain nor noise, or plain.
    fn picture(side: u32, is_plain: bool) -> Raster {
        let value = |x: u32, y: u32, scale: u32| match is_plain {
            true => 77,
            false => (x * 255 / (side * scale) + (y * y / side / scale) % 64) as u8,
        };
        let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let data = pixels.flat_map(|(x, y)| [value(x, y, 2), value(y, x, 2), value(x, x, 3)]);
        Raster::new(side, side, Pixels::Rgb, data.collect())
    }

    fn light(rgb: &[u8]) -> Vec<u8> {
        let weights = [0.299, 0.587, 0.114];
        let weighed = |pixel: &[u8]| {
            pixel
                .iter()
                .zip(weights)
                .map(|(value, weight)| f64::from(*value) * weight)
                .sum::<f64>()
        };
        rgb.chunks(3).map(|pixel| weighed(pixel) as u8).collect()
    }

    /// How far apart they are on average.
    fn apart(one: &[u8], other: &[u8]) -> f64 {
        let pairs = one.iter().zip(other);
        let off: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        off as f64 / one.len() as f64
    }

    #[test]
    fn a_jpeg_is_read_as_what_was_written_at_every_size() {
        for (side, is_plain) in (1..=40)
            .chain([149, 150])
            .flat_map(|side| [(side, false), (side, true)])
        {
            let raster = picture(side, is_plain);
            let written = encode(&raster, Encoding::Jpeg, 85).unwrap();
            let mut decoder = Decoder::new(&*written);
            let read = decoder.decode().unwrap();
            let info = decoder.info().unwrap();
            assert_eq!((u32::from(info.width), u32::from(info.height)), (side, side));
            let off = apart(&light(&read), &light(raster.data()));
            assert!(off < 6.0, "{side} {is_plain}: {off}");
            // Colours are kept at half the resolution, so only plain ones stay what they were.
            let off = apart(&read, raster.data());
            assert!(!is_plain || off < 6.0, "{side}: {off}");
        }
    }

    #[test]
    fn the_tables_of_a_jpeg_are_made_for_it() {
        let raster = picture(150, false);
        let mut common = Vec::new();
        let mut encoder = Encoder::new(&mut common, 85);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.encode(raster.data(), 150, 150, ColorType::Rgb).unwrap();
        let written = encode(&raster, Encoding::Jpeg, 85).unwrap();
        assert!(
            written.len() < common.len() * 97 / 100,
            "{} {}",
            written.len(),
            common.len()
        );
    }
}
