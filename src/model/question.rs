//! Lists and conditions as bytes that say all of them: what cached lists are known by. The codes are written out, so that
//! every build writes the same; two questions have the same bytes only if they are the same.

use super::{Direction, Filter, Query, Value};

impl Query {
    /// Appends all that makes this page another than any other.
    pub fn write_question(&self, to: &mut Vec<u8>) {
        write_text(to, self.sort.field);
        to.push(match self.sort.direction {
            Direction::Ascending => b'+',
            Direction::Descending => b'-',
        });
        to.extend_from_slice(&self.skip.to_le_bytes());
        to.extend_from_slice(&self.limit.to_le_bytes());
        match &self.after {
            None => to.push(0),
            Some(seek) => {
                to.push(1);
                write_value(to, &seek.value);
                to.extend_from_slice(seek.id.bytes());
            }
        }
        self.filter.write_question(to);
    }
}

impl Filter {
    /// Appends all that makes this condition another than any other.
    pub fn write_question(&self, to: &mut Vec<u8>) {
        let mut of_field = |code: u8, field, value| {
            to.push(code);
            write_text(to, field);
            write_value(to, value);
        };
        match self {
            Filter::All(parts) => write_parts(to, b'&', parts),
            Filter::Any(parts) => write_parts(to, b'|', parts),
            Filter::Eq(field, value) => of_field(b'=', field, value),
            Filter::Has(field, value) => of_field(b'h', field, value),
            Filter::Lt(field, value) => of_field(b'<', field, value),
            Filter::Lte(field, value) => of_field(b'l', field, value),
            Filter::Gt(field, value) => of_field(b'>', field, value),
            Filter::Gte(field, value) => of_field(b'g', field, value),
            Filter::Prefix(field, text) => {
                to.push(b'p');
                write_text(to, field);
                write_text(to, text);
            }
            Filter::In(field, values) => {
                to.push(b'i');
                write_text(to, field);
                write_count(to, values.len());
                values.iter().for_each(|value| write_value(to, value));
            }
        }
    }
}

fn write_parts(to: &mut Vec<u8>, code: u8, parts: &[Filter]) {
    to.push(code);
    write_count(to, parts.len());
    parts.iter().for_each(|part| part.write_question(to));
}

fn write_value(to: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => to.push(b'n'),
        Value::Bool(value) => to.extend_from_slice(&[b'b', u8::from(*value)]),
        Value::Int(value) => {
            to.push(b'i');
            to.extend_from_slice(&value.to_le_bytes());
        }
        Value::Text(text) => {
            to.push(b't');
            write_text(to, text);
        }
        Value::Id(id) => {
            to.push(b'o');
            to.extend_from_slice(id.bytes());
        }
        Value::Time(time) => {
            to.push(b'm');
            to.extend_from_slice(&time.millis().to_le_bytes());
        }
    }
}

fn write_text(to: &mut Vec<u8>, text: &str) {
    write_count(to, text.len());
    to.extend_from_slice(text.as_bytes());
}

fn write_count(to: &mut Vec<u8>, count: usize) {
    to.extend_from_slice(&(count as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::model::{Id, Seek, Sort, Timestamp};

    #[test]
    fn conditions_that_differ_have_bytes_that_differ() {
        let id = Value::Id(Id::from_bytes([7; 12]));
        let values = [
            Value::Null,
            Value::Bool(false),
            Value::Bool(true),
            Value::Int(1),
            Value::Time(Timestamp::from_millis(1)),
            Value::Text("1".into()),
            id,
        ];
        let of_value: [fn(&'static str, Value) -> Filter; 7] = [
            Filter::Eq,
            Filter::Has,
            Filter::Lt,
            Filter::Lte,
            Filter::Gt,
            Filter::Gte,
            |field, value| Filter::In(field, vec![value]),
        ];
        let mut filters = vec![
            Filter::everything(),
            Filter::nothing(),
            Filter::In("a", Vec::new()),
            Filter::Prefix("a", "b".into()),
            Filter::Prefix("ab", String::new()),
        ];
        for make in of_value {
            filters.extend(
                values
                    .iter()
                    .flat_map(|value| [make("a", value.clone()), make("b", value.clone())]),
            );
        }
        let nested: Vec<Filter> = filters.iter().map(|filter| Filter::Any(vec![filter.clone()])).collect();
        filters.extend(nested);
        let bytes: HashSet<Vec<u8>> = filters
            .iter()
            .map(|filter| written(|to| filter.write_question(to)))
            .collect();
        assert_eq!(bytes.len(), filters.len());
    }

    #[test]
    fn pages_that_differ_have_bytes_that_differ() {
        let page = |direction, skip, limit, after| Query {
            filter: Filter::everything(),
            sort: Sort {
                field: "name",
                direction,
            },
            after,
            skip,
            limit,
        };
        let seek = |value| Seek {
            value,
            id: Id::from_bytes([7; 12]),
        };
        let (up, down) = (Direction::Ascending, Direction::Descending);
        let pages = [
            page(up, 0, 1, None),
            page(down, 0, 1, None),
            page(up, 1, 0, None),
            page(up, 0, 1, Some(seek(Value::Null))),
            page(up, 0, 1, Some(seek(Value::Int(0)))),
        ];
        let bytes: HashSet<Vec<u8>> = pages.iter().map(|page| written(|to| page.write_question(to))).collect();
        assert_eq!(bytes.len(), pages.len());
    }

    fn written(write: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes);
        bytes
    }
}
