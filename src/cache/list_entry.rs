//! A cached list or count as bytes: the header of every entry, then ids or numbers. Entities are cached once, under
//! their own keys, so a list holds ids only. What doesn't read as that is a miss.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::entry::{HEADER, header};
use super::{Entry, Stamp, Version};

/// What is cached of one list or count.
#[derive(Clone, Debug)]
pub struct ListEntry {
    /// The version of the list's tag, taken before the store was asked.
    pub version: Version,
    /// When it was filled and for how long.
    pub stamp: Stamp,
    /// What was found.
    pub list: CachedList,
}

/// The content of a list or count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CachedList {
    /// Ids, in the order of the list.
    Ids(Vec<[u8; 12]>),
    /// How many match.
    Count(u64),
    /// How many there are of each.
    Counts(BTreeMap<String, u64>),
    /// How many there are of each of something.
    CountsOf(Vec<([u8; 12], String, u64)>),
}

impl ListEntry {
    /// The bytes to cache.
    pub fn encode(&self) -> Bytes {
        let bytes = postcard::to_extend(&self.list, header(self.version, self.stamp, 0)).expect("lists are plain data");
        bytes.into_boxed_slice().into()
    }

    /// Reads bytes back; `None` when they are torn, foreign or of another format.
    pub fn decode(bytes: &[u8]) -> Option<ListEntry> {
        let (version, stamp) = Entry::peek(bytes)?;
        let (list, rest) = postcard::take_from_bytes(bytes.get(HEADER..)?).ok()?;
        rest.is_empty().then_some(ListEntry { version, stamp, list })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_torn_list_is_a_miss() {
        let list = CachedList::Ids(vec![[7; 12], [8; 12]]);
        let bytes = ListEntry {
            version: Version::fresh(),
            stamp: Stamp {
                filled_at: Timestamp::from_millis(0),
                ttl: Duration::from_secs(1),
                cost: Duration::ZERO,
            },
            list: list.clone(),
        }
        .encode();
        assert_eq!(ListEntry::decode(&bytes).map(|entry| entry.list), Some(list));
        assert!((0..bytes.len()).all(|end| ListEntry::decode(&bytes[..end]).is_none()));
    }
}
