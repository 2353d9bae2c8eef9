//! What a batch asks the cache for: the keys of its values, and their tags, each once.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::cache::Key;
use crate::model::Tag;

use super::key::{BatchKey, Place};

/// What a batch asks the cache for.
pub(super) struct Asked {
    /// Where the values lie.
    pub keys: Vec<Key>,
    /// Each tag once.
    pub tags: Vec<Tag>,
    /// Which of the tags each key bears.
    pub tag_of: Vec<usize>,
    /// Which of the keys each key of the batch is; `None` for what is never kept.
    pub places: Vec<Option<usize>>,
}

impl Asked {
    /// What these keys stand under, and their tags.
    pub fn of(batch: &[BatchKey]) -> Asked {
        let mut asked = Asked {
            keys: Vec::with_capacity(batch.len()),
            tags: Vec::with_capacity(batch.len()),
            tag_of: Vec::with_capacity(batch.len()),
            places: Vec::with_capacity(batch.len()),
        };
        // An entity has its tag for itself; lists may share theirs.
        let mut lists: HashMap<Tag, usize, RandomState> = HashMap::default();
        for key in batch {
            let place = key.place().map(|Place { key, tag }| {
                let next = asked.tags.len();
                let at = match tag {
                    Tag::Entity(..) => next,
                    Tag::List(..) | Tag::Tenant(_) => *lists.entry(tag).or_insert(next),
                };
                if at == next {
                    asked.tags.push(tag);
                }
                asked.tag_of.push(at);
                asked.keys.push(key);
                asked.keys.len() - 1
            });
            asked.places.push(place);
        }
        asked
    }

    /// Key and tag of one of the keys.
    pub fn place(&self, at: usize) -> Place {
        Place {
            key: self.keys[at],
            tag: self.tags[self.tag_of[at]],
        }
    }
}
