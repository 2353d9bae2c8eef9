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

/// Decodes a file of this header to one of `shrink` pixels a side.
pub fn decode(file: &[u8], header: &Header, shrink: u32) -> Result<Raster, ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(file).map_err(refused)?;
    let (width, height) = (decoder.width(), decoder.height());
    header.confirm(width.into(), height.into())?;
    let frame = Frame::read(&mut decoder, header)?;
    let mut shrinker = Shrinker::new(width.into(), height.into(), Pixels::Rgba, shrink);
    let mut row = vec![CLEAR; width.into()];
    for y in 0..height.into() {
        frame.paint(y, &mut row);
        shrinker.push(row.as_flattened());
    }
    Ok(shrinker.finish())
}

/// A frame and where on the screen it lies.
struct Frame {
    left: usize,
    top: usize,
    width: usize,
    /// One for each index there can be.
    palette: [[u8; 4]; 256],
    indexes: Vec<u8>,
}

impl Frame {
    fn read(decoder: &mut Decoder<&[u8]>, header: &Header) -> Result<Frame, ImageError> {
        let frame = decoder.next_frame_info().map_err(refused)?;
        let frame = frame.ok_or(ImageError::Truncated { format: GIF })?;
        let place = (frame.left, frame.top, frame.width);
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        if header.coding != (Coding::Gif { frame: pixels }) {
            return Err(ImageError::damaged(GIF, "it says two sizes of its first frame"));
        }
        let transparent = frame.transparent;
        let mut palette = [CLEAR; 256];
        let colours = decoder.palette().map_err(refused)?.chunks_exact(3);
        for (place, rgb) in palette.iter_mut().zip(colours) {
            *place = [rgb[0], rgb[1], rgb[2], 255];
        }
        if let Some(index) = transparent {
            palette[usize::from(index)] = CLEAR;
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

    /// Paints what it shows of a row of the screen.
    fn paint(&self, y: usize, row: &mut [[u8; 4]]) {
        row.fill(CLEAR);
        let own = y.checked_sub(self.top).map(|y| y * self.width);
        let indexes = own.and_then(|start| self.indexes.get(start..start + self.width));
        let places = row.get_mut(self.left..).unwrap_or_default();
        for (place, index) in places.iter_mut().zip(indexes.unwrap_or_default()) {
            *place = self.palette[usize::from(*index)];
        }
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
