//! The small query language of the stores: SQLite turns it into SQL, MongoDB into BSON, both with the same answers.
//! Fields go by their stored names and are always ours, never input; values are always bound, never spliced.

use serde::Serialize;

use super::{Direction, Id, Timestamp};

/// The stored name of a field.
pub type Field = &'static str;

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing there: the field is null or missing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, byte by byte.
    Text(String),
    /// The id of a document.
    Id(Id),
    /// A point in time.
    Time(Timestamp),
}

impl Value {
    /// A model enum as documents hold it: its stored name, or its rank.
    pub fn stored<T: Serialize>(value: &T) -> Value {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(name)) => Value::Text(name),
            Ok(serde_json::Value::Number(rank)) => rank.as_i64().map_or(Value::Null, Value::Int),
            _ => Value::Null,
        }
    }
}

/// A condition on documents of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Every one holds; with none, everything matches.
    All(Vec<Filter>),
    /// At least one holds; with none, nothing matches.
    Any(Vec<Filter>),
    /// The field is the value (`Value::Null`: null or missing).
    Eq(Field, Value),
    /// The field is one of the values; with none, nothing matches.
    In(Field, Vec<Value>),
    /// The array field (one of the kind's `links`) holds the value.
    Has(Field, Value),
    /// The array field of texts (one of the kind's `links`) holds one that begins so.
    Prefix(Field, String),
    /// The field is less than the value; null never is.
    Lt(Field, Value),
    /// The field is the value or less; null never is.
    Lte(Field, Value),
    /// The field is more than the value; null never is.
    Gt(Field, Value),
    /// The field is the value or more; null never is.
    Gte(Field, Value),
}

impl Filter {
    /// Everything matches.
    pub const fn everything() -> Filter {
        Filter::All(Vec::new())
    }

    /// Nothing matches.
    pub const fn nothing() -> Filter {
        Filter::Any(Vec::new())
    }

    /// Both hold.
    pub fn and(self, other: Filter) -> Filter {
        match (self, other) {
            (Filter::All(mut all), Filter::All(more)) => {
                all.extend(more);
                Filter::All(all)
            }
            (Filter::All(mut all), other) => {
                all.push(other);
                Filter::All(all)
            }
            (this, other) => Filter::All(vec![this, other]),
        }
    }
}

/// A page of a list: which documents, in which order, from where, how many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// Which documents.
    pub filter: Filter,
    /// By which field; ties go by id, the same way.
    pub sort: Sort,
    /// Only what comes after this place.
    pub after: Option<Seek>,
    /// How many to pass over (for lists with page numbers).
    pub skip: u32,
    /// How many at most.
    pub limit: u32,
}

/// An order of a list: by a field that is never null, ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The stored name.
    pub field: Field,
    /// Which way.
    pub direction: Direction,
}

/// A place in a list: the sort field and id of the document that stands there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seek {
    /// The sort field of that document.
    pub value: Value,
    /// Its id.
    pub id: Id,
}

impl Query {
    /// The filter with the place to begin at folded in.
    pub fn bounded(&self) -> Filter {
        self.clone().into_bounded()
    }

    /// The same. The outer bound is one that an index can serve; the inner choice only sorts out the ties.
    pub fn into_bounded(self) -> Filter {
        let Some(Seek { value, id }) = self.after else {
            return self.filter;
        };
        let (field, id) = (self.sort.field, Value::Id(id));
        let bound = match self.sort.direction {
            Direction::Ascending => vec![
                Filter::Gte(field, value.clone()),
                Filter::Any(vec![Filter::Gt(field, value), Filter::Gt("_id", id)]),
            ],
            Direction::Descending => vec![
                Filter::Lte(field, value.clone()),
                Filter::Any(vec![Filter::Lt(field, value), Filter::Lt("_id", id)]),
            ],
        };
        self.filter.and(Filter::All(bound))
    }
}
