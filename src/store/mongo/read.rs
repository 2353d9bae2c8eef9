//! Documents by id and by query, as the raw bytes that the server sent.

use bson::{RawDocument, doc};
use futures_util::future::{try_join, try_join_all};
use mongodb::options::FindOptions;

use crate::model::{Filter, Id, Query, Value};
use crate::store::{Document, StoreError};

use super::error::corrupt;
use super::filter::{bounded, condition, order};
use super::search::Search;
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
    source.find(condition(filter), options, id).await
}

/// A page for each query: searches each by themselves, the others in one `find` for one and one `aggregate` for several.
pub(super) async fn pages(source: &Source, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    let searches: Vec<_> = queries.iter().map(|query| Search::of(source.kind(), query)).collect();
    let others = queries.iter().zip(&searches).filter(|(_, search)| search.is_none());
    let others: Vec<&Query> = others.map(|(query, _)| query).collect();
    let found = try_join_all(searches.iter().flatten().map(|search| search.page(source)));
    let (found, others) = try_join(found, listed(source, &others)).await?;
    let (mut found, mut others) = (found.into_iter(), others.into_iter());
    let pages = searches.iter().map(|search| match search {
        Some(_) => found.next(),
        None => others.next(),
    });
    Ok(pages.map(Option::unwrap_or_default).collect())
}

/// What is no search.
async fn listed(source: &Source, queries: &[&Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    if let [query] = queries {
        return Ok(vec![page(source, query).await?]);
    }
    let parts = queries.chunks(MAX_PARTS).map(|queries| united_pages(source, queries));
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

async fn united_pages(source: &Source, queries: &[&Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    let mut pages = vec![Vec::new(); queries.len()];
    let asked = queries.iter().enumerate().filter(|(_, query)| query.limit > 0);
    let pipeline = union(source.name(), asked.map(|(place, query)| page_stages(place, query)));
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
fn page_stages(place: usize, query: &Query) -> Vec<bson::Document> {
    let mut stages = vec![doc! { "$match": bounded(query) }, doc! { "$sort": order(query.sort) }];
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

pub(super) fn id(document: &RawDocument) -> Result<Id, StoreError> {
    let id = document.get_object_id("_id").map_err(corrupt)?;
    Ok(Id::from_bytes(id.bytes()))
}

pub(super) fn bytes(document: &RawDocument) -> Result<Document, StoreError> {
    Ok(document.as_bytes().to_vec())
}
