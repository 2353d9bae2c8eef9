//! Pictures made by the tests themselves: four quarters of plain colour, in every coding that is read.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kanvaro::media::image::{Encoding, Pixels, Raster, encode};

/// Top left, top right, bottom left, bottom right.
pub const QUARTERS: [[u8; 3]; 4] = [[220, 40, 40], [40, 200, 40], [40, 60, 220], [240, 240, 240]];

/// Which quarter a place is in.
pub fn quarter(x: u32, y: u32, width: u32, height: u32) -> usize {
    usize::from(x >= width.div_ceil(2)) + 2 * usize::from(y >= height.div_ceil(2))
}

/// The picture, RGB.
pub fn quarters(width: u32, height: u32) -> Raster {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let data = places
        .flat_map(|(x, y)| QUARTERS[quarter(x, y, width, height)])
        .collect();
    Raster::new(width, height, Pixels::Rgb, data)
}

/// The same, RGBA, whose last quarter is transparent.
pub fn windowed(width: u32, height: u32) -> Raster {
    let opaque = quarters(width, height);
    let pixels = opaque.data().chunks_exact(3).enumerate().flat_map(|(at, rgb)| {
        let (x, y) = (at as u32 % width, at as u32 / width);
        let alpha = if quarter(x, y, width, height) == 3 { 0 } else { 255 };
        [rgb[0], rgb[1], rgb[2], alpha]
    });
    Raster::new(width, height, Pixels::Rgba, pixels.collect())
}

/// A JPEG of the picture; `set` sets what is special.
pub fn jpeg(raster: &Raster, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    set(&mut encoder);
    let (width, height) = (raster.width() as u16, raster.height() as u16);
    encoder.encode(raster.data(), width, height, ColorType::Rgb).unwrap();
    file
}

/// A plain JPEG of the picture.
pub fn plain_jpeg(width: u32, height: u32) -> Vec<u8> {
    jpeg(&quarters(width, height), |_| {})
}

/// A CMYK JPEG as Adobe's programs write it, directly or through YCCK.
pub fn cmyk_jpeg(width: u32, height: u32, kind: ColorType) -> Vec<u8> {
    let inks: Vec<u8> = quarters(width, height)
        .data()
        .chunks_exact(3)
        .flat_map(|rgb| [255 - rgb[0], 255 - rgb[1], 255 - rgb[2], 0])
        .collect();
    let mut file = Vec::new();
    let encoder = Encoder::new(&mut file, 95);
    encoder.encode(&inks, width as u16, height as u16, kind).unwrap();
    file
}

/// A PNG of these samples; `set` sets what is special.
pub fn png(
    size: (u32, u32),
    color: png::ColorType,
    depth: png::BitDepth,
    samples: &[u8],
    set: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.0, size.1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    set(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    file
}

/// A PNG of bare chunks: its header's fields and what is compressed as its pixels, true or not.
pub fn raw_png(size: (u32, u32), depth: u8, color: u8, interlace: u8, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(size.0.to_be_bytes());
    header.extend(size.1.to_be_bytes());
    header.extend([depth, color, 0, 0, interlace]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut put = |name: &[u8; 4], data: &[u8]| {
        file.extend((data.len() as u32).to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(name);
        crc.update(data);
        file.extend(name);
        file.extend(data);
        file.extend(crc.sum().to_be_bytes());
    };
    put(b"IHDR", &header);
    chunks.iter().for_each(|(name, data)| put(name, data));
    put(b"IEND", &[]);
    file
}

/// Compressed, as PNG has it.
pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// So many zeros, compressed.
pub fn deflated_zeros(count: u64) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), count), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// An RGB PNG in seven passes.
pub fn interlaced_png(raster: &Raster) -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut rows = Vec::new();
    for (left, top, across, down) in PASSES {
        if left >= raster.width() {
            continue;
        }
        for y in (top..raster.height()).step_by(down as usize) {
            rows.push(0);
            let columns = (left..raster.width()).step_by(across as usize);
            columns.for_each(|x| rows.extend(raster.pixel(x, y)));
        }
    }
    let size = (raster.width(), raster.height());
    raw_png(size, 8, 2, 1, &[(b"IDAT", deflated(&rows))])
}

