//! A foreign document, read without trust: each field as what it may be, or not at all.

use serde_json::{Map, Value};

use crate::model::{Id, Timestamp};

/// The fields of a document or of a part of one.
#[derive(Clone, Copy)]
pub struct Fields<'d>(&'d Map<String, Value>);

/// Where a sub-document has the id of whom it is about.
const IDS: [&str; 6] = ["user", "userId", "member", "memberId", "_id", "id"];

impl<'d> Fields<'d> {
    /// Of this value, if it is a document.
    pub fn of(value: &'d Value) -> Option<Fields<'d>> {
        value.as_object().map(Fields)
    }

    /// Its id.
    pub fn id(&self) -> Option<Id> {
        plain(self.0.get("_id")?)
    }

    /// The id in a field: plain, as text, or in a sub-document.
    pub fn one(&self, name: &str) -> Option<Id> {
        id_of(self.0.get(name)?)
    }

    /// The ids in a field, each once: of a list, or a single one.
    pub fn many(&self, name: &str) -> Vec<Id> {
        let mut ids: Vec<Id> = Vec::new();
        let found = match self.0.get(name) {
            Some(Value::Array(list)) => list.iter().filter_map(id_of).collect(),
            Some(one) => id_of(one).into_iter().collect::<Vec<Id>>(),
            None => Vec::new(),
        };
        for id in found {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The text in a field, without white space around; `None` where nothing is left.
    pub fn text(&self, name: &str) -> Option<&'d str> {
        let text = self.0.get(name)?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The number in a field.
    pub fn number(&self, name: &str) -> Option<f64> {
        let value = self.0.get(name)?;
        let number = value.as_f64().or_else(|| {
            let spelt = value.as_object()?.values().next()?.as_str()?;
            spelt.parse().ok()
        });
        number.filter(|number| number.is_finite())
    }

    /// The whole number in a field.
    pub fn whole(&self, name: &str) -> Option<i64> {
        let number = self.number(name)?.round();
        // Beyond this a float holds no whole numbers any more.
        (number.abs() < 9e15).then_some(number as i64)
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// The time in a field.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        time_of(self.0.get(name)?)
    }

    /// The list in a field; empty where there is none.
    pub fn list(&self, name: &str) -> &'d [Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The part in a field.
    pub fn below(&self, name: &str) -> Option<Fields<'d>> {
        Fields::of(self.0.get(name)?)
    }

    /// Whether something stands in a field.
    pub fn has(&self, name: &str) -> bool {
        match self.0.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(list)) => !list.is_empty(),
            Some(_) => true,
        }
    }
}

/// The id that a value names.
pub fn id_of(value: &Value) -> Option<Id> {
    plain(value).or_else(|| {
        let fields = value.as_object()?;
        IDS.iter().find_map(|name| id_of(fields.get(*name)?))
    })
}

fn plain(value: &Value) -> Option<Id> {
    let digits = match value {
        Value::String(text) => text.as_str(),
        Value::Object(fields) => fields.get("$oid")?.as_str()?,
        _ => return None,
    };
    digits.parse().ok()
}

fn time_of(value: &Value) -> Option<Timestamp> {
    let time: Timestamp = match value {
        Value::Object(fields) => return time_of(fields.get("$date").or_else(|| fields.get("$numberLong"))?),
        Value::Number(millis) => Timestamp::from_millis(millis.as_i64()?),
        Value::String(text) => match text.parse::<i64>() {
            Ok(millis) => Timestamp::from_millis(millis),
            Err(_) => serde_json::from_value(value.clone()).ok()?,
        },
        _ => return None,
    };
    (Timestamp::MIN..Timestamp::MAX).contains(&time).then_some(time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn assignees_are_read_in_every_shape_they_had() {
        let id = "65f0c0ffee65f0c0ffee65f0";
        for shape in [
            json!({ "$oid": id }),
            json!(id),
            json!([{ "$oid": id }]),
            json!([{ "user": { "$oid": id }, "firstName": "Ada" }]),
            json!([{ "memberId": id }, { "memberId": id }]),
            json!({ "_id": { "$oid": id }, "email": "a@b" }),
        ] {
            let document = json!({ "assignedTo": shape });
            let fields = Fields::of(&document).unwrap();
            assert_eq!(fields.many("assignedTo"), [id.parse().unwrap()], "{shape}");
        }
    }

    #[test]
    fn times_are_read_as_dates_texts_and_numbers() {
        let noon = Timestamp::from_millis(1_767_268_800_000);
        for shape in [
            json!({ "$date": "2026-01-01T12:00:00Z" }),
            json!({ "$date": { "$numberLong": "1767268800000" } }),
            json!("2026-01-01T13:00:00+01:00"),
            json!(1_767_268_800_000_i64),
        ] {
            let document = json!({ "dueDate": shape });
            assert_eq!(Fields::of(&document).unwrap().time("dueDate"), Some(noon), "{shape}");
        }
        let document = json!({ "dueDate": "soon" });
        assert_eq!(Fields::of(&document).unwrap().time("dueDate"), None);
    }
}
