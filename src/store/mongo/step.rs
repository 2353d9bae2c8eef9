//! The steps of a unit of work: the writes, with those that follow each other and are alike in one step.

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::error::Error;

use crate::model::{EntityRef, Filter, Kind, PurgeEntry, Value};
use crate::store::{StoreError, Write};

use super::error::corrupt;
use super::filter::bson;

/// The most bytes of documents in one command; the server takes 16 MiB.
const MAX_BYTES: usize = 8 << 20;
/// The most documents in one command.
const MAX_DOCUMENTS: usize = 1_000;

/// What one command does inside a transaction.
pub(super) enum Step {
    /// The cache epoch + 1.
    RaiseEpoch,
    /// New documents.
    Insert(Kind, Vec<RawDocumentBuf>),
    /// Documents in place of those with their versions.
    Replace(Kind, Vec<Replacement>),
    /// A document to take away, with the version that was read.
    Remove(EntityRef, i64),
    /// Whatever matches, to take away.
    RemoveWhere(Kind, Filter),
    /// One entry more in the queue of purges.
    Purge(PurgeEntry),
}

pub(super) struct Replacement {
    pub entity: EntityRef,
    pub version: i64,
    pub document: RawDocumentBuf,
}

/// Why a step failed.
pub(super) enum Failure {
    /// The server answered with an error, or nobody knows; the kind that it was about.
    Command(Option<Kind>, Error),
    /// The server has refused one of several writes, with this code and message.
    Refused(Option<Kind>, i32, String),
    /// The document isn't there in this version.
    Conflict(EntityRef),
    /// One of several replacements was refused; one at a time they tell which.
    OneOfSeveral,
}

/// The steps that these writes take. The epoch comes first: who raises it at the same time is in the way before
/// anything else is done.
pub(super) fn steps(writes: Vec<Write>) -> Result<Vec<Step>, StoreError> {
    let mut steps: Vec<Step> = Vec::new();
    let mut raises = false;
    for write in writes {
        match write {
            Write::Insert { document, entity } => add_insert(&mut steps, entity.kind, raw(document)?),
            Write::Replace {
                entity,
                version,
                document,
            } => {
                let document = raw(document)?;
                add_replacement(
                    &mut steps,
                    Replacement {
                        entity,
                        version,
                        document,
                    },
                );
            }
            Write::Remove { entity, version } => steps.push(Step::Remove(entity, version)),
            Write::RemoveWhere { kind, filter } => steps.push(Step::RemoveWhere(kind, filter)),
            Write::RaiseEpoch => raises = true,
            Write::Purge(entry) => steps.push(Step::Purge(entry)),
        }
    }
    if raises {
        steps.insert(0, Step::RaiseEpoch);
    }
    Ok(steps)
}

fn raw(document: Vec<u8>) -> Result<RawDocumentBuf, StoreError> {
    RawDocumentBuf::from_bytes(document).map_err(corrupt)
}

fn add_insert(steps: &mut Vec<Step>, kind: Kind, document: RawDocumentBuf) {
    match steps.last_mut() {
        Some(Step::Insert(of, documents)) if *of == kind && fits(documents.iter(), &document) => {
            documents.push(document);
        }
        _ => steps.push(Step::Insert(kind, vec![document])),
    }
}

fn add_replacement(steps: &mut Vec<Step>, new: Replacement) {
    match steps.last_mut() {
        Some(Step::Replace(of, several))
            if *of == new.entity.kind && fits(several.iter().map(|one| &one.document), &new.document) =>
        {
            several.push(new);
        }
        _ => steps.push(Step::Replace(new.entity.kind, vec![new])),
    }
}

fn fits<'d>(several: impl ExactSizeIterator<Item = &'d RawDocumentBuf>, new: &RawDocumentBuf) -> bool {
    several.len() < MAX_DOCUMENTS
        && several.map(|document| document.as_bytes().len()).sum::<usize>() + new.as_bytes().len() <= MAX_BYTES
}

impl Step {
    /// Whether the server does it wholly or not at all even outside a transaction: one document.
    pub(super) fn is_atomic(&self) -> bool {
        match self {
            Step::Insert(_, documents) => documents.len() == 1,
            Step::Replace(_, several) => several.len() == 1,
            Step::Remove(..) | Step::RaiseEpoch => true,
            Step::RemoveWhere(..) | Step::Purge(_) => false,
        }
    }

    /// What it is about.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Step::Insert(kind, _) | Step::Replace(kind, _) | Step::RemoveWhere(kind, _) => Some(*kind),
            Step::Remove(entity, _) => Some(entity.kind),
            Step::RaiseEpoch | Step::Purge(_) => None,
        }
    }
}

/// The document of this id, in this version. One that has no version yet counts as version 0.
pub(super) fn at_version(entity: EntityRef, version: i64) -> Document {
    let id = bson(&Value::Id(entity.id));
    match version {
        0 => doc! { "_id": id, "version": { "$in": [0_i64, Bson::Null] } },
        version => doc! { "_id": id, "version": version },
    }
}
