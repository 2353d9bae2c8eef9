//! The cursors of lists: a place by sort field and id, opaque to clients, so that it stays right when rows
//! come and go around it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::{Id, Row, Seek, Value};

use super::ApiError;
use super::order::SortKey;

/// Raised when the text in a cursor changes its meaning.
const VERSION: &str = "1";
/// More than any cursor has; ranks are at most 200 characters.
const MAX_TEXT: usize = 400;

/// The place of an entity in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    key: SortKey,
    seek: Seek,
}

impl Cursor {
    /// The place of this entity in a list that is sorted by `key`.
    pub fn of(key: SortKey, row: &Row) -> Cursor {
        let id = row.reference().map_or(Id::from_bytes([0; 12]), |entity| entity.id);
        let value = key.value(row);
        Cursor {
            key,
            seek: Seek { value, id },
        }
    }

    /// The text that clients see.
    pub fn encode(&self) -> String {
        let Seek { value, id } = &self.seek;
        let value = match value {
            Value::Time(time) => time.millis().to_string(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Null | Value::Bool(_) | Value::Id(_) => String::new(),
        };
        let field = self.key.field();
        URL_SAFE_NO_PAD.encode(format!("{VERSION}:{field}:{value}:{id}"))
    }

    /// The place that a client names for a list sorted by `key`; BAD_USER_INPUT names the argument.
    pub fn parse(argument: &str, key: SortKey, text: &str) -> Result<Seek, ApiError> {
        let Some(cursor) = Cursor::decode(text) else {
            let shown: String = text.chars().take(60).collect();
            return Err(ApiError::BadUserInput(format!(
                "{argument}: {shown:?} is not a cursor of this API; cursors come from edges and pageInfo"
            )));
        };
        if cursor.key == key {
            return Ok(cursor.seek);
        }
        Err(ApiError::BadUserInput(format!(
            "{argument}: this cursor is of a list sorted by another field; start again without it"
        )))
    }

    fn decode(text: &str) -> Option<Cursor> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = plain.split(':').collect();
        let [VERSION, field, value, id] = parts[..] else {
            return None;
        };
        let key = SortKey::find(field)?;
        let seek = Seek {
            value: key.read(value)?,
            id: id.parse().ok()?,
        };
        Some(Cursor { key, seek })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Rank, Timestamp};
    use proptest::prelude::*;

    fn cursor(key: SortKey, value: Value) -> Cursor {
        let id = Id::generate(Timestamp::from_millis(1_000));
        Cursor {
            key,
            seek: Seek { value, id },
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went_out() {
        let cases = [
            cursor(SortKey::Created, Value::Time(Timestamp::from_millis(-5))),
            cursor(SortKey::Due, Value::Time(Timestamp::MAX)),
            cursor(SortKey::Priority, Value::Int(3)),
            cursor(SortKey::Rank, Value::Text(Rank::default().as_str().into())),
        ];
        for cursor in cases {
            let read = Cursor::parse("after", cursor.key, &cursor.encode()).unwrap();
            assert_eq!(read, cursor.seek);
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let text = cursor(SortKey::Priority, Value::Int(1)).encode();
        let refused = Cursor::parse("after", SortKey::Created, &text).unwrap_err();
        assert!(refused.to_string().contains("sorted by another field"), "{refused}");
    }

    proptest! {
        #[test]
        fn whatever_else_is_sent_is_refused(text in ".{0,80}") {
            prop_assert!(Cursor::parse("after", SortKey::Created, &text).is_err());
        }
    }
}
