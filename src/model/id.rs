//! The identity of every stored document: a MongoDB ObjectId, in either store.
//! It serialises by `is_human_readable`: hex text in JSON, an ObjectId in BSON. Never shown to clients as it is.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clock::Timestamp;

/// 12 bytes: seconds since 1970, five random bytes of the process, a counter.
///
/// Layout: <https://www.mongodb.com/docs/manual/reference/bson-types/#objectid>
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id([u8; 12]);

/// The text is not 24 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("an id is 24 hexadecimal digits")]
pub struct IdError;

impl Id {
    /// A new id that sorts by `at` to the second.
    pub fn generate(at: Timestamp) -> Id {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        static PROCESS: std::sync::OnceLock<([u8; 5], u32)> = std::sync::OnceLock::new();
        let (process, start) = PROCESS.get_or_init(|| (rand::random(), rand::random()));
        let count = start.wrapping_add(COUNTER.fetch_add(1, Ordering::Relaxed));
        Id::from_parts(at, *process, count)
    }

    /// An id from its three parts: what a seeded generator uses.
    pub fn from_parts(at: Timestamp, process: [u8; 5], count: u32) -> Id {
        let mut bytes = [0; 12];
        let seconds = u32::try_from(at.millis() / 1000).unwrap_or_default();
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..9].copy_from_slice(&process);
        bytes[9..].copy_from_slice(&count.to_be_bytes()[1..]);
        Id(bytes)
    }

    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 12]) -> Id {
        Id(bytes)
    }

    /// The 12 bytes.
    pub const fn bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// The same as a number.
    pub(super) const fn number(self) -> u128 {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = self.0;
        u128::from_le_bytes([a, b, c, d, e, f, g, h, i, j, k, l, 0, 0, 0, 0])
    }
}

/// As one number: every table that a request looks into goes by ids, and an array is hashed as length and bytes.
impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.number());
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // One piece of text, not twelve formatted numbers: every cache key is made of this.
        let mut text = [0; 24];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        f.write_str(std::str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Id, IdError> {
        let digits = text.as_bytes();
        if digits.len() != 24 {
            return Err(IdError);
        }
        let mut bytes = [0; 12];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (hex(pair[0])? << 4) | hex(pair[1])?;
        }
        Ok(Id(bytes))
    }
}

fn hex(digit: u8) -> Result<u8, IdError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(IdError),
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        // The extended-JSON shape that BSON's serialiser turns into an ObjectId.
        let mut oid = serializer.serialize_struct("$oid", 1)?;
        oid.serialize_field("$oid", &self.to_string())?;
        oid.end()
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(IdVisitor)
        } else {
            deserializer.deserialize_struct("$oid", &["$oid"], IdVisitor)
        }
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of 24 hexadecimal digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Id, A::Error> {
        map.next_key::<de::IgnoredAny>()?;
        self.visit_str(&map.next_value::<String>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Id {
        "00ff7f80000102030405fffe".parse().unwrap()
    }

    #[test]
    fn json_has_the_hex_text() {
        let text = serde_json::to_string(&sample()).unwrap();
        assert_eq!(text, "\"00ff7f80000102030405fffe\"");
        assert_eq!(serde_json::from_str::<Id>(&text).unwrap(), sample());
        for wrong in ["\"00ff\"", "\"00ff7f80000102030405fffg\"", "7", "null"] {
            assert!(serde_json::from_str::<Id>(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "mongo")]
    #[test]
    fn bson_has_an_object_id() {
        let written = bson::serialize_to_vec(&Held { id: sample() }).unwrap();
        let document: bson::Document = bson::deserialize_from_slice(&written).unwrap();
        let id = bson::oid::ObjectId::from_bytes(*sample().bytes());
        assert_eq!(document, bson::doc! { "id": id });
        assert_eq!(bson::deserialize_from_slice::<Held>(&written).unwrap().id, sample());
    }

    #[cfg(feature = "mongo")]
    #[derive(Serialize, Deserialize)]
    struct Held {
        id: Id,
    }
}
