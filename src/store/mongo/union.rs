//! Several queries in one round trip: the pipelines of one collection, one after the other in one `aggregate`.
//! Each is planned by itself, so that its own index serves it.

use bson::{Document, doc};

/// The field of a row that tells which query it is of.
pub(super) const MARK: &str = "q";
/// The field of a row that holds what was found.
pub(super) const ROW: &str = "d";
/// The most pipelines of one `aggregate`: every row passes through all that follow its own.
pub(super) const MAX_PARTS: usize = 100;

/// One pipeline of all these; empty when there is none.
pub(super) fn union(collection: &str, parts: impl Iterator<Item = Vec<Document>>) -> Vec<Document> {
    let mut parts = parts;
    let mut pipeline = parts.next().unwrap_or_default();
    pipeline.extend(parts.map(|part| doc! { "$unionWith": { "coll": collection, "pipeline": part } }));
    pipeline
}
