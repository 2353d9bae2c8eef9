//! What can stand in a slot of a row, and how. A scalar is its finished JSON text, exactly as GraphQL answers it; ids are
//! raw; embedded objects are rows.

use std::borrow::Cow;

use async_graphql::resolver_utils::EnumType;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::{put_row, rows_in};
use super::{
    AssetKind, Category, DateFormat, Declared, Embedded, EntityRef, Id, Priority, ProjectRole, ProjectRoleEntry,
    ProjectStatus, Role, TaskType, Theme, TimeFormat, Timestamp, Topic,
};

/// A type whose values stand in slots.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a slot of a row",
    note = "give it `impl Slot` in model/slot.rs: as its JSON text if clients see it, else as any exact encoding",
    note = "an enum is added to `enum_slots!` there, an object that is embedded gets `impl Embedded`"
)]
pub trait Slot: Sized {
    /// What stands in the slot of an `Option` that is none.
    const NULL: &'static [u8] = b"null";
    /// Of an object that is embedded the shape of its row.
    const SHAPE: u32 = 0;

    /// Appends what stands in the slot.
    fn put(&self, to: &mut Vec<u8>);

    /// Reads a slot back; `None` when it holds something else.
    fn take(bytes: &[u8]) -> Option<Self>;
}

macro_rules! json_slots {
    ($($type:ty),* $(,)?) => { $(
        impl Slot for $type {
            fn put(&self, to: &mut Vec<u8>) {
                put_json(self, to);
            }

            fn take(bytes: &[u8]) -> Option<Self> {
                take_json(bytes)
            }
        }
    )* };
}

macro_rules! enum_slots {
    ($($type:ty),* $(,)?) => { $(
        impl Slot for $type {
            fn put(&self, to: &mut Vec<u8>) {
                put_enum(*self, to);
            }

            fn take(bytes: &[u8]) -> Option<Self> {
                take_enum(bytes)
            }
        }
    )* };
}

json_slots! { bool, i32, i64, u32, u64, Topic, String, Vec<String> }
enum_slots! {
    AssetKind, Category, DateFormat, Priority, ProjectRole, ProjectStatus, Role, TaskType, Theme, TimeFormat
}

fn put_json<T: Serialize>(value: &T, to: &mut Vec<u8>) {
    serde_json::to_writer(to, value).expect("scalars are plain data");
}

fn take_json<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// The text that stands in a slot, copied only where something of it is escaped; `None` when there is no text.
pub fn take_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = quoted(bytes)?;
    match text.contains('\\') {
        true => take_json(bytes).map(Cow::Owned),
        false => Some(Cow::Borrowed(text)),
    }
}

fn put_enum<T: EnumType>(value: T, to: &mut Vec<u8>) {
    let item = T::items().iter().find(|item| item.value == value);
    put_quoted(item.expect("every value is an item").name, to);
}

fn take_enum<T: EnumType>(bytes: &[u8]) -> Option<T> {
    let name = quoted(bytes)?;
    let item = T::items().iter().find(|item| item.name == name);
    item.map(|item| item.value)
}

/// Text in which nothing has to be escaped.
fn put_quoted(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    to.extend_from_slice(text.as_bytes());
    to.push(b'"');
}

fn quoted(bytes: &[u8]) -> Option<&str> {
    let text = bytes.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    std::str::from_utf8(text).ok()
}

impl Slot for Timestamp {
    fn put(&self, to: &mut Vec<u8>) {
        put_quoted(&self.to_string(), to);
    }

    /// Of any year: what lies outside the years that input may name may still be stored.
    fn take(bytes: &[u8]) -> Option<Timestamp> {
        let text = quoted(bytes)?;
        Timestamp::read(text).or_else(|| {
            let time: DateTime<Utc> = text.parse().ok()?;
            Some(Timestamp::from_millis(time.timestamp_millis()))
        })
    }
}

impl Slot for Id {
    const NULL: &'static [u8] = b"";

    fn put(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self.bytes());
    }

    fn take(bytes: &[u8]) -> Option<Id> {
        bytes.try_into().ok().map(Id::from_bytes)
    }
}

/// The global id that clients see, as JSON.
impl Slot for EntityRef {
    fn put(&self, to: &mut Vec<u8>) {
        put_quoted(&self.global(), to);
    }

    fn take(bytes: &[u8]) -> Option<EntityRef> {
        EntityRef::parse_global(quoted(bytes)?)
    }
}

impl<T: Slot> Slot for Option<T> {
    const SHAPE: u32 = T::SHAPE;

    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(to),
            None => to.extend_from_slice(T::NULL),
        }
    }

    fn take(bytes: &[u8]) -> Option<Option<T>> {
        if bytes == T::NULL {
            return Some(None);
        }
        T::take(bytes).map(Some)
    }
}

impl Slot for Vec<Id> {
    fn put(&self, to: &mut Vec<u8>) {
        self.iter().for_each(|id| id.put(to));
    }

    fn take(bytes: &[u8]) -> Option<Vec<Id>> {
        let (ids, rest) = bytes.as_chunks();
        rest.is_empty()
            .then(|| ids.iter().copied().map(Id::from_bytes).collect())
    }
}

impl<T: Embedded> Slot for T {
    const NULL: &'static [u8] = b"";
    const SHAPE: u32 = <T as Declared>::SHAPE;

    fn put(&self, to: &mut Vec<u8>) {
        put_row(to, &self.to_row());
    }

