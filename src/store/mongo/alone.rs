//! A write of one document, which needs no transaction. All go by `findAndModify`: of the driver's writes the only one
//! that takes a limit, and one that the driver may send again without doing it twice.

use std::time::Duration;

use bson::{Document, RawDocumentBuf, doc};
use mongodb::error::Error;
use mongodb::{ClientSession, Database};

use crate::model::{EntityRef, Kind};

use super::epoch;
use super::source::Documents;
use super::step::{Failure, Replacement, Step, at_version};

/// Does a step of one document; the server gives it up after `limit`.
pub(super) async fn run(
    step: &Step,
    database: &Database,
    session: &mut ClientSession,
    limit: Duration,
) -> Result<(), Failure> {
    let kind = step.kind();
    let failed = |error| Failure::Command(kind, error);
    let documents: Documents = database.collection(kind.map_or(epoch::COLLECTION, Kind::collection));
    match step {
        Step::RaiseEpoch => epoch::raise(database, session, limit).await.map_err(failed),
        Step::Insert(_, new) => {
            for document in new {
                insert(&documents, document, session, limit).await.map_err(failed)?;
            }
            Ok(())
        }
        Step::Replace(_, several) => {
            for replacement in several {
                let found = replace(&documents, replacement, session, limit).await.map_err(failed)?;
                found.ok_or(Failure::Conflict(replacement.entity))?;
            }
            Ok(())
        }
        Step::Remove(entity, version) => {
            let found = remove(&documents, *entity, *version, session, limit).await;
            found.map_err(failed)?.map(drop).ok_or(Failure::Conflict(*entity))
        }
        Step::RemoveWhere(..) | Step::Purge(_) => {
            unreachable!("what is not one document of ours is written in a transaction")
        }
    }
}

/// Asks for a document of this id that can't be; where there is none at all, the new one comes into being, else its id
/// is taken.
async fn insert(
    documents: &Documents,
    new: &RawDocumentBuf,
    session: &mut ClientSession,
    limit: Duration,
) -> Result<(), Error> {
    let id = new.get_object_id("_id")?;
    documents
        .find_one_and_replace(doc! { "_id": id, "version": { "$in": [] } }, new)
        .upsert(true)
        .projection(only_id())
        .max_time(limit)
        .session(session)
        .await
        .map(drop)
}

async fn replace(
    documents: &Documents,
    replacement: &Replacement,
    session: &mut ClientSession,
    limit: Duration,
) -> Result<Option<RawDocumentBuf>, Error> {
    documents
        .find_one_and_replace(
            at_version(replacement.entity, replacement.version),
            &replacement.document,
        )
        .projection(only_id())
        .max_time(limit)
        .session(session)
        .await
}

async fn remove(
    documents: &Documents,
    entity: EntityRef,
    version: i64,
    session: &mut ClientSession,
    limit: Duration,
) -> Result<Option<RawDocumentBuf>, Error> {
    documents
        .find_one_and_delete(at_version(entity, version))
        .projection(only_id())
        .max_time(limit)
        .session(session)
        .await
}

fn only_id() -> Document {
    doc! { "_id": 1 }
}
