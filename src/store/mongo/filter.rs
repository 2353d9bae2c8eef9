//! The store's little query language as MongoDB's conditions. Values are always bound as typed BSON: nothing that
//! people type becomes an operator, and only letters and digits a pattern.

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};

use crate::model::{Direction, Filter, Query, Seek, Sort, Value};

/// The condition that a filter states.
pub(super) fn condition(filter: &Filter) -> Document {
    match filter {
        Filter::All(parts) => all(parts),
        Filter::Any(parts) if parts.is_empty() => nothing(),
        Filter::Any(parts) => doc! { "$or": conditions(parts) },
        Filter::Eq(field, value) => doc! { *field: { "$eq": bson(value) } },
        Filter::In(field, values) => doc! { *field: { "$in": values.iter().map(bson).collect::<Vec<_>>() } },
        Filter::Has(field, value) => doc! { *field: { "$elemMatch": { "$eq": bson(value) } } },
        Filter::Prefix(field, prefix) if is_plain(prefix) => doc! { *field: { "$regex": format!("^{prefix}") } },
        Filter::Prefix(field, prefix) => doc! { *field: { "$elemMatch": beginning(prefix) } },
        Filter::Lt(field, value) => compared(field, "$lt", value),
        Filter::Lte(field, value) => compared(field, "$lte", value),
        Filter::Gt(field, value) => compared(field, "$gt", value),
        Filter::Gte(field, value) => compared(field, "$gte", value),
    }
}

/// The condition of a list that begins at a place. Says the same as `Query::bounded`, but in a shape that leaves the
/// planner only the index of the order: a choice between sort field and id invites it to take the index of the ids
/// and sort in memory.
pub(super) fn bounded(query: &Query) -> Document {
    let filter = condition(&query.filter);
    let Some(Seek { value, id }) = &query.after else {
        return filter;
    };
    let (from, before) = match query.sort.direction {
        Direction::Ascending => ("$gte", "$lte"),
        Direction::Descending => ("$lte", "$gte"),
    };
    let (field, value, id) = (query.sort.field, bson(value), bson(&Value::Id(*id)));
    let passed = doc! { "$and": [{ field: { "$eq": &value } }, { "_id": { before: id } }] };
    doc! { "$and": [filter, { field: { from: value } }, { "$nor": [passed] }] }
}

/// The order of a list, ties by id.
pub(super) fn order(sort: Sort) -> Document {
    let sign = sort.direction.sign();
    let mut order = doc! { sort.field: sign };
    order.insert("_id", sign);
    order
}

/// A value in MongoDB's own type for it.
pub(super) fn bson(value: &Value) -> Bson {
    match value {
        Value::Null => Bson::Null,
        Value::Bool(yes) => Bson::Boolean(*yes),
        Value::Int(number) => Bson::Int64(*number),
        Value::Text(text) => Bson::String(text.clone()),
        Value::Id(id) => Bson::ObjectId(ObjectId::from_bytes(*id.bytes())),
        Value::Time(time) => Bson::DateTime(DateTime::from_millis(time.millis())),
    }
}

fn all(parts: &[Filter]) -> Document {
    match parts {
        [] => Document::new(),
        [only] => condition(only),
        parts => doc! { "$and": conditions(parts) },
    }
}

fn conditions(parts: &[Filter]) -> Vec<Document> {
    parts.iter().map(condition).collect()
}

fn nothing() -> Document {
    doc! { "_id": { "$in": [] } }
}

/// MongoDB counts null as less or equal to null; here it never compares.
fn compared(field: &str, operator: &str, value: &Value) -> Document {
    match value {
        Value::Null => nothing(),
        value => doc! { field: { operator: bson(value) } },
    }
}

/// Whether a text means itself as a pattern, as all words of a search do. The server knows the range of an index that such a
/// pattern stands for, and needs no document to be sure of it, as it does for a range of array elements: what is found is
/// sorted and cut before any is read.
fn is_plain(prefix: &str) -> bool {
    let means_itself = |letter: char| letter.is_alphanumeric() || letter == '=';
    !prefix.is_empty() && prefix.chars().all(means_itself)
}

/// For all else a range instead of a pattern: what is typed stays literal, and the index serves it.
fn beginning(prefix: &str) -> Document {
    match next(prefix) {
        Some(end) => doc! { "$gte": prefix, "$lt": end },
        None => doc! { "$gte": prefix },
    }
}

/// The first text after all that begin with `prefix`, if there is one.
fn next(prefix: &str) -> Option<String> {
    let (at, last) = prefix.char_indices().next_back()?;
    let end = (last..=char::MAX).nth(1);
    match end {
        Some(end) => Some(format!("{}{end}", &prefix[..at])),
        None => next(&prefix[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_the_next_text_that_is_longer_than_none_of_its_kind() {
        assert_eq!(next("ab").as_deref(), Some("ac"));
        assert_eq!(next("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(next("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(next("\u{10ffff}"), None);
        assert_eq!(next(""), None);
    }

    #[test]
    fn only_letters_and_digits_become_a_pattern() {
        let begins = |text: &str| condition(&Filter::Prefix("searchTerms", text.into()));
        assert_eq!(begins("=ké7"), doc! { "searchTerms": { "$regex": "^=ké7" } });
        for text in ["", "a.*", "^a", "a b", "a\\", "$", "(a"] {
            assert!(
                begins(text)
                    .get_document("searchTerms")
                    .unwrap()
                    .contains_key("$elemMatch"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_comparison_with_null_matches_nothing() {
        assert_eq!(condition(&Filter::Lte("dueDate", Value::Null)), nothing());
    }
}
