//! What the first bytes of a picture say of it, read before anything is decoded: its size, its orientation, and what decoding it will take.

use std::io::{Read, Seek, SeekFrom};

use super::{Format, ImageError, ImageLimits, Orientation, gif, jpeg_header, png, webp_header};

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub format: Format,
    /// Pixels across, as stored.
    pub width: u32,
    /// Pixels down, as stored.
    pub height: u32,
    /// How it is to be turned to be looked at.
    pub orientation: Orientation,
    pub(super) coding: Coding,
}

/// What decoding takes depends on this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Jpeg {
        components: u64,
        /// Samples of all components, which are fewer where colour is subsampled.
        samples: u64,
        progressive: bool,
    },
    Png {
        interlaced: bool,
    },
    WebP {
        lossless: bool,
        animated: bool,
    },
    Gif {
        /// Of the first frame, which may be larger than the screen that it is on.
        frame: u64,
    },
}

/// What the rest of the work takes: the file's tables, resized pictures, encoders.
const BESIDES: u64 = 24 << 20;

impl Header {
    /// Reads it, from the beginning of the file.
    pub fn read<R: Read + Seek>(file: &mut R, limits: &ImageLimits) -> Result<Header, ImageError> {
        let header = Header::parse(file, limits)?;
        if header.width == 0 || header.height == 0 {
            return Err(ImageError::damaged(header.format, "it has no pixels"));
        }
        header.check(limits)?;
        Ok(header)
    }

    /// Says that the decoder found another size than was checked, if it did: files are made so that two readers disagree.
    pub(super) fn confirm(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if (width, height) == (self.width, self.height) {
            return Ok(());
        }
        Err(ImageError::damaged(self.format, "it says two different sizes"))
    }

    /// How large it is when it is turned to be looked at.
    pub fn upright(&self) -> (u32, u32) {
        self.orientation.turned(self.width, self.height)
    }

    /// All pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// About how many bytes of memory processing takes, decoded to one of `shrink` pixels a side, beside the file itself.
    pub fn memory(&self, shrink: u32) -> u64 {
        let full = self.pixels();
        let shrunk = full / u64::from(shrink).pow(2);
        let decoding = match self.coding {
            Coding::Jpeg {
                components,
                samples,
                progressive,
            } => {
                let coefficients = if progressive { 2 * samples } else { 0 };
                coefficients + samples / u64::from(shrink).pow(2) + (components + 3) * shrunk
            }
            Coding::Png { interlaced: true } => 4 * full + 4 * shrunk,
            Coding::Png { interlaced: false } => self.strip(shrink) + 4 * shrunk,
            Coding::WebP { animated: true, .. } => 14 * full,
            Coding::WebP { lossless: true, .. } => 8 * full,
            Coding::WebP { .. } => 6 * full,
            Coding::Gif { frame } => frame + self.strip(shrink) + 4 * shrunk,
        };
        decoding + 8 * shrunk + BESIDES
    }

    /// The rows from which one is made, and some that the decoder holds.
    fn strip(&self, shrink: u32) -> u64 {
        u64::from(self.width) * (4 * u64::from(shrink.min(self.height)) + 20)
    }

    fn parse<R: Read + Seek>(file: &mut R, limits: &ImageLimits) -> Result<Header, ImageError> {
        let failed = |error: std::io::Error| ImageError::Failed {
            reason: error.to_string(),
        };
        let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
        if bytes > limits.bytes {
            let limit = limits.bytes;
            return Err(ImageError::TooManyBytes { bytes, limit });
        }
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut start = Vec::with_capacity(16);
        file.by_ref().take(16).read_to_end(&mut start).map_err(failed)?;
        let format = Format::of(&start)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        match format {
            Format::Jpeg => jpeg_header::read(file),
            Format::Png => png::header(file),
            Format::WebP => webp_header::read(file),
            Format::Gif => gif::header(file),
        }
    }

    fn check(&self, limits: &ImageLimits) -> Result<(), ImageError> {
        let frame = match self.coding {
            Coding::Gif { frame } => frame,
            _ => 0,
        };
        if self.pixels().max(frame) > limits.pixels {
            return Err(ImageError::TooManyPixels {
                width: self.width,
                height: self.height,
                limit: limits.pixels,
            });
        }
        Ok(())
    }
}

/// Reads `N` bytes.
pub(super) fn bytes<const N: usize>(format: Format, file: &mut impl Read) -> Result<[u8; N], ImageError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)
        .map_err(|error| ImageError::read(format, &error))?;
    Ok(bytes)
}

/// Reads the next `count` bytes, of which there may be 64 KiB.
pub(super) fn block(format: Format, file: &mut impl Read, count: u64) -> Result<Vec<u8>, ImageError> {
    let mut block = Vec::new();
    let read = file.take(count.min(65_536)).read_to_end(&mut block);
    read.map_err(|error| ImageError::read(format, &error))?;
    Ok(block)
}

/// Passes over the next bytes.
pub(super) fn skip(format: Format, file: &mut impl Seek, count: u64) -> Result<(), ImageError> {
    let count = i64::try_from(count).map_err(|_| ImageError::Truncated { format })?;
    file.seek_relative(count)
        .map_err(|error| ImageError::read(format, &error))
}
