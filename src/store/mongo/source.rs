//! A collection to read from: every read sees the moment that the process has got to, at least.

use bson::{RawDocument, RawDocumentBuf};
use futures_util::TryStreamExt;
use mongodb::options::{AggregateOptions, FindOptions};
use mongodb::raw_batch_cursor::SessionRawBatchCursor;
use mongodb::{Client, ClientSession, Collection, Database};

use crate::model::Kind;
use crate::store::StoreError;

use super::error::{corrupt, store_error};
use super::floor::Floor;
use super::moment;

/// The documents of a collection, undecoded.
pub(super) type Documents = Collection<RawDocumentBuf>;

/// The documents of a kind as they are at `floor` or later.
pub(super) struct Source {
    client: Client,
    documents: Documents,
    kind: Kind,
    floor: Floor,
}

impl Source {
    pub(super) fn new(client: &Client, database: &Database, kind: Kind, floor: Floor) -> Source {
        Source {
            client: client.clone(),
            documents: database.collection(kind.collection()),
            kind,
            floor,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn name(&self) -> &str {
        self.documents.name()
    }

    /// What matches, each read by `read`. Ask for one more than can come, and the server closes the cursor with the
    /// first batch: one round trip.
    pub(super) async fn find<T>(
        &self,
        filter: bson::Document,
        options: FindOptions,
        read: impl Fn(&RawDocument) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut session = moment::session(&self.client, self.floor.get())
            .await
            .map_err(store_error)?;
        let find = self.documents.find(filter).with_options(options);
        let found = find.session(&mut session).batch().await;
        let rows = collect(found.map_err(store_error)?, &mut session, read).await?;
        self.floor.advance(moment::of(&session));
        Ok(rows)
    }

    /// The rows of a pipeline, each read by `read`.
    pub(super) async fn aggregate<T>(
        &self,
        pipeline: Vec<bson::Document>,
        batch: u32,
        read: impl Fn(&RawDocument) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut session = moment::session(&self.client, self.floor.get())
            .await
            .map_err(store_error)?;
        let options = AggregateOptions::builder().batch_size(batch).build();
        let aggregate = self.documents.aggregate(pipeline).with_options(options);
        let found = aggregate.session(&mut session).batch().await;
        let rows = collect(found.map_err(store_error)?, &mut session, read).await?;
        self.floor.advance(moment::of(&session));
        Ok(rows)
    }
}

/// Reads a cursor to its end; every further batch is one more round trip.
async fn collect<T>(
    mut cursor: SessionRawBatchCursor,
    session: &mut ClientSession,
    read: impl Fn(&RawDocument) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = Vec::new();
    let mut batches = cursor.stream(session);
    while let Some(batch) = batches.try_next().await.map_err(store_error)? {
        for row in batch.doc_slices().map_err(store_error)? {
            let row = row.map_err(corrupt)?;
            rows.push(read(
                row.as_document().ok_or_else(|| corrupt("a row that is no document"))?,
            )?);
        }
    }
    Ok(rows)
}
