//! The segments of a JPEG before its first scan: size, coding, orientation. And how many scans there are.

use std::io::{Read, Seek};

use super::header::{Coding, Header, block, bytes, skip};
use super::{Format, ImageError, Orientation};

const JPEG: Format = Format::Jpeg;
const EXIF: &[u8] = b"Exif\0\0";

/// Reads the segments up to the first scan.
pub fn read<R: Read + Seek>(file: &mut R) -> Result<Header, ImageError> {
    let [_, _] = bytes(JPEG, file)?;
    let (mut frame, mut orientation) = (None, Orientation::Upright);
    loop {
        let marker = next_marker(file)?;
        match marker {
            0xd9 => return Err(ImageError::damaged(JPEG, "it ends before its pixels")),
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = u64::from(u16::from_be_bytes(bytes(JPEG, file)?));
        let length = length
            .checked_sub(2)
            .ok_or_else(|| ImageError::damaged(JPEG, "a segment has no length"))?;
        match marker {
            0xda => break,
            0xe1 => {
                let segment = block(JPEG, file, length)?;
                if let Some(exif) = segment.strip_prefix(EXIF) {
                    orientation = Orientation::of_exif(exif).unwrap_or(orientation);
                }
            }
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let segment = block(JPEG, file, length)?;
                frame = Some(parse_frame(marker, &segment)?);
            }
            _ => skip(JPEG, file, length)?,
        }
    }
    let (width, height, coding) = frame.ok_or_else(|| ImageError::damaged(JPEG, "nothing says how large it is"))?;
    Ok(Header {
        format: JPEG,
        width,
        height,
        orientation,
        coding,
    })
}

/// How many scans a file has: each goes over all its pixels, so that few bytes can be much work.
pub fn scans(file: &[u8]) -> u64 {
    segments(file).filter(|(code, _)| *code == 0xda).count() as u64
}

/// The profile of its colours, which may be in several pieces, in any order.
#[cfg(feature = "libjpeg-turbo")]
pub fn profile(file: &[u8]) -> Option<Vec<u8>> {
    let mut pieces: Vec<(u8, u8, &[u8])> = segments(file)
        .take_while(|(code, _)| *code != 0xda)
        .filter(|(code, _)| *code == 0xe2)
        .filter_map(|(_, segment)| match segment.strip_prefix(b"ICC_PROFILE\0")? {
            [number, count, piece @ ..] => Some((*number, *count, piece)),
            _ => None,
        })
        .collect();
    pieces.sort_by_key(|(number, ..)| *number);
    let complete = (1..)
        .zip(&pieces)
        .all(|(expected, (number, count, _))| *number == expected && usize::from(*count) == pieces.len());
    let found = complete && !pieces.is_empty();
    found.then(|| pieces.iter().flat_map(|(.., piece)| *piece).copied().collect())
}

/// The segments that have a length, each with its code and content; what a scan holds is passed over.
fn segments(file: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        loop {
            let marker = file.get(at..).and_then(find_marker)?;
            let (code, after) = (file[at + marker], at + marker + 1);
            match code {
                0xd9 => return None,
                0x01 | 0xd0..=0xd8 => at = after,
                _ => {
                    let length: [u8; 2] = file.get(after..after + 2)?.try_into().ok()?;
                    at = after + usize::from(u16::from_be_bytes(length)).max(2);
                    return Some((code, file.get(after + 2..at).unwrap_or_default()));
                }
            }
        }
    })
}

/// Where the code of the next marker stands: after an 0xff, and neither a fill byte nor an escaped 0xff.
fn find_marker(bytes: &[u8]) -> Option<usize> {
    let follows = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff);
    bytes.windows(2).position(follows).map(|at| at + 1)
}

fn next_marker(file: &mut impl Read) -> Result<u8, ImageError> {
    let [first] = bytes(JPEG, file)?;
    if first != 0xff {
        return Err(ImageError::damaged(JPEG, "a segment doesn't begin where it should"));
    }
    loop {
        let [code] = bytes(JPEG, file)?;
        if code != 0xff {
            return Ok(code);
        }
    }
}

fn parse_frame(marker: u8, segment: &[u8]) -> Result<(u32, u32, Coding), ImageError> {
    let short = || ImageError::damaged(JPEG, "its frame is too short");
    let [_precision, h1, h0, w1, w0, components, rest @ ..] = segment else {
        return Err(short());
    };
    let (height, width) = (u16::from_be_bytes([*h1, *h0]), u16::from_be_bytes([*w1, *w0]));
    let factors = |component: &[u8]| u64::from(component[1] >> 4) * u64::from(component[1] & 15);
    let parts = rest.chunks_exact(3).take((*components).into());
    if parts.len() != usize::from(*components) || parts.len() == 0 {
        return Err(short());
    }
    let largest = parts.clone().map(factors).max().unwrap_or(1).max(1);
    let sum: u64 = parts.map(factors).sum();
    let pixels = u64::from(width) * u64::from(height);
    let coding = Coding::Jpeg {
        components: (*components).into(),
        samples: pixels * sum / largest,
        progressive: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
    };
    Ok((width.into(), height.into(), coding))
}
