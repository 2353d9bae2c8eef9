//! Time, as every floor sees it: milliseconds in UTC from a `Clock` that tests can hold still.
//! Nothing else in the program asks the operating system what time it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970 in UTC, written as RFC 3339 with three decimals, so that its text sorts as it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1900-01-01, the earliest that input may name.
    pub const MIN: Timestamp = Timestamp(-2_208_988_800_000);
    /// 9999-12-30: what sorts after every date that input may name.
    pub const MAX: Timestamp = Timestamp(253_402_214_400_000);

    /// The time this many milliseconds after 1970 began.
    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    /// Milliseconds since 1970 began.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time moved on by `span`.
    pub fn plus(self, span: Duration) -> Timestamp {
        Timestamp(
            self.0
                .saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This time moved back by `span`.
    pub fn minus(self, span: Duration) -> Timestamp {
        Timestamp(
            self.0
                .saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// Reads RFC 3339 text; `None` when it isn't that, or is outside `MIN..MAX`.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let time = Timestamp(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis());
        (Timestamp::MIN..Timestamp::MAX).contains(&time).then_some(time)
    }
}

impl Timestamp {
    /// Reads text as `Display` writes that of four-digit years: a tenth of the time that any RFC 3339 takes, and every row
    /// has such texts. `None`: it is something else, or no time.
    pub(super) fn read(text: &str) -> Option<Timestamp> {
        let digits: &[u8; 24] = text.as_bytes().try_into().ok()?;
        let marks = [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'.'),
            (23, b'Z'),
        ];
        if marks.iter().any(|(at, mark)| digits[*at] != *mark) {
            return None;
        }
        let date = NaiveDate::from_ymd_opt(
            i32::try_from(number(&digits[..4])?).ok()?,
            number(&digits[5..7])?,
            number(&digits[8..10])?,
        )?;
        let (hour, minute) = (number(&digits[11..13])?, number(&digits[14..16])?);
        let (second, milli) = (number(&digits[17..19])?, number(&digits[20..23])?);
        let time = date.and_hms_milli_opt(hour, minute, second, milli)?;
        Some(Timestamp(time.and_utc().timestamp_millis()))
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(number * 10 + digit)
    })
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time: DateTime<Utc> = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Where the time comes from: the system's, or one a test moves by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The operating system's clock.
    pub fn system() -> Clock {
        Clock(None)
    }

    /// A clock that stands at `start` until `advance` moves it; clones move together.
    pub fn manual(start: Timestamp) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(start.0))))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(hand) => Timestamp(hand.load(Ordering::SeqCst)),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::default().plus(since)
            }
        }
    }

    /// Moves a manual clock on; the system's clock goes its own way.
    pub fn advance(&self, span: Duration) {
        if let Some(hand) = &self.0 {
            hand.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        // The extended-JSON shape that BSON's serialiser turns into a date.
        let mut date = serializer.serialize_struct("$date", 1)?;
        date.serialize_field("$date", &Millis(self.0))?;
        date.end()
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(TextVisitor)
        } else {
            let millis = deserializer.deserialize_struct("$date", &["$date"], WrapVisitor::<Millis>::NEW)?;
            Ok(Timestamp(millis.0))
        }
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        let time = DateTime::parse_from_rfc3339(text).map_err(E::custom)?;
        Ok(Timestamp(time.timestamp_millis()))
    }
}

struct Millis(i64);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut long = serializer.serialize_struct("$numberLong", 1)?;
        long.serialize_field("$numberLong", &self.0.to_string())?;
        long.end()
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
        let wrap = WrapVisitor::<String>::NEW;
        let text = deserializer.deserialize_struct("$numberLong", &["$numberLong"], wrap)?;
        text.parse().map(Millis).map_err(de::Error::custom)
    }
}

/// Reads the one field of a struct.
struct WrapVisitor<T>(std::marker::PhantomData<T>);

impl<T> WrapVisitor<T> {
    const NEW: Self = WrapVisitor(std::marker::PhantomData);
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for WrapVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        map.next_key::<de::IgnoredAny>()?;
        map.next_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends of what input may name, around zero, and one with milliseconds.
    const TIMES: [Timestamp; 5] = [
        Timestamp::MIN,
        Timestamp(-1),
        Timestamp(0),
        Timestamp(1_767_268_800_123),
        Timestamp::MAX,
    ];

    #[test]
    fn what_is_written_is_read_as_rfc_3339_reads_it() {
        for step in 0..10_000 {
            let time = Timestamp(Timestamp::MIN.0 + step * 25_561_110_137);
            let text = time.to_string();
            assert_eq!(
                (Timestamp::read(&text), text.parse().ok()),
                (Some(time), DateTime::<Utc>::from_timestamp_millis(time.0))
            );
        }
        for other in [
            "",
            "2026-02-30T00:00:00.000Z",
            "2026-02-03T24:00:00.000Z",
            "2026-02-03T00:00:00.000+",
            "+026-02-03T00:00:00.000Z",
        ] {
            assert_eq!(Timestamp::read(other), None, "{other}");
        }
    }

    #[test]
    fn json_has_rfc_3339_text_that_sorts_as_the_times_do() {
        let texts = TIMES.map(|time| serde_json::to_string(&time).unwrap());
        assert_eq!(texts[3], "\"2026-01-01T12:00:00.123Z\"");
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(
            texts.map(|text| serde_json::from_str::<Timestamp>(&text).unwrap()),
            TIMES
        );
    }

    #[test]
    fn json_of_others_is_read_in_their_zone() {
        let time: Timestamp = serde_json::from_str("\"2026-01-01T13:00:00.123+01:00\"").unwrap();
        assert_eq!(time, TIMES[3]);
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }

    #[cfg(feature = "mongo")]
    #[test]
    fn bson_has_a_date() {
        let written = bson::serialize_to_vec(&Held { at: TIMES[3] }).unwrap();
        let document: bson::Document = bson::deserialize_from_slice(&written).unwrap();
        let date = bson::DateTime::from_millis(TIMES[3].millis());
        assert_eq!(document, bson::doc! { "at": date });
        for time in TIMES {
            let written = bson::serialize_to_vec(&Held { at: time }).unwrap();
            assert_eq!(bson::deserialize_from_slice::<Held>(&written).unwrap().at, time);
        }
    }

    #[cfg(feature = "mongo")]
    #[derive(Serialize, Deserialize)]
    struct Held {
        at: Timestamp,
    }
}
