//! The keys of the cache: the prefixes of the product, ids, hashes; never text that a person typed.
//! They are text only where an engine needs text, and for people.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

use crate::model::{EntityRef, Kind, Tag};

/// What a value stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// An entity: `task:65f0…`.
    Entity(EntityRef),
    /// A list or count of a kind, by the hash of all that it depends on: `task:list:HASH`.
    List(Kind, [u8; 16]),
    /// A whole answer, by the hash of all that it depends on: `api:HASH`.
    Answer([u8; 16]),
    /// A document that clients ask for by its hash: `api:document:HASH`.
    Document([u8; 32]),
}

impl Key {
    /// The key of a list or count. `question` says all that it depends on; only its hash stands in the key, long enough
    /// that no two questions share one.
    pub fn list(kind: Kind, question: &[u8]) -> Key {
        let hash: [u8; 32] = Sha256::digest(question).into();
        let (half, _) = hash.split_at(16);
        Key::List(kind, half.try_into().expect("half a hash has 16 bytes"))
    }

    /// Writes its text there.
    pub fn write(&self, to: &mut String) {
        write!(to, "{self}").expect("memory takes any text");
    }

    /// Reads the text of a key back; `None` when it is none.
    pub fn parse(text: &str) -> Option<Key> {
        if let Some(hash) = text.strip_prefix(DOCUMENT) {
            return read_hex(hash).map(Key::Document);
        }
        if let Some(hash) = text.strip_prefix(ANSWER) {
            return read_hex(hash).map(Key::Answer);
        }
        let of = |kind: &Kind| Some((*kind, text.strip_prefix(kind.prefix())?));
        let (kind, rest) = Kind::ALL.iter().find_map(of)?;
        match rest.strip_prefix(LIST) {
            Some(hash) => Some(Key::List(kind, read_hex(hash)?)),
            None => Some(Key::Entity(EntityRef::new(kind, rest.parse().ok()?))),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Entity(entity) => write!(f, "{}{}", entity.kind.prefix(), entity.id),
            Key::List(kind, hash) => {
                write!(f, "{}{LIST}", kind.prefix())?;
                write_hex(f, hash)
            }
            Key::Answer(hash) => {
                f.write_str(ANSWER)?;
                write_hex(f, hash)
            }
            Key::Document(hash) => {
                f.write_str(DOCUMENT)?;
                write_hex(f, hash)
            }
        }
    }
}

const LIST: &str = "list:";
const ANSWER: &str = "api:";
const DOCUMENT: &str = "api:document:";
/// What the keys of versions begin with, and no others.
pub(super) const VERSIONS: &str = "version:";

/// The key of a tag's version: `version:task:65f0…`.
pub fn version_key(tag: &Tag) -> String {
    format!("{VERSIONS}{tag}")
}

/// Writes the key of a tag's version there.
pub fn write_version_key(tag: &Tag, to: &mut String) {
    write!(to, "{VERSIONS}{tag}").expect("memory takes any text");
}

/// Reads the key of a version back.
pub(super) fn read_version_key(text: &str) -> Option<Tag> {
    Tag::parse(text.strip_prefix(VERSIONS)?)
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads as many bytes, written as keys have them; `None` for anything else.
fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let is_hex = |digit: &u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(digit);
    if digits.len() != N * 2 || !digits.iter().all(is_hex) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    #[test]
    fn every_key_is_read_back_from_its_text() {
        let id = Id::from_bytes([7; 12]);
        let entity = EntityRef::new(Kind::Task, id);
        for key in [
            Key::Entity(entity),
            Key::list(Kind::Task, b"all"),
            Key::Answer([0xab; 16]),
            Key::Document([0x0f; 32]),
        ] {
            assert_eq!(Key::parse(&key.to_string()), Some(key), "{key}");
        }
        for other in [
            "",
            "task:",
            "api:ABCD",
            "task:list:7",
            "version:task:1",
            "api:document:00",
        ] {
            assert_eq!(Key::parse(other), None, "{other}");
        }
        assert_eq!(Key::Entity(entity).to_string(), format!("task:{id}"));
    }
}
