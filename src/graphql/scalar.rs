//! The scalars of the schema, each with the specification it follows.

use async_graphql::{ID, InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::model::{EntityRef, Id, Kind, Timestamp};

use super::{ApiError, ErrorCode};

/// A point in time in UTC, RFC 3339 with milliseconds: `2026-03-01T09:30:00.000Z`. Input may have any offset
/// and lies between the years 1900 and 9999.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        let time = match &value {
            Value::String(text) => Timestamp::parse(text),
            _ => None,
        };
        time.ok_or_else(refusal)
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// An amount of money in minor units of its currency (cents, pence): a whole number between
/// -9007199254740991 and 9007199254740991, which every JSON client reads exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinorUnits(pub i64);

/// The largest whole number that a 64-bit float, and so any JSON client, holds exactly.
const LARGEST: i64 = (1 << 53) - 1;

/// An amount of money in minor units of its currency (cents, pence): a whole number between
/// -9007199254740991 and 9007199254740991, which every JSON client reads exactly.
#[Scalar]
impl ScalarType for MinorUnits {
    fn parse(value: Value) -> InputValueResult<Self> {
        let amount = match &value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        let amount = amount.filter(|amount| (-LARGEST..=LARGEST).contains(amount));
        amount.map(MinorUnits).ok_or_else(refusal)
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// What a scalar is, for who sent something else.
pub(super) trait Worded {
    /// In words.
    fn is() -> String;
}

impl Worded for Timestamp {
    fn is() -> String {
        "a DateTime is RFC 3339 text like 2026-03-01T09:30:00Z, between the years 1900 and 9999".into()
    }
}

impl Worded for MinorUnits {
    fn is() -> String {
        format!("MinorUnits is a whole number between -{LARGEST} and {LARGEST}")
    }
}

fn refusal<T: InputType + Worded>() -> InputValueError<T> {
    InputValueError::custom(T::is()).with_extension("code", ErrorCode::BadUserInput.name())
}

/// Why the value of a variable can't be this scalar; `None`: it can.
pub(super) fn refused<T: ScalarType + Worded>(value: &Value) -> Option<String> {
    T::parse(value.clone()).is_err().then(T::is)
}

/// The entity of a global id; BAD_USER_INPUT names the argument when it is none of ours.
pub fn parse_ref(argument: &str, id: &ID) -> Result<EntityRef, ApiError> {
    EntityRef::parse_global(id).ok_or_else(|| {
        let shown: String = id.chars().take(60).collect();
        ApiError::BadUserInput(format!(
            "{argument}: {shown:?} is not an id of this API; ids come from its answers"
        ))
    })
}

/// The id of an entity of this kind; BAD_USER_INPUT names the argument when it is none, or one of another kind.
pub fn parse_id(argument: &str, kind: Kind, id: &ID) -> Result<Id, ApiError> {
    let entity = parse_ref(argument, id)?;
    if entity.kind == kind {
        return Ok(entity.id);
    }
    Err(ApiError::BadUserInput(format!(
        "{argument}: takes the id of a {}, this is one of a {}",
        kind.name(),
        entity.kind.name()
    )))
}
