//! The formats that are read and written, and how a file's content tells which it is.

use std::fmt;

use super::ImageError;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG: baseline or progressive, grey, colour or CMYK.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
}

/// A format that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// JPEG; what is transparent becomes white.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

/// So many bytes tell what a file is.
const TELLING: usize = 16;
/// Other things that people upload, by how they begin.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "XML, maybe an SVG drawing"),
    (b"<!doc", "HTML"),
    (b"<html", "HTML"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"8BPS", "a Photoshop document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\0\0\x01\0", "an icon"),
];

impl Format {
    /// What a file that begins with these bytes is.
    pub fn of(start: &[u8]) -> Result<Format, ImageError> {
        if start.starts_with(&[0xff, 0xd8, 0xff]) {
            Ok(Format::Jpeg)
        } else if start.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Format::Png)
        } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
            Ok(Format::WebP)
        } else if start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a") {
            Ok(Format::Gif)
        } else {
            Err(ImageError::NotAPicture { found: other(start) })
        }
    }

    /// As HTTP names it.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::WebP => "image/webp",
            Format::Gif => "image/gif",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::WebP => "WebP",
            Format::Gif => "GIF",
        })
    }
}

impl Encoding {
    /// The encoding of this name: jpeg, png or webp.
    pub fn named(name: &str) -> Option<Encoding> {
        match name {
            "jpeg" => Some(Encoding::Jpeg),
            "png" => Some(Encoding::Png),
            "webp" => Some(Encoding::WebP),
            _ => None,
        }
    }

    /// As HTTP names it.
    pub fn content_type(self) -> &'static str {
        match self {
            Encoding::Jpeg => "image/jpeg",
            Encoding::Png => "image/png",
            Encoding::WebP => "image/webp",
        }
    }

    /// How names of files of it end.
    pub fn extension(self) -> &'static str {
        match self {
            Encoding::Jpeg => "jpg",
            Encoding::Png => "png",
            Encoding::WebP => "webp",
        }
    }
}

fn other(start: &[u8]) -> &'static str {
    let start = start.get(..TELLING).unwrap_or(start);
    if start.is_empty() {
        return "empty";
    }
    if start.get(4..8) == Some(b"ftyp") {
        return match start.get(8..12) {
            Some(b"avif" | b"avis") => "an AVIF picture",
            Some(b"heic" | b"heix" | b"mif1" | b"msf1") => "a HEIC picture",
            _ => "a film",
        };
    }
    let lower = start.trim_ascii_start().to_ascii_lowercase();
    let known = OTHERS
        .iter()
        .find(|(magic, _)| start.starts_with(magic) || lower.starts_with(&magic.to_ascii_lowercase()));
    known.map_or("something else", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_format() {
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0"), Ok(Format::Jpeg));
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\n...."), Ok(Format::Png));
        assert_eq!(Format::of(b"RIFF....WEBPVP8 "), Ok(Format::WebP));
        assert_eq!(Format::of(b"GIF89a"), Ok(Format::Gif));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        for (start, found) in [
            (&b"%PDF-1.7"[..], "a PDF document"),
            (b"  <SVG xmlns=", "an SVG drawing"),
            (b"<!DOCTYPE html>", "HTML"),
            (b"\0\0\0\x20ftypheic", "a HEIC picture"),
            (b"", "empty"),
            (b"hello", "something else"),
        ] {
            assert_eq!(Format::of(start), Err(ImageError::NotAPicture { found }));
        }
    }
}
