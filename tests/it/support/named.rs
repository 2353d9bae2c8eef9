//! Keys and tags of the cache for tests that need any: each name has its own.

use kanvaro::cache::Key;
use kanvaro::model::{Id, Kind, Tag};
use sha2::{Digest, Sha256};

/// The key of this name.
pub fn key(name: &str) -> Key {
    Key::Answer(digest(name)[..16].try_into().unwrap())
}

/// The tag of this name.
pub fn tag(name: &str) -> Tag {
    Tag::entity(Kind::Task, Id::from_bytes(digest(name)[..12].try_into().unwrap()))
}

/// So many of them, by their names.
#[cfg(feature = "redis")]
pub fn many<T>(of: fn(&str) -> T, count: usize) -> Vec<T> {
    (0..count).map(|number| of(&number.to_string())).collect()
}

fn digest(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}
