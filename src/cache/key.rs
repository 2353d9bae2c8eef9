//! The keys of the cache: the prefixes of the product, ids, tags; never text that a person typed.

use sha2::{Digest, Sha256};

use crate::model::{EntityRef, Kind, Tag};

/// The key of an entity: `task:65f0…`.
pub fn entity_key(entity: &EntityRef) -> String {
    format!("{}{}", entity.kind.prefix(), entity.id)
}

/// The key of a list or count of a kind. `question` says all that it depends on; only its hash stands in the key,
/// long enough that no two questions share one.
pub fn list_key(kind: Kind, question: &str) -> String {
    let hash = Sha256::digest(question);
    let (half, _) = hash.split_at(16);
    let half: [u8; 16] = half.try_into().expect("half a hash has 16 bytes");
    format!("{}list:{:032x}", kind.prefix(), u128::from_be_bytes(half))
}

/// The key of a whole answer, by the hash of all that it depends on: `api:HASH`.
pub fn answer_key(question: &[u8; 16]) -> String {
    format!("api:{:032x}", u128::from_be_bytes(*question))
}

/// The key of a document that clients ask for by its hash: `api:document:HASH`.
pub fn document_key(hash: &[u8; 32]) -> String {
    hash.iter().fold("api:document:".to_owned(), |mut key, byte| {
        key.push_str(&format!("{byte:02x}"));
        key
    })
}

/// What the keys of versions begin with, and no others.
pub(super) const VERSIONS: &str = "version:";

/// The key of a tag's version: `version:task:65f0…`.
pub fn version_key(tag: &Tag) -> String {
    format!("{VERSIONS}{tag}")
}
