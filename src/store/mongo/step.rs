//! The commands of a unit of work: the writes, with those that follow each other and are alike in one command.

use bson::{Bson, Document, RawArrayBuf, RawDocumentBuf, doc, rawdoc};
use mongodb::error::Error;
use mongodb::{ClientSession, Database};

use crate::model::{EntityRef, Filter, Kind, Value};
use crate::store::{StoreError, Write};

use super::error::corrupt;
use super::filter::{bson, condition};
use super::read::Documents;

/// The most bytes of documents in one command of replacements; the server takes 16 MiB.
const MAX_BYTES: usize = 8 << 20;

/// One command.
pub(super) enum Step {
    /// New documents.
    Insert(Kind, Vec<RawDocumentBuf>),
    /// Documents in place of those with their versions.
    Replace(Kind, Vec<Replacement>),
    /// A document to take away, with the version that was read.
    Remove(EntityRef, i64),
    /// Whatever matches, to take away.
    RemoveWhere(Kind, Filter),
}

pub(super) struct Replacement {
    entity: EntityRef,
    version: i64,
    document: RawDocumentBuf,
}

/// Why a step failed.
pub(super) enum Failure {
    /// The server refused, or nobody knows; the kind that it was about.
    Command(Kind, Error),
    /// The document isn't there in this version.
    Conflict(EntityRef),
    /// One of several replacements was refused; one at a time they tell which.
    OneOfSeveral,
}

/// The steps that these writes take.
pub(super) fn steps(writes: Vec<Write>) -> Result<Vec<Step>, StoreError> {
    let mut steps: Vec<Step> = Vec::new();
    for write in writes {
        match write {
            Write::Insert { entity, document } => add_insert(&mut steps, entity.kind, raw(document)?),
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
            Write::RaiseEpoch => {}
        }
    }
    Ok(steps)
}

fn raw(document: Vec<u8>) -> Result<RawDocumentBuf, StoreError> {
    RawDocumentBuf::from_bytes(document).map_err(corrupt)
}

fn add_insert(steps: &mut Vec<Step>, kind: Kind, document: RawDocumentBuf) {
    match steps.last_mut() {
        Some(Step::Insert(of, documents)) if *of == kind => documents.push(document),
        _ => steps.push(Step::Insert(kind, vec![document])),
    }
}

fn add_replacement(steps: &mut Vec<Step>, new: Replacement) {
    match steps.last_mut() {
        Some(Step::Replace(of, several)) if *of == new.entity.kind && fits(several, &new) => several.push(new),
        _ => steps.push(Step::Replace(new.entity.kind, vec![new])),
    }
}

fn fits(several: &[Replacement], new: &Replacement) -> bool {
    let bytes = |replacement: &Replacement| replacement.document.as_bytes().len();
    several.iter().map(bytes).sum::<usize>() + bytes(new) <= MAX_BYTES
}

impl Step {
    /// Whether the server does it wholly or not at all even outside a transaction: one document.
    pub(super) fn is_atomic(&self) -> bool {
        match self {
            Step::Insert(_, documents) => documents.len() == 1,
            Step::Replace(_, several) => several.len() == 1,
            Step::Remove(..) => true,
            Step::RemoveWhere(..) => false,
        }
    }

    /// What it is about.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Step::Insert(kind, _) | Step::Replace(kind, _) | Step::RemoveWhere(kind, _) => *kind,
            Step::Remove(entity, _) => entity.kind,
        }
    }

    /// Does it; `singly`: one replacement a command.
    pub(super) async fn run(
        &self,
        database: &Database,
        mut session: Option<&mut ClientSession>,
        singly: bool,
    ) -> Result<(), Failure> {
        let documents: Documents = database.collection(self.kind().collection());
        match self {
            Step::Insert(kind, new) => insert(&documents, *kind, new, session).await,
            Step::Replace(kind, several) if several.len() > 1 && !singly => {
                replace_together(database, *kind, several, session).await
            }
            Step::Replace(_, several) => {
                for replacement in several {
                    replace(&documents, replacement, session.as_deref_mut()).await?;
                }
                Ok(())
            }
            Step::Remove(entity, version) => remove(&documents, *entity, *version, session).await,
            Step::RemoveWhere(kind, filter) => remove_where(&documents, *kind, filter, session).await,
        }
    }
}

async fn insert(
    documents: &Documents,
    kind: Kind,
    new: &[RawDocumentBuf],
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let mut insert = documents.insert_many(new);
    if let Some(session) = session {
        insert = insert.session(session);
    }
    insert.await.map(|_| ()).map_err(|error| Failure::Command(kind, error))
}

async fn replace(
    documents: &Documents,
    replacement: &Replacement,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let entity = replacement.entity;
    let mut replace = documents.replace_one(at_version(entity, replacement.version), &replacement.document);
    if let Some(session) = session {
        replace = replace.session(session);
    }
    let done = replace.await.map_err(|error| Failure::Command(entity.kind, error))?;
    found(entity, done.matched_count)
}

/// The driver has no command for several replacements that servers before MongoDB 8 know.
async fn replace_together(
    database: &Database,
    kind: Kind,
    several: &[Replacement],
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let failed = |error| Failure::Command(kind, error);
    let command = replacements(kind, several).map_err(|error| failed(error.into()))?;
    let mut update = database.run_raw_command(command);
    if let Some(session) = session {
        update = update.session(session);
    }
    let done = update.await.map_err(failed)?;
    let all = done.get_i32("n").is_ok_and(|count| count as usize == several.len());
    if all && !done.contains_key("writeErrors") {
        Ok(())
    } else {
        Err(Failure::OneOfSeveral)
    }
}

fn replacements(kind: Kind, several: &[Replacement]) -> Result<RawDocumentBuf, bson::error::Error> {
    let mut updates = RawArrayBuf::new();
    for replacement in several {
        let query = RawDocumentBuf::try_from(&at_version(replacement.entity, replacement.version))?;
        updates.push(rawdoc! { "q": query, "u": replacement.document.clone() });
    }
    Ok(rawdoc! { "update": kind.collection(), "updates": updates, "ordered": true })
}

async fn remove(
    documents: &Documents,
    entity: EntityRef,
    version: i64,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let mut remove = documents.delete_one(at_version(entity, version));
    if let Some(session) = session {
        remove = remove.session(session);
    }
    let done = remove.await.map_err(|error| Failure::Command(entity.kind, error))?;
    found(entity, done.deleted_count)
}

async fn remove_where(
    documents: &Documents,
    kind: Kind,
    filter: &Filter,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let mut remove = documents.delete_many(condition(filter));
    if let Some(session) = session {
        remove = remove.session(session);
    }
    remove.await.map(|_| ()).map_err(|error| Failure::Command(kind, error))
}

fn found(entity: EntityRef, count: u64) -> Result<(), Failure> {
    if count == 0 {
        Err(Failure::Conflict(entity))
    } else {
        Ok(())
    }
}

/// A document that has no version yet counts as version 0.
fn at_version(entity: EntityRef, version: i64) -> Document {
    let id = bson(&Value::Id(entity.id));
    match version {
        0 => doc! { "_id": id, "version": { "$in": [0_i64, Bson::Null] } },
        version => doc! { "_id": id, "version": version },
    }
}
