//! The chunks of a WebP: the size of its canvas and of the frame that will be decoded, which must not be larger, and its orientation.

use std::io::{Read, Seek};

use super::header::{Coding, Header, block, bytes, skip};
use super::{Format, ImageError, Orientation};

const WEBP: Format = Format::WebP;
/// More chunks than any picture has, so that a file of nothing else isn't walked through.
const MAX_CHUNKS: u32 = 20_000;
const ANIMATION: u8 = 0b10;
const HAS_EXIF: u8 = 0b1000;

/// What the chunks have said so far.
#[derive(Default)]
struct Found {
    canvas: Option<(u32, u32)>,
    frame: Option<(u32, u32)>,
    lossless: bool,
    animated: bool,
    awaits_exif: bool,
    orientation: Option<Orientation>,
}

/// Reads the chunks, as far as is needed.
pub fn read<R: Read + Seek>(file: &mut R) -> Result<Header, ImageError> {
    let _riff: [u8; 12] = bytes(WEBP, file)?;
    let mut found = Found::default();
    for _ in 0..MAX_CHUNKS {
        let Ok([a, b, c, d, s0, s1, s2, s3]) = bytes(WEBP, file) else {
            break;
        };
        let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let read = found.take([a, b, c, d], size, file)?;
        skip(WEBP, file, (size + size % 2).saturating_sub(read))?;
        if found.is_complete() {
            break;
        }
    }
    found.header()
}

impl Found {
    /// Reads what matters of a chunk; returns how many of its bytes that were.
    fn take<R: Read + Seek>(&mut self, name: [u8; 4], size: u64, file: &mut R) -> Result<u64, ImageError> {
        match &name {
            // A second one counts for nothing, here as in the decoder.
            b"VP8X" if self.canvas.is_none() && self.frame.is_none() => {
                let [flags, _, _, _, w0, w1, w2, h0, h1, h2]: [u8; 10] = bytes(WEBP, file)?;
                let side = |low, middle, high| u32::from_le_bytes([low, middle, high, 0]) + 1;
                self.canvas = Some((side(w0, w1, w2), side(h0, h1, h2)));
                self.animated = flags & ANIMATION != 0;
                self.awaits_exif = flags & HAS_EXIF != 0;
                Ok(10)
            }
            b"VP8 " | b"VP8L" if self.frame.is_none() && !self.animated => self.take_pixels(name, file),
            b"ANMF" if self.frame.is_none() && self.animated => self.take_first_frame(file),
            b"EXIF" => {
                let exif = block(WEBP, file, size)?;
                // Some programs write it as JPEG has it.
                let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif);
                self.orientation = Orientation::of_exif(tiff).or(Some(Orientation::Upright));
                Ok(exif.len() as u64)
            }
            _ => Ok(0),
        }
    }

    /// The size of a frame; returns how many bytes that were.
    fn take_pixels<R: Read>(&mut self, name: [u8; 4], file: &mut R) -> Result<u64, ImageError> {
        match &name {
            b"VP8 " => {
                let [_, _, _, _, _, _, w0, w1, h0, h1]: [u8; 10] = bytes(WEBP, file)?;
                let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                self.frame = Some((side(w0, w1), side(h0, h1)));
                Ok(10)
            }
            b"VP8L" => {
                let [_, b0, b1, b2, b3]: [u8; 5] = bytes(WEBP, file)?;
                let sides = u32::from_le_bytes([b0, b1, b2, b3]);
                self.frame = Some(((sides & 0x3fff) + 1, ((sides >> 14) & 0x3fff) + 1));
                self.lossless = true;
                Ok(5)
            }
            _ => Err(ImageError::damaged(WEBP, "its first frame holds no pixels")),
        }
    }

    /// The first frame of an animation: after its place, maybe a plane of alpha, then its pixels.
    fn take_first_frame<R: Read + Seek>(&mut self, file: &mut R) -> Result<u64, ImageError> {
        let _place: [u8; 16] = bytes(WEBP, file)?;
        let mut read = 16;
        for _ in 0..2 {
            let [a, b, c, d, s0, s1, s2, s3] = bytes(WEBP, file)?;
            let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
            read += 8;
            if &[a, b, c, d] == b"ALPH" {
                skip(WEBP, file, size + size % 2)?;
                read += size + size % 2;
                continue;
            }
            return Ok(read + self.take_pixels([a, b, c, d], file)?);
        }
        Ok(read)
    }

    fn is_complete(&self) -> bool {
        self.frame.is_some() && (!self.awaits_exif || self.orientation.is_some())
    }

    fn header(self) -> Result<Header, ImageError> {
        let frame = self.frame.ok_or(ImageError::Truncated { format: WEBP })?;
        let (width, height) = self.canvas.unwrap_or(frame);
        if frame.0 > width || frame.1 > height {
            return Err(ImageError::damaged(WEBP, "its frame is larger than its canvas"));
        }
        Ok(Header {
            format: WEBP,
            width,
            height,
            orientation: self.orientation.unwrap_or_default(),
            coding: Coding::WebP {
                lossless: self.lossless,
                animated: self.animated,
            },
        })
    }
}
