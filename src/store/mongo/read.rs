//! Documents by id and by query, as the raw bytes that the server sent.

use bson::{RawDocument, RawDocumentBuf, doc};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::Collection;
use mongodb::options::FindOptions;
use mongodb::raw_batch_cursor::RawBatchCursor;

use crate::model::{Filter, Id, Query, Value};
use crate::store::{Document, StoreError};

use super::error::{corrupt, store_error};
use super::filter::{bounded, condition, order};
use super::union::{MARK, MAX_PARTS, ROW, union};

/// The documents of a collection, undecoded.
pub(super) type Documents = Collection<RawDocumentBuf>;

/// The documents with these ids.
pub(super) async fn get_many(documents: &Documents, ids: &[Id]) -> Result<Vec<Document>, StoreError> {
    let wanted = match ids {
        [] => return Ok(Vec::new()),
        [id] => Filter::Eq("_id", Value::Id(*id)),
        ids => Filter::In("_id", ids.iter().copied().map(Value::Id).collect()),
    };
    let found = documents
        .find(condition(&wanted))
        .batch_size(one_batch(ids.len()))
        .batch()
        .await;
    collect(found.map_err(store_error)?, |document| Ok(document.as_bytes().to_vec())).await
}

/// The ids of at most `limit` documents that match.
pub(super) async fn ids(documents: &Documents, filter: &Filter, limit: u32) -> Result<Vec<Id>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let found = documents
        .find(condition(filter))
        .projection(doc! { "_id": 1 })
        .limit(i64::from(limit))
        .batch_size(one_batch(limit as usize))
        .batch()
        .await;
    collect(found.map_err(store_error)?, |document| {
        let id = document.get_object_id("_id").map_err(corrupt)?;
        Ok(Id::from_bytes(id.bytes()))
    })
    .await
}

/// A page for each query: one `find` for one, one `aggregate` for several.
pub(super) async fn pages(documents: &Documents, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    if let [query] = queries {
        return Ok(vec![page(documents, query).await?]);
    }
    let parts = queries.chunks(MAX_PARTS).map(|chunk| united_pages(documents, chunk));
    Ok(try_join_all(parts).await?.into_iter().flatten().collect())
}

async fn page(documents: &Documents, query: &Query) -> Result<Vec<Document>, StoreError> {
    if query.limit == 0 {
        return Ok(Vec::new());
    }
    let options = FindOptions::builder()
        .sort(order(query.sort))
        .skip(u64::from(query.skip))
        .limit(i64::from(query.limit))
        .batch_size(one_batch(query.limit as usize))
        .build();
    let found = documents.find(bounded(query)).with_options(options).batch().await;
    collect(found.map_err(store_error)?, |document| Ok(document.as_bytes().to_vec())).await
}

async fn united_pages(documents: &Documents, queries: &[Query]) -> Result<Vec<Vec<Document>>, StoreError> {
    let mut pages = vec![Vec::new(); queries.len()];
    let asked = queries.iter().enumerate().filter(|(_, query)| query.limit > 0);
    let pipeline = union(documents.name(), asked.map(|(place, query)| page_stages(place, query)));
    if pipeline.is_empty() {
        return Ok(pages);
    }
    let rows = queries.iter().map(|query| query.limit as usize).sum();
    let found = documents.aggregate(pipeline).batch_size(one_batch(rows)).batch().await;
    let rows = collect(found.map_err(store_error)?, |row| {
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

/// Reads a cursor to its end; every further batch is one more round trip.
pub(super) async fn collect<T>(
    mut cursor: RawBatchCursor,
    read: impl Fn(&RawDocument) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = Vec::new();
    while let Some(batch) = cursor.try_next().await.map_err(store_error)? {
        for row in batch.doc_slices().map_err(store_error)? {
            let row = row.map_err(corrupt)?;
            rows.push(read(
                row.as_document().ok_or_else(|| corrupt("a row that is no document"))?,
            )?);
        }
    }
    Ok(rows)
}
