//! Documents by id and by query, as the raw bytes that the server sent.

use bson::{RawDocument, doc};
use futures_util::future::try_join_all;
use mongodb::options::FindOptions;

use crate::model::{Filter, Id, Query, Value};
use crate::store::{Document, StoreError};

use super::error::corrupt;
use super::filter::{bounded, condition, order};
use super::search;
use super::source::Source;
use super::union::{MARK, MAX_PARTS, ROW, union};

/// The documents with these ids.
pub(super) async fn get_many(source: &Source, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
    let wanted = match ids {
        [] => return Ok(Vec::new()),
        [id] => Filter::Eq("_id", Value::Id(*id)),
        ids => Filter::In("_id", ids.iter().copied().map(Value::Id).collect()),
    };
    let options = FindOptions::builder().batch_size(one_batch(ids.len())).build();
    source.find(condition(&wanted), options, bytes).await
}

/// The ids of at most `limit` documents that match.
pub(super) async fn ids(source: &Source, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let options = FindOptions::builder()
        .projection(doc! { "_id": 1 })
        .limit(i64::from(limit))
        .batch_size(one_batch(limit as usize))
        .build();
    let id = |document: &RawDocument| {
        let id = document.get_object_id("_id").map_err(corrupt)?;
        Ok(Id::from_bytes(id.bytes()))
    };
    source.find(condition(filter), options, id).await
}

/// A page for each query: one `find` for one, one `aggregate` for several; before it one more for all searches.
pub(super) async fn pages(source: &Source, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    let found = search::found(source, queries).await?;
    if let ([query], [None]) = (queries, &*found) {
        return Ok(vec![page(source, query).await?]);
    }
    let parts = queries.chunks(MAX_PARTS).zip(found.chunks(MAX_PARTS));
    let parts = parts.map(|(queries, found)| united_pages(source, queries, found));
    Ok(try_join_all(parts).await?.into_iter().flatten().collect())
}

async fn page(source: &Source, query: &Query) -> Result<Vec<Document>, StoreError> {
    if query.limit == 0 {
        return Ok(Vec::new());
    }
    let options = FindOptions::builder()
        .sort(order(query.sort))
        .skip(u64::from(query.skip))
        .limit(i64::from(query.limit))
        .batch_size(one_batch(query.limit as usize))
        .build();
    source.find(bounded(query), options, bytes).await
}

/// `found` are the ids of what searches found.
async fn united_pages(
    source: &Source,
    queries: &[Query],
    found: &[Option<Vec<Id>>],
) -> Result<Vec<Vec<Document>>, StoreError> {
    let mut pages = vec![Vec::new(); queries.len()];
    let asked = queries.iter().zip(found).enumerate();
    let asked = asked.filter(|(_, (query, _))| query.limit > 0);
    let pipeline = union(
        source.name(),
        asked.map(|(place, (query, found))| page_stages(place, query, found.as_deref())),
    );
    if pipeline.is_empty() {
        return Ok(pages);
    }
    let rows = queries.iter().map(|query| query.limit as usize).sum();
    let rows = source.aggregate(pipeline, one_batch(rows), |row| {
        let place = row.get_i32(MARK).map_err(corrupt)?;
        let document = row.get_document(ROW).map_err(corrupt)?;
        Ok((place, document.as_bytes().to_vec()))
    });
    for (place, document) in rows.await? {
        let page = usize::try_from(place).ok().and_then(|place| pages.get_mut(place));
        page.ok_or_else(|| corrupt("a row of no query"))?.push(document);
    }
    Ok(pages)
}

/// The row is wrapped, not changed: its bytes stay the document's.
fn page_stages(place: usize, query: &Query, found: Option<&[Id]>) -> Vec<bson::Document> {
    let mut stages = match found {
        Some(ids) => search::stages_of(ids, query),
        None => vec![doc! { "$match": bounded(query) }, doc! { "$sort": order(query.sort) }],
    };
    if query.skip > 0 {
        stages.push(doc! { "$skip": i64::from(query.skip) });
    }
    stages.push(doc! { "$limit": i64::from(query.limit) });
    stages.push(doc! { "$replaceWith": { MARK: { "$literal": place as i32 }, ROW: "$$ROOT" } });
    stages
}

/// One more than can come, so that the server closes the cursor with the first batch: one round trip.
pub(super) fn one_batch(rows: usize) -> u32 {
    u32::try_from(rows.saturating_add(1))
        .unwrap_or(u32::MAX)
        .min(i32::MAX as u32)
}

fn bytes(document: &RawDocument) -> Result<Document, StoreError> {
    Ok(document.as_bytes().to_vec())
}
