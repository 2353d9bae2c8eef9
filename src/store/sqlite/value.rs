//! Values between the query language and SQLite: JSON has neither ids nor times nor, once extracted, booleans,
//! so ids and times are compared as their text, and what a field holds is known by its name.

use rusqlite::types::{Value as Sql, ValueRef};

use crate::model::{Field, Id, Timestamp, Value};
use crate::store::StoreError;

use super::error::corrupt;

/// What a field holds, where its extracted value doesn't tell.
enum Holds {
    Id,
    Time,
    Bool,
    Itself,
}

impl Holds {
    /// The contract holds this list against the encodings that do tell.
    fn of(field: Field) -> Holds {
        match field {
            "_id" | "organization" | "project" | "task" | "author" | "createdBy" | "client" | "parent" | "userId"
            | "customRole" | "avatar" | "cover" | "logo" | "owner" | "uploadedBy" | "invitedBy" | "subject" => {
                Holds::Id
            }
            "isActive" | "isArchived" => Holds::Bool,
            "dueSort" => Holds::Time,
            other if other.ends_with("At") || other.ends_with("Date") => Holds::Time,
            _ => Holds::Itself,
        }
    }
}

/// The SQL expression of a field; an index serves it only when it is written exactly so.
pub fn column(field: Field) -> String {
    match field {
        "_id" => "id".to_owned(),
        other => format!("json_extract(doc,'$.{other}')"),
    }
}

/// The value as SQLite compares it with the field.
pub fn bind(field: Field, value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(yes) => Sql::Integer((*yes).into()),
        Value::Int(number) => Sql::Integer(*number),
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Id(id) if field == "_id" => blob(*id),
        Value::Id(id) => Sql::Text(id.to_string()),
        Value::Time(time) => Sql::Text(time.to_string()),
    }
}

/// An id as the id columns hold it.
pub fn blob(id: Id) -> Sql {
    Sql::Blob(id.bytes().to_vec())
}

/// The value that SQLite extracted from the field.
pub fn read(field: Field, value: ValueRef<'_>) -> Result<Value, StoreError> {
    match (value, Holds::of(field)) {
        (ValueRef::Null, _) => Ok(Value::Null),
        (ValueRef::Integer(number), Holds::Bool) => Ok(Value::Bool(number != 0)),
        (ValueRef::Integer(number), _) => Ok(Value::Int(number)),
        (ValueRef::Blob(bytes), _) => id(bytes).map(Value::Id),
        (ValueRef::Text(bytes), holds) => text(&holds, std::str::from_utf8(bytes).map_err(corrupt)?),
        (ValueRef::Real(_), _) => Err(corrupt(format!("{field} holds a fraction"))),
    }
}

/// The id of an id column.
pub fn id(bytes: &[u8]) -> Result<Id, StoreError> {
    Ok(Id::from_bytes(bytes.try_into().map_err(corrupt)?))
}

fn text(holds: &Holds, text: &str) -> Result<Value, StoreError> {
    match holds {
        Holds::Id => text.parse().map(Value::Id).map_err(corrupt),
        Holds::Time => match Timestamp::parse(text) {
            Some(time) => Ok(Value::Time(time)),
            None => Err(corrupt(format!("{text} is no time"))),
        },
        Holds::Bool | Holds::Itself => Ok(Value::Text(text.to_owned())),
    }
}
