//! A cached entity as bytes: a format number, the version it was filled under, then the entity's row or its absence.
//! What doesn't read as that is a miss.

use bytes::{Buf, Bytes};

use crate::model::Row;

use super::Version;
use super::stamp::{self, Stamp};

/// What is cached of one entity.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The version of the entity's own tag, taken before the store was asked.
    pub version: Version,
    /// When it was filled and for how long.
    pub stamp: Stamp,
    /// The row of the entity; `None`: there is none.
    pub row: Option<Row>,
}

/// Raised when the encoding changes, or what stands in slots of the same types: the names of an enum's values. That a
/// row's fields have changed its shape says.
const FORMAT: u8 = 4;
const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

impl Entry {
    /// The bytes to cache.
    pub fn encode(&self) -> Bytes {
        let length = self.row.as_ref().map_or(0, |row| row.bytes().len());
        let mut bytes = header(self.version, self.stamp, 1 + length);
        match &self.row {
            None => bytes.push(ABSENT),
            Some(row) => {
                bytes.push(PRESENT);
                bytes.extend_from_slice(row.bytes());
            }
        }
        bytes.into_boxed_slice().into()
    }

    /// What the bytes were filled under.
    pub fn version(bytes: &[u8]) -> Option<Version> {
        let (format, rest) = bytes.split_first()?;
        let token = rest.first_chunk().filter(|_| *format == FORMAT)?;
        Some(Version::from_token(u64::from_le_bytes(*token)))
    }

    /// What the bytes were filled under and when, without reading the entity.
    pub fn peek(bytes: &[u8]) -> Option<(Version, Stamp)> {
        let stamp = bytes.get(STAMP..)?.first_chunk()?;
        Some((Entry::version(bytes)?, Stamp::decode(stamp)))
    }

    /// Reads bytes back; `None` when they are torn, foreign or of another format.
    pub fn decode(bytes: &Bytes) -> Option<Entry> {
        let (version, stamp) = Entry::peek(bytes)?;
        let row = Entry::into_row(bytes.clone())?;
        Some(Entry { version, stamp, row })
    }

    /// The row in bytes whose head was read before. It is cut out of them without a copy and keeps all of them: whoever
    /// holds on to it sees to it that they are no more than the entry's own.
    pub fn into_row(mut bytes: Bytes) -> Option<Option<Row>> {
        match bytes.get(HEADER..)?.split_first()? {
            (&ABSENT, []) => Some(None),
            (&PRESENT, _) => {
                bytes.advance(HEADER + 1);
                Row::parse(bytes).map(Some)
            }
            _ => None,
        }
    }
}

/// What every entry begins with: the format, the version it was filled under, its times. There is room for so much more.
pub(super) fn header(version: Version, stamp: Stamp, room: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + room);
    bytes.push(FORMAT);
    bytes.extend_from_slice(&version.token().to_le_bytes());
    stamp.encode(&mut bytes);
    bytes
}

/// Where the times stand: behind the format and the version.
const STAMP: usize = 9;
/// How many bytes all of it is.
pub(super) const HEADER: usize = STAMP + stamp::BYTES;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Entity, Id, Organization, Timestamp};

    fn entry(row: Option<Row>) -> Entry {
        let stamp = Stamp {
            filled_at: Timestamp::from_millis(1_700_000_000_123),
            ttl: Duration::from_secs(60),
            cost: Duration::from_millis(3),
        };
        let version = Version::fresh();
        Entry { version, stamp, row }
    }

    fn row() -> Row {
        let time = Timestamp::from_millis(7);
        let organization = Organization {
            id: Id::from_bytes([7; 12]),
            name: "Acme".into(),
            domain: None,
            timezone: "UTC".into(),
            currency: "EUR".into(),
            language: "en".into(),
            logo: None,
            version: 3,
            created_at: time,
            updated_at: time,
        };
        organization.to_row()
    }

    #[test]
    fn an_entry_is_read_back_as_it_was() {
        for entry in [entry(Some(row())), entry(None)] {
            let read = Entry::decode(&entry.encode()).unwrap();
            assert_eq!(
                (read.version, read.stamp, read.row),
                (entry.version, entry.stamp, entry.row)
            );
        }
    }

    #[test]
    fn the_row_is_cut_out_of_the_bytes() {
        let bytes = entry(Some(row())).encode();
        let read = Entry::decode(&bytes).unwrap().row.unwrap();
        assert!(bytes.as_ptr_range().contains(&read.bytes().as_ptr()));
    }

    #[test]
    fn torn_at_any_byte_prolonged_or_of_another_format_it_is_a_miss() {
        for entry in [entry(Some(row())), entry(None)] {
            let bytes = entry.encode();
            assert!((0..bytes.len()).all(|end| Entry::decode(&bytes.slice(..end)).is_none()));
            assert!(Entry::decode(&[&bytes[..], b"x"].concat().into()).is_none());
            let mut older = bytes.to_vec();
            older[0] = FORMAT - 1;
            assert!(Entry::decode(&older.into()).is_none());
        }
    }

    #[test]
    fn a_row_of_another_shape_is_a_miss() {
        let bytes = entry(Some(row())).encode();
        // The kind, and each byte of its shape.
        for place in HEADER + 1..HEADER + 6 {
            let mut foreign = bytes.to_vec();
            foreign[place] ^= 1;
            assert!(Entry::decode(&foreign.into()).is_none(), "{place}");
        }
    }
}
