//! The keys of the cache: the prefixes of the product, ids, tags; never text that a person typed.

use crate::model::{EntityRef, Tag};

/// The key of an entity: `task:65f0…`.
pub fn entity_key(entity: &EntityRef) -> String {
    format!("{}{}", entity.kind.prefix(), entity.id)
}

/// The key of a tag's version: `version:task:65f0…`.
pub fn version_key(tag: &Tag) -> String {
    format!("version:{tag}")
}