    fn take(bytes: &[u8]) -> Option<T> {
        let [one] = <[T; 1]>::try_from(<Vec<T>>::take(bytes)?).ok()?;
        Some(one)
    }
}

impl<T: Embedded> Slot for Vec<T> {
    const SHAPE: u32 = <T as Declared>::SHAPE;

    fn put(&self, to: &mut Vec<u8>) {
        self.iter().for_each(|object| object.put(to));
    }

    fn take(bytes: &[u8]) -> Option<Vec<T>> {
        let rows = rows_in(Bytes::copy_from_slice(bytes));
        rows.map(|row| T::from_row(&row?)).collect()
    }
}

/// An id and a byte for the role each: clients see these through the project's people only.
impl Slot for Vec<ProjectRoleEntry> {
    fn put(&self, to: &mut Vec<u8>) {
        for entry in self {
            entry.user.put(to);
            to.push(entry.role as u8);
        }
    }

    fn take(bytes: &[u8]) -> Option<Vec<ProjectRoleEntry>> {
        let (entries, rest) = bytes.as_chunks::<13>();
        let entry = |entry: &[u8; 13]| {
            let (role, user) = entry.split_last()?;
            let role = ProjectRole::items().get(usize::from(*role))?.value;
            let user = Id::take(user)?;
            Some(ProjectRoleEntry { user, role })
        };
        entries
            .iter()
            .map(entry)
            .collect::<Option<_>>()
            .filter(|_| rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EnumType as _, InputType, ScalarType, Value};
    use proptest::prelude::*;

    use super::*;

    fn text<T: Slot>(value: &T) -> String {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    fn read<T: Slot>(bytes: &[u8]) -> Option<T> {
        T::take(bytes)
    }

    fn answered(value: &Value) -> String {
        serde_json::to_string(value).unwrap()
    }

    proptest! {
        #[test]
        fn texts_are_escaped_as_in_answers(any in any::<String>(), many in any::<Vec<String>>()) {
            let written = text(&any);
            prop_assert_eq!(&written, &answered(&Value::from(any.as_str())));
            let taken = take_text(written.as_bytes());
            prop_assert_eq!(taken.as_deref(), Some(any.as_str()));
            prop_assert_eq!(String::take(written.as_bytes()), Some(any));
            prop_assert_eq!(text(&many), answered(&many.iter().map(String::as_str).collect::<Value>()));
            prop_assert_eq!(Slot::take(text(&many).as_bytes()), Some(many));
        }

        #[test]
        fn times_are_written_as_in_answers_and_read_back_whatever_their_year(millis in -8_000_000_000_000_000..8_000_000_000_000_000_i64) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(text(&time), answered(&ScalarType::to_value(&time)));
            prop_assert_eq!(Slot::take(text(&time).as_bytes()), Some(time));
        }

        #[test]
        fn ids_are_read_back_and_torn_ones_are_not(ids in any::<Vec<[u8; 12]>>(), more in 1..12_usize) {
            let ids: Vec<Id> = ids.into_iter().map(Id::from_bytes).collect();
            let mut bytes = Vec::new();
            ids.put(&mut bytes);
            prop_assert_eq!(Slot::take(&bytes), Some(ids));
            bytes.resize(bytes.len() + more, 0);
            prop_assert_eq!(<Vec<Id>>::take(&bytes), None);
        }
    }

    fn every_item<T: EnumType + Slot + InputType + std::fmt::Debug + PartialEq>() {
        for item in T::items() {
            assert_eq!(text(&item.value), answered(&InputType::to_value(&item.value)));
            assert_eq!(text(&item.value), format!("\"{}\"", item.name));
            assert_eq!(T::take(text(&item.value).as_bytes()).as_ref(), Some(&item.value));
        }
        assert!(T::take(b"\"NO_SUCH\"").is_none() && T::take(b"7").is_none());
    }

    #[test]
    fn enums_go_by_the_names_that_clients_know() {
        every_item::<AssetKind>();
        every_item::<Category>();
        every_item::<DateFormat>();
        every_item::<Priority>();
        every_item::<ProjectRole>();
        every_item::<ProjectStatus>();
        every_item::<Role>();
        every_item::<TaskType>();
        every_item::<Theme>();
        every_item::<TimeFormat>();
        assert_eq!(text(&ProjectStatus::OnHold), "\"ON_HOLD\"");
    }

    #[test]
    fn what_is_absent_is_null_or_no_id() {
        assert_eq!(
            (text(&None::<String>), text(&None::<Id>)),
            ("null".into(), String::new())
        );
        assert_eq!(read::<Option<String>>(b"null"), Some(None));
        assert_eq!(read::<Option<String>>(b"\"null\""), Some(Some("null".into())));
        assert_eq!(read::<Option<Id>>(b""), Some(None));
        assert_eq!(read::<Option<i32>>(b"x"), None);
    }

    #[test]
    fn roles_in_a_project_are_numbered_by_their_items() {
        let user = Id::from_bytes([7; 12]);
        let entry = |role| ProjectRoleEntry { user, role };
        let all: Vec<ProjectRoleEntry> = ProjectRole::items().iter().map(|item| entry(item.value)).collect();
        let mut bytes = Vec::new();
        all.put(&mut bytes);
        assert_eq!(Slot::take(&bytes), Some(all));
        assert_eq!(<Vec<ProjectRoleEntry>>::take(&bytes[1..]), None);
    }
}
