//! Names of files as people give them, made safe to save under and to write into a header.

use std::fmt::Write;

/// Most bytes of a name, which every file system takes.
const MAX_BYTES: usize = 200;
/// What Windows takes for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The name without path, control characters, what turns the direction of text, and whatever a file system minds.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if is_minded(c) { '_' } else { c })
        .collect();
    let mut kept = kept.trim().trim_matches('.').trim().to_owned();
    shorten(&mut kept);
    let stem = kept.split('.').next().unwrap_or_default().to_lowercase();
    if kept.is_empty() || DEVICES.contains(&stem.as_str()) {
        kept.insert_str(0, "file");
    }
    kept
}

/// The header `Content-Disposition` of a download that is saved under this name.
pub fn attachment(name: &str) -> String {
    let name = safe_name(name);
    let ascii: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", encoded(&name))
}

/// Percent-encoded, for an address or a header.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").expect("text takes text");
        }
        encoded
    })
}

fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || turns
}

fn is_minded(c: char) -> bool {
    "<>:\"|?*;%".contains(c)
}

/// Takes from the stem, so that the ending stays.
fn shorten(name: &mut String) {
    let ending = name.rfind('.').filter(|at| name.len() - at <= 20).unwrap_or(name.len());
    let mut end = ending;
    while name.len() - (ending - end) > MAX_BYTES {
        end = name[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    name.replace_range(end..ending, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (given, safe) in [
            ("plan.pdf", "plan.pdf"),
            ("Über uns.pdf", "Über uns.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\plan.pdf", "plan.pdf"),
            (".htaccess", "htaccess"),
            ("a\r\nSet-Cookie: b", "aSet-Cookie_ b"),
            ("a\".html", "a_.html"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("con.txt", "filecon.txt"),
            ("", "file"),
            ("...", "file"),
        ] {
            assert_eq!(safe_name(given), safe, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let safe = safe_name(&format!("{}.pdf", "ü".repeat(300)));
        assert!(safe.len() <= MAX_BYTES && safe.ends_with("ü.pdf"), "{safe}");
        assert!(safe_name(&"ü".repeat(300)).len() <= MAX_BYTES);
    }

    #[test]
    fn a_header_holds_any_name() {
        let header = attachment("Über \"uns\".pdf");
        assert_eq!(
            header,
            "attachment; filename=\"_ber _uns_.pdf\"; filename*=UTF-8''%C3%9Cber%20_uns_.pdf"
        );
    }
}
