//! Counting: many filters in one round trip, and one filter by the values of some fields.

use std::collections::HashMap;

use bson::{Bson, Document, RawBsonRef, RawDocument, doc};
use futures_util::future::try_join_all;

use crate::model::{Field, Filter, Id, Timestamp, Value};
use crate::store::StoreError;

use super::error::corrupt;
use super::filter::condition;
use super::read::one_batch;
use super::source::Source;
use super::union::{MARK, MAX_PARTS, ROW, union};

/// How many match each filter.
pub(super) async fn count(source: &Source, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
    let parts = filters.chunks(MAX_PARTS).map(|chunk| united_counts(source, chunk));
    Ok(try_join_all(parts).await?.concat())
}

async fn united_counts(source: &Source, filters: &[Filter]) -> Result<Vec<u64>, StoreError> {
    let stages = |(place, filter)| {
        vec![
            doc! { "$match": condition(filter) },
            doc! { "$count": ROW },
            doc! { "$set": { MARK: { "$literal": place as i32 } } },
        ]
    };
    let pipeline = union(source.name(), filters.iter().enumerate().map(stages));
    let rows = source.aggregate(pipeline, one_batch(filters.len()), |row| {
        Ok((row.get_i32(MARK).map_err(corrupt)?, number(row)?))
    });
    // Nothing found is no row.
    let mut counts = vec![0; filters.len()];
    for (place, count) in rows.await? {
        let slot = usize::try_from(place).ok().and_then(|place| counts.get_mut(place));
        *slot.ok_or_else(|| corrupt("a count of no filter"))? = count;
    }
    Ok(counts)
}

/// How many match for each combination of the fields' values.
pub(super) async fn count_by(
    source: &Source,
    filter: &Filter,
    fields: &[Field],
) -> Result<Vec<(Vec<Value>, u64)>, StoreError> {
    let pipeline = vec![
        doc! { "$match": condition(filter) },
        doc! { "$group": { "_id": group(fields), ROW: { "$sum": 1 } } },
    ];
    let row = |row: &RawDocument| {
        let id = row.get_document("_id").map_err(corrupt)?;
        let values = (0..fields.len()).map(|place| match id.get(name(place)).map_err(corrupt)? {
            Some(found) => value(found),
            None => Ok(Value::Null),
        });
        Ok((values.collect::<Result<_, _>>()?, number(row)?))
    };
    let counted = source.aggregate(pipeline, i32::MAX as u32, row).await?;
    Ok(summed(counted))
}

/// The plain fields: told to take a missing one for null, the server would need half as long again.
fn group(fields: &[Field]) -> Document {
    let parts = fields.iter().enumerate();
    parts
        .map(|(place, field)| (name(place), Bson::String(format!("${field}"))))
        .collect()
}

fn name(place: usize) -> String {
    format!("f{place}")
}

/// A missing field counts as null: what was counted of either is counted together.
fn summed(counted: Vec<(Vec<Value>, u64)>) -> Vec<(Vec<Value>, u64)> {
    let mut sums: HashMap<Vec<Value>, u64> = HashMap::with_capacity(counted.len());
    for (values, count) in counted {
        *sums.entry(values).or_default() += count;
    }
    sums.into_iter().collect()
}

/// The server counts in 32 bits as long as they do.
fn number(row: &RawDocument) -> Result<u64, StoreError> {
    match value(row.get(ROW).map_err(corrupt)?.unwrap_or(RawBsonRef::Null))? {
        Value::Int(count) => u64::try_from(count).map_err(corrupt),
        other => Err(corrupt(format!("a count of {other:?}"))),
    }
}

fn value(value: RawBsonRef<'_>) -> Result<Value, StoreError> {
    Ok(match value {
        RawBsonRef::Null => Value::Null,
        RawBsonRef::Boolean(yes) => Value::Bool(yes),
        RawBsonRef::Int32(number) => Value::Int(number.into()),
        RawBsonRef::Int64(number) => Value::Int(number),
        RawBsonRef::String(text) => Value::Text(text.to_owned()),
        RawBsonRef::ObjectId(id) => Value::Id(Id::from_bytes(id.bytes())),
        RawBsonRef::DateTime(time) => Value::Time(Timestamp::from_millis(time.timestamp_millis())),
        other => return Err(corrupt(format!("a field of type {:?}", other.element_type()))),
    })
}
