//! A cached entity as bytes: a format number, the version it was filled under, then the entity or its absence.
//! What doesn't read as that is a miss.

use bytes::Bytes;

use crate::model::{AnyEntity, Kind};

use super::Version;
use super::stamp::{self, Stamp};

/// What is cached of one entity.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The version of the entity's own tag, taken before the store was asked.
    pub version: Version,
    /// When it was filled and for how long.
    pub stamp: Stamp,
    /// The entity; `None`: there is none.
    pub entity: Option<AnyEntity>,
}

/// Raised when the encoding or a model type changes, so that older bytes are a miss.
const FORMAT: u8 = 3;
const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

impl Entry {
    /// The bytes to cache.
    pub fn encode(&self) -> Bytes {
        let mut bytes = header(self.version, self.stamp);
        match &self.entity {
            None => bytes.push(ABSENT),
            Some(entity) => {
                bytes.push(PRESENT);
                bytes = postcard::to_extend(entity, bytes).expect("entities are plain data");
            }
        }
        bytes.into_boxed_slice().into()
    }

    /// What the bytes were filled under and when, without reading the entity.
    pub fn peek(bytes: &[u8]) -> Option<(Version, Stamp)> {
        let (format, rest) = bytes.split_first()?;
        let (token, rest) = rest.split_first_chunk().filter(|_| *format == FORMAT)?;
        let version = Version::from_token(u64::from_le_bytes(*token));
        Some((version, Stamp::decode(rest.first_chunk()?)))
    }

    /// Reads bytes back; `None` when they are torn, foreign or of another format.
    pub fn decode(kind: Kind, bytes: &[u8]) -> Option<Entry> {
        let (version, stamp) = Entry::peek(bytes)?;
        let entity = match bytes.get(HEADER..)?.split_first()? {
            (&ABSENT, []) => None,
            (&PRESENT, mut rest) => {
                let mut decoder = postcard::Deserializer::from_bytes(rest);
                let entity = AnyEntity::deserialize(kind, &mut decoder).ok()?;
                rest = decoder.finalize().ok()?;
                rest.is_empty().then_some(Some(entity))?
            }
            _ => return None,
        };
        Some(Entry { version, stamp, entity })
    }
}

/// What every entry begins with: the format, the version it was filled under, its times.
pub(super) fn header(version: Version, stamp: Stamp) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    bytes.extend_from_slice(&version.token().to_le_bytes());
    stamp.encode(&mut bytes);
    bytes
}

/// How many bytes that is.
pub(super) const HEADER: usize = 9 + stamp::BYTES;
