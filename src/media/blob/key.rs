//! The names of blobs: an area, and the hash of the content with an ending that tells its type.

use std::fmt;

use super::BlobError;

/// What a blob is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// Pictures, for everybody who knows the name.
    Images,
    /// Other public files.
    Static,
    /// Private files.
    Files,
    /// What has been sent and not been taken yet. Never served.
    Staging,
}

/// The name of a blob: parts of a-z, 0-9, `-`, `_` and `.`, divided by `/`, none of them beginning with a dot; in one of the areas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

const MAX_LENGTH: usize = 200;

impl Area {
    /// All there are.
    pub const ALL: [Area; 4] = [Area::Images, Area::Static, Area::Files, Area::Staging];

    /// How its keys begin.
    pub fn name(self) -> &'static str {
        match self {
            Area::Images => "images",
            Area::Static => "static",
            Area::Files => "files",
            Area::Staging => "staging",
        }
    }
}

impl BlobKey {
    /// The key of a content that has this SHA-256: two hexadecimal digits, then the others, so that no directory grows too large.
    pub fn of_content(area: Area, sha256: [u8; 32], extension: &str) -> Result<BlobKey, BlobError> {
        let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let (shelf, rest) = hex.split_at(2);
        BlobKey::parse(&format!("{}/{shelf}/{rest}.{extension}", area.name()))
    }

    /// The key of what waits under this name, which nobody can guess.
    pub fn staged(name: u128) -> BlobKey {
        let hex = format!("{name:032x}");
        let (shelf, rest) = hex.split_at(2);
        BlobKey(format!("{}/{shelf}/{rest}", Area::Staging.name()))
    }

    /// Reads a key; whatever might lead elsewhere is none.
    pub fn parse(text: &str) -> Result<BlobKey, BlobError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        let (area, rest) = text.split_once('/').unwrap_or((text, ""));
        let known = Area::ALL.iter().any(|known| known.name() == area);
        if known && text.len() <= MAX_LENGTH && rest.split('/').all(is_part) {
            Ok(BlobKey(text.to_owned()))
        } else {
            Err(BlobError::Key(text.chars().take(MAX_LENGTH).collect()))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is for.
    pub fn area(&self) -> Area {
        let of = |area: &&Area| self.0.starts_with(area.name());
        *Area::ALL.iter().find(of).expect("a key begins with its area")
    }

    /// The ending of its name.
    pub fn extension(&self) -> &str {
        let name = self.0.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The SHA-256 of its content, in hexadecimal digits, if it is named so.
    pub fn sha256(&self) -> Option<String> {
        let mut parts = self.0.split('/').skip(1);
        let (shelf, name) = (parts.next()?, parts.next()?);
        let hex = format!("{shelf}{}", name.split('.').next()?);
        let is_hash = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hash && parts.next().is_none()).then_some(hex)
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_has_its_key() {
        let key = BlobKey::of_content(Area::Images, [0xab; 32], "webp").unwrap();
        assert_eq!(key.as_str(), format!("images/ab/{}.webp", "ab".repeat(31)));
        assert_eq!((key.area(), key.extension()), (Area::Images, "webp"));
        assert_eq!(key.sha256(), Some("ab".repeat(32)));
    }

    #[test]
    fn what_waits_has_a_key_that_tells_nothing_of_it() {
        let key = BlobKey::staged(0xab);
        assert_eq!(key.as_str(), format!("staging/00/{}ab", "0".repeat(28)));
        assert_eq!(BlobKey::parse(key.as_str()), Ok(key.clone()));
        assert_eq!((key.area(), key.extension(), key.sha256()), (Area::Staging, "", None));
    }

    #[test]
    fn what_might_lead_elsewhere_is_no_key() {
        for text in [
            "",
            "images",
            "images/",
            "/images/a",
            "images//a",
            "images/../kanvaro.db",
            "images/.hidden",
            "images/a/..",
            "images/a\\b",
            "images/a%2fb",
            "images/A",
            "images/a b",
            "images/a\0",
            "other/a",
            "imagesa/b",
        ] {
            assert_eq!(BlobKey::parse(text), Err(BlobError::Key(text.into())), "{text}");
        }
        assert!(BlobKey::parse(&format!("images/{}", "a".repeat(200))).is_err());
    }

    #[test]
    fn only_a_hash_is_one() {
        assert_eq!(BlobKey::parse("static/logo.svg").unwrap().sha256(), None);
    }
}
