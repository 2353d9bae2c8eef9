//! GIF: its first frame, laid on the screen that it belongs to.

use std::io::{Read, Seek};

use ::gif::{ColorOutput, DecodeOptions, Decoder, DecodingError};

use super::header::{Coding, Header, bytes, skip};
use super::shrink::Shrinker;
use super::{Format, ImageError, Orientation, Pixels, Raster};

const GIF: Format = Format::Gif;
/// More blocks before the first frame than any picture has.
const MAX_BLOCKS: u32 = 20_000;
const CLEAR: [u8; 4] = [0; 4];

/// Reads up to the first frame's size.
pub fn header<R: Read + Seek>(file: &mut R) -> Result<Header, ImageError> {
    let [_, _, _, _, _, _, w0, w1, h0, h1, flags, _, _]: [u8; 13] = bytes(GIF, file)?;
    skip_palette(flags, file)?;
    let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
    let (frame_width, frame_height) = first_frame(file)?;
    Ok(Header {
        format: GIF,
        width: width.into(),
        height: height.into(),
        orientation: Orientation::Upright,
        coding: Coding::Gif {
            frame: u64::from(frame_width) * u64::from(frame_height),
        },
    })
}

/// Decodes to one of `shrink` pixels a side.
pub fn decode(file: &[u8], shrink: u32) -> Result<Raster, ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(file).map_err(refused)?;
    let (width, height) = (decoder.width(), decoder.height());
    let frame = Frame::read(&mut decoder)?;
    let mut shrinker = Shrinker::new(width.into(), height.into(), Pixels::Rgba, shrink);
    let mut row = Vec::with_capacity(4 * usize::from(width));
    for y in 0..height.into() {
        row.clear();
        (0..width.into()).for_each(|x| row.extend(frame.pixel(x, y)));
        shrinker.push(&row);
    }
    Ok(shrinker.finish())
}

/// A frame and where on the screen it lies.
struct Frame {
    left: usize,
    top: usize,
    width: usize,
    palette: Vec<[u8; 4]>,
    indexes: Vec<u8>,
}

impl Frame {
    fn read(decoder: &mut Decoder<&[u8]>) -> Result<Frame, ImageError> {
        let frame = decoder.next_frame_info().map_err(refused)?;
        let frame = frame.ok_or(ImageError::Truncated { format: GIF })?;
        let place = (frame.left, frame.top, frame.width);
        let transparent = frame.transparent;
        let colours = decoder.palette().map_err(refused)?.chunks_exact(3);
        let mut palette: Vec<[u8; 4]> = colours.map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
        if let Some(colour) = transparent.and_then(|index| palette.get_mut(usize::from(index))) {
            *colour = CLEAR;
        }
        let mut indexes = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut indexes).map_err(refused)?;
        Ok(Frame {
            left: place.0.into(),
            top: place.1.into(),
            width: place.2.into(),
            palette,
            indexes,
        })
    }

    /// What it shows at a place of the screen.
    fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        let index = || {
            let (x, y) = (x.checked_sub(self.left)?, y.checked_sub(self.top)?);
            (x < self.width).then(|| self.indexes.get(y * self.width + x)).flatten()
        };
        let colour = index().and_then(|index| self.palette.get(usize::from(*index)));
        colour.copied().unwrap_or(CLEAR)
    }
}

fn first_frame<R: Read + Seek>(file: &mut R) -> Result<(u16, u16), ImageError> {
    for _ in 0..MAX_BLOCKS {
        match bytes(GIF, file)? {
            [0x2c] => {
                let [_, _, _, _, w0, w1, h0, h1]: [u8; 8] = bytes(GIF, file)?;
                return Ok((u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1])));
            }
            [0x21] => {
                let [_label] = bytes(GIF, file)?;
                skip_parts(file)?;
            }
            _ => return Err(ImageError::damaged(GIF, "it has no frame")),
        }
    }
    Err(ImageError::damaged(GIF, "its frame comes too late"))
}

/// An extension is parts with their lengths, up to an empty one.
fn skip_parts<R: Read + Seek>(file: &mut R) -> Result<(), ImageError> {
    loop {
        match bytes(GIF, file)? {
            [0] => return Ok(()),
            [length] => skip(GIF, file, length.into())?,
        }
    }
}

fn skip_palette<R: Read + Seek>(flags: u8, file: &mut R) -> Result<(), ImageError> {
    if flags & 0x80 == 0 {
        return Ok(());
    }
    skip(GIF, file, 3 << ((flags & 7) + 1))
}

fn refused(error: DecodingError) -> ImageError {
    match error {
        DecodingError::Io(error) => ImageError::read(GIF, &error),
        other => ImageError::damaged(GIF, other),
    }
}