/// A GIF of two frames, of which the first is the picture and the second is black.
pub fn gif(raster: &Raster) -> Vec<u8> {
    let (width, height) = (raster.width() as u16, raster.height() as u16);
    let palette: Vec<u8> = QUARTERS.into_iter().flatten().chain([0, 0, 0]).collect();
    let index = |rgb: &[u8]| QUARTERS.iter().position(|colour| colour == rgb).unwrap() as u8;
    let first: Vec<u8> = raster.data().chunks_exact(3).map(index).collect();
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).unwrap();
    for pixels in [first.clone(), vec![4; first.len()]] {
        let frame = gif::Frame::from_indexed_pixels(width, height, pixels, None);
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    file
}

/// A WebP.
pub fn webp(raster: &Raster) -> Vec<u8> {
    encode(raster, Encoding::WebP, 95).unwrap()
}

/// A lossless WebP.
pub fn lossless_webp(raster: &Raster) -> Vec<u8> {
    let config = webpx::EncoderConfig::new_lossless();
    let (width, height) = (raster.width(), raster.height());
    config
        .encode_rgb(raster.data(), width, height, webpx::Unstoppable)
        .unwrap()
}

/// The chunks of a file, each with its name and size.
fn chunks(webp: &[u8]) -> &[u8] {
    &webp[12..]
}

/// A WebP of these chunks behind the header of the extended form.
pub fn extended_webp(flags: u8, size: (u32, u32), chunks: &[u8]) -> Vec<u8> {
    let side = |length: u32| (length - 1).to_le_bytes()[..3].to_vec();
    let mut body = b"WEBPVP8X\x0a\0\0\0".to_vec();
    body.extend([flags, 0, 0, 0]);
    body.extend(side(size.0));
    body.extend(side(size.1));
    body.extend(chunks);
    let mut file = b"RIFF".to_vec();
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    file
}

/// A chunk of a WebP.
pub fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend((data.len() as u32).to_le_bytes());
    chunk.extend(data);
    if data.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// A WebP whose only frame stands in an animation.
pub fn animated_webp(raster: &Raster) -> Vec<u8> {
    let side = |length: u32| (length - 1).to_le_bytes()[..3].to_vec();
    let mut frame = vec![0; 6];
    frame.extend(side(raster.width()));
    frame.extend(side(raster.height()));
    frame.extend([100, 0, 0, 0]);
    frame.extend(chunks(&webp(raster)));
    let animation = [webp_chunk(b"ANIM", &[0; 6]), webp_chunk(b"ANMF", &frame)].concat();
    extended_webp(0b10, (raster.width(), raster.height()), &animation)
}

/// A WebP with EXIF data.
pub fn webp_with_exif(raster: &Raster, exif: &[u8]) -> Vec<u8> {
    let all = [chunks(&webp(raster)).to_vec(), webp_chunk(b"EXIF", exif)].concat();
    extended_webp(0b1000, (raster.width(), raster.height()), &all)
}

/// EXIF data that says how the camera was held, and where: the position reads `GPS-POSITION`.
pub fn exif(orientation: u16) -> Vec<u8> {
    let mut data = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    data.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1]);
    data.extend(orientation.to_be_bytes());
    data.extend([0, 0]);
    // The directory of positions stands behind this one.
    data.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    data.extend([0; 4]);
    data.extend([0, 1, 0, 0x1b, 0, 7, 0, 0, 0, 12, 0, 0, 0, 56]);
    data.extend([0; 4]);
    data.extend(b"GPS-POSITION");
    data
}
