//! What a file is, told by its content; its name only chooses among what its content can be. Decides what may be kept at
//! all, and the ending under which it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What a file is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// With this ending, which says its type.
    Kept(&'static str),
    /// A program: not kept.
    Program(&'static str),
}

/// How contents begin: from which byte on, with what, and the endings that they can have, the first unless the name has
/// another.
const MAGIC: &[(usize, &[u8], &[&str])] = &[
    (0, b"\xff\xd8\xff", &["jpg", "jpeg"]),
    (0, b"\x89PNG\r\n\x1a\n", &["png"]),
    (0, b"GIF87a", &["gif"]),
    (0, b"GIF89a", &["gif"]),
    (8, b"WEBP", &["webp"]),
    (4, b"ftypavif", &["avif"]),
    (4, b"ftyphei", &["bin"]),
    (4, b"ftypmif1", &["bin"]),
    (4, b"ftyp", &["mp4"]),
    (0, b"%PDF-", &["pdf"]),
    (0, b"PK\x03\x04", &["zip", "docx", "xlsx", "pptx"]),
    (0, b"PK\x05\x06", &["zip"]),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &["bin", "doc", "xls", "ppt"]),
    (0, b"\x1f\x8b", &["gz"]),
    (0, b"ID3", &["mp3"]),
    (0, b"\x1a\x45\xdf\xa3", &["webm"]),
    (0, b"wOFF", &["woff"]),
    (0, b"wOF2", &["woff2"]),
];
/// How programs begin.
const PROGRAMS: &[(&[u8], &str)] = &[
    (b"MZ", "a program for Windows"),
    (b"\x7fELF", "a program for Linux"),
    (b"\xfe\xed\xfa", "a program for macOS"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\xce\xfa\xed\xfe", "a program for macOS"),
    (b"\xca\xfe\xba\xbe", "a program for macOS or Java"),
];
/// The endings that a text may have; each is shown as text or saved, never run.
const TEXTS: &[&str] = &["txt", "csv", "md", "json"];
/// What nothing is known of.
const UNKNOWN: &str = "bin";
/// So much of a file is looked at.
const TELLING: u64 = 4 << 10;

/// What the file at this place is, which is called so.
pub fn sniff_file(path: &Path, name: &str) -> io::Result<Sniffed> {
    let mut start = Vec::new();
    File::open(path)?.take(TELLING).read_to_end(&mut start)?;
    Ok(sniff(&start, name))
}

/// What a file is that begins so and is called so.
pub fn sniff(start: &[u8], name: &str) -> Sniffed {
    if let Some((_, what)) = PROGRAMS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Sniffed::Program(what);
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let among = |endings: &'static [&'static str]| endings.iter().find(|known| **known == ending).copied();
    let begins = |(at, magic, _): &&(usize, &[u8], _)| start.get(*at..).is_some_and(|rest| rest.starts_with(magic));
    if let Some((_, _, endings)) = MAGIC.iter().find(begins) {
        return Sniffed::Kept(among(endings).unwrap_or(endings[0]));
    }
    if is_text(start) {
        return Sniffed::Kept(among(TEXTS).unwrap_or(if is_markup(start) { UNKNOWN } else { "txt" }));
    }
    Sniffed::Kept(UNKNOWN)
}

/// UTF-8 without control characters but those of lines, maybe cut off in the middle of a character.
fn is_text(start: &[u8]) -> bool {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.chars().all(|c| !c.is_control() || "\t\r\n\u{c}".contains(c))
}

/// HTML, SVG or XML: what a browser could take for a page.
fn is_markup(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_and_the_name_chooses_among_what_it_can_be() {
        for (start, name, ending) in [
            (&b"%PDF-1.7"[..], "plan.pdf", "pdf"),
            (b"%PDF-1.7", "plan.html", "pdf"),
            (b"PK\x03\x04....", "plan.DOCX", "docx"),
            (b"PK\x03\x04....", "plan.html", "zip"),
            (b"\xff\xd8\xff\xe0", "photo.png", "jpg"),
            (b"RIFF....WEBP", "x", "webp"),
            (b"a,b\r\n1,2", "table.csv", "csv"),
            ("Grüße".as_bytes(), "letter", "txt"),
            (b"<svg onload=alert(1)>", "logo.svg", "bin"),
            (b"\xef\xbb\xbf <!doctype html>", "page.html", "bin"),
            (b"<script>", "notes.txt", "txt"),
            (b"\x00\x01\x02", "photo.jpg", "bin"),
            (b"", "empty", "txt"),
        ] {
            assert_eq!(sniff(start, name), Sniffed::Kept(ending), "{name}");
        }
    }

    #[test]
    fn programs_are_none_to_keep_whatever_they_are_called() {
        for start in [&b"MZ\x90"[..], b"\x7fELF\x02", b"\xcf\xfa\xed\xfe"] {
            assert!(matches!(sniff(start, "holiday.jpg"), Sniffed::Program(_)));
        }
    }

    #[test]
    fn a_text_may_be_cut_off_in_a_character() {
        let text = "ü".as_bytes();
        assert_eq!(sniff(&text[..1], "a.txt"), Sniffed::Kept("txt"));
        assert_eq!(sniff(b"\xffabc", "a.txt"), Sniffed::Kept("bin"));
    }
}
