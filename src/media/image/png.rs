//! PNG: read row by row, so that a large one never stands in memory whole unless it is interlaced.

use std::io::{Cursor, Read, Seek};

use ::png::{ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use super::header::{Coding, Header, block, bytes, skip};
use super::shrink::Shrinker;
use super::{Format, ImageError, Orientation, Pixels, Raster, color};

const PNG: Format = Format::Png;
/// What the decoder may take for rows, profile and the like.
const TABLES: usize = 32 << 20;
/// More chunks before the pixels than any picture has.
const MAX_CHUNKS: u32 = 20_000;

/// Reads the chunks before the pixels.
pub fn header<R: Read + Seek>(file: &mut R) -> Result<Header, ImageError> {
    let _magic: [u8; 8] = bytes(PNG, file)?;
    let first: [u8; 25] = bytes(PNG, file)?;
    let [
        0,
        0,
        0,
        13,
        b'I',
        b'H',
        b'D',
        b'R',
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        _,
        _,
        _,
        _,
        interlace,
        ..,
    ] = first
    else {
        return Err(ImageError::damaged(PNG, "it doesn't begin with its size"));
    };
    Ok(Header {
        format: PNG,
        width: u32::from_be_bytes([w0, w1, w2, w3]),
        height: u32::from_be_bytes([h0, h1, h2, h3]),
        orientation: orientation(file).unwrap_or_default(),
        coding: Coding::Png {
            interlaced: interlace != 0,
        },
    })
}

/// Decodes a file of this header to one of `shrink` pixels a side.
pub fn decode(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: TABLES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(refused)?;
    let (color, _) = reader.output_color_type();
    let (width, height) = (reader.info().width, reader.info().height);
    header.confirm(width, height)?;
    let pixels = match color {
        ColorType::GrayscaleAlpha | ColorType::Rgba => Pixels::Rgba,
        ColorType::Grayscale | ColorType::Rgb | ColorType::Indexed => Pixels::Rgb,
    };
    let mut rows = Rows {
        color,
        shrinker: Shrinker::new(width, height, pixels, shrink),
        row: Vec::new(),
    };
    if reader.info().interlaced {
        read_whole(&mut reader, &mut rows)?;
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(refused)?;
            rows.push(row.ok_or(ImageError::Truncated { format: PNG })?.data());
        }
    }
    let mut raster = rows.shrinker.finish();
    let profile = reader.info().icc_profile.as_deref();
    color::to_srgb(&mut raster, profile);
    Ok(raster)
}

/// Rows on their way from the decoder, made RGB or RGBA.
struct Rows {
    color: ColorType,
    shrinker: Shrinker,
    row: Vec<u8>,
}

impl Rows {
    fn push(&mut self, row: &[u8]) {
        self.row.clear();
        match self.color {
            ColorType::Grayscale => self.row.extend(row.iter().flat_map(|grey| [*grey; 3])),
            ColorType::GrayscaleAlpha => {
                let rgba = row
                    .chunks_exact(2)
                    .flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]);
                self.row.extend(rgba);
            }
            ColorType::Rgb | ColorType::Rgba | ColorType::Indexed => {
                self.shrinker.push(row);
                return;
            }
        }
        self.shrinker.push(&self.row);
    }
}

fn read_whole(reader: &mut Reader<Cursor<&[u8]>>, rows: &mut Rows) -> Result<(), ImageError> {
    let bytes = reader.output_buffer_size();
    let mut whole = vec![0; bytes.ok_or_else(|| ImageError::damaged(PNG, "it is too large"))?];
    let frame = reader.next_frame(&mut whole).map_err(refused)?;
    whole.chunks_exact(frame.line_size).for_each(|row| rows.push(row));
    Ok(())
}

/// What the EXIF chunk says, if it stands before the pixels.
fn orientation<R: Read + Seek>(file: &mut R) -> Option<Orientation> {
    for _ in 0..MAX_CHUNKS {
        let [l0, l1, l2, l3, name @ ..]: [u8; 8] = bytes(PNG, file).ok()?;
        let length = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
        match &name {
            b"eXIf" => return Orientation::of_exif(&block(PNG, file, length).ok()?),
            b"IDAT" | b"IEND" => return None,
            _ => skip(PNG, file, length + 4).ok()?,
        }
    }
    None
}

fn refused(error: DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(error) => ImageError::read(PNG, &error),
        DecodingError::LimitsExceeded => ImageError::TooMuchWork {
            format: PNG,
            why: "carries very much besides its pixels".into(),
        },
        other => ImageError::damaged(PNG, other),
    }
}
