//! A unit of work: one command where one will do, else one transaction.

use std::time::Duration;

use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use mongodb::{Client, ClientSession, Database};

use crate::model::{EntityRef, Filter, Kind, Value};
use crate::store::{StoreError, Write};

use super::error::{corrupt, write_error};
use super::filter::{bson, condition};
use super::read::Documents;

/// How often a transaction is begun anew that others got in the way of.
const ATTEMPTS: u32 = 30;
/// How often the server is asked to commit before the outcome counts as unknown.
const COMMITS: u32 = 5;

/// One command of a unit of work.
enum Step {
    Insert {
        kind: Kind,
        documents: Vec<RawDocumentBuf>,
    },
    Replace {
        entity: EntityRef,
        version: i64,
        document: RawDocumentBuf,
    },
    Remove {
        entity: EntityRef,
        version: i64,
    },
    RemoveWhere {
        kind: Kind,
        filter: Filter,
    },
}

enum Failure {
    /// A command failed; the kind that it was about.
    Command(Kind, Error),
    /// A command found nothing to change.
    Conflict(EntityRef),
}

/// Does all of it or nothing.
pub(super) async fn write(client: &Client, database: &Database, writes: Vec<Write>) -> Result<(), StoreError> {
    let steps = steps(writes)?;
    let Some(first) = steps.first() else {
        return Ok(());
    };
    let done = if steps.len() == 1 && first.is_atomic() {
        first.run(database, None).await
    } else {
        transact(client, database, &steps).await
    };
    done.map_err(|failure| match failure {
        Failure::Command(kind, error) => write_error(&error, kind),
        Failure::Conflict(entity) => StoreError::Conflict(entity),
    })
}

/// Inserts of one kind that follow each other become one step.
fn steps(writes: Vec<Write>) -> Result<Vec<Step>, StoreError> {
    let mut steps: Vec<Step> = Vec::new();
    for write in writes {
        match (write, steps.last_mut()) {
            (Write::Insert { entity, document }, Some(Step::Insert { kind, documents })) if *kind == entity.kind => {
                documents.push(raw(document)?);
            }
            (Write::Insert { entity, document }, _) => steps.push(Step::Insert {
                kind: entity.kind,
                documents: vec![raw(document)?],
            }),
            (
                Write::Replace {
                    entity,
                    version,
                    document,
                },
                _,
            ) => steps.push(Step::Replace {
                entity,
                version,
                document: raw(document)?,
            }),
            (Write::Remove { entity, version }, _) => steps.push(Step::Remove { entity, version }),
            (Write::RemoveWhere { kind, filter }, _) => steps.push(Step::RemoveWhere { kind, filter }),
        }
    }
    Ok(steps)
}

fn raw(document: Vec<u8>) -> Result<RawDocumentBuf, StoreError> {
    RawDocumentBuf::from_bytes(document).map_err(corrupt)
}

impl Step {
    /// Whether the server does it wholly or not at all even outside a transaction: one document.
    fn is_atomic(&self) -> bool {
        match self {
            Step::Insert { documents, .. } => documents.len() == 1,
            Step::Replace { .. } | Step::Remove { .. } => true,
            Step::RemoveWhere { .. } => false,
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Step::Insert { kind, .. } | Step::RemoveWhere { kind, .. } => *kind,
            Step::Replace { entity, .. } | Step::Remove { entity, .. } => entity.kind,
        }
    }

    async fn run(&self, database: &Database, session: Option<&mut ClientSession>) -> Result<(), Failure> {
        match self {
            Step::Insert { kind, documents } => insert(database, *kind, documents, session).await,
            Step::Replace {
                entity,
                version,
                document,
            } => replace(database, *entity, *version, document, session).await,
            Step::Remove { entity, version } => remove(database, *entity, *version, session).await,
            Step::RemoveWhere { kind, filter } => remove_where(database, *kind, filter, session).await,
        }
    }
}

async fn insert(
    database: &Database,
    kind: Kind,
    documents: &[RawDocumentBuf],
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let collection = collection(database, kind);
    let mut insert = collection.insert_many(documents);
    if let Some(session) = session {
        insert = insert.session(session);
    }
    insert.await.map(|_| ()).map_err(|error| Failure::Command(kind, error))
}

async fn replace(
    database: &Database,
    entity: EntityRef,
    version: i64,
    document: &RawDocumentBuf,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let collection = collection(database, entity.kind);
    let mut replace = collection.replace_one(at_version(entity, version), document);
    if let Some(session) = session {
        replace = replace.session(session);
    }
    let done = replace.await.map_err(|error| Failure::Command(entity.kind, error))?;
    found(entity, done.matched_count)
}

async fn remove(
    database: &Database,
    entity: EntityRef,
    version: i64,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let collection = collection(database, entity.kind);
    let mut remove = collection.delete_one(at_version(entity, version));
    if let Some(session) = session {
        remove = remove.session(session);
    }
    let done = remove.await.map_err(|error| Failure::Command(entity.kind, error))?;
    found(entity, done.deleted_count)
}

async fn remove_where(
    database: &Database,
    kind: Kind,
    filter: &Filter,
    session: Option<&mut ClientSession>,
) -> Result<(), Failure> {
    let collection = collection(database, kind);
    let mut remove = collection.delete_many(condition(filter));
    if let Some(session) = session {
        remove = remove.session(session);
    }
    remove.await.map(|_| ()).map_err(|error| Failure::Command(kind, error))
}

fn collection(database: &Database, kind: Kind) -> Documents {
    database.collection(kind.collection())
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

async fn transact(client: &Client, database: &Database, steps: &[Step]) -> Result<(), Failure> {
    let mut attempt = 1;
    loop {
        match attempt_once(client, database, steps).await {
            Err(Failure::Command(_, error))
                if attempt < ATTEMPTS && error.contains_label(TRANSIENT_TRANSACTION_ERROR) =>
            {
                pause(attempt).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

async fn attempt_once(client: &Client, database: &Database, steps: &[Step]) -> Result<(), Failure> {
    let kind = steps.first().map_or(Kind::ALL[0], Step::kind);
    let failed = |error| Failure::Command(kind, error);
    let mut session = client.start_session().await.map_err(failed)?;
    let begin = session.start_transaction().read_concern(ReadConcern::snapshot());
    begin.await.map_err(failed)?;
    for step in steps {
        if let Err(failure) = step.run(database, Some(&mut session)).await {
            // The server aborts by itself what it can't be told to abort.
            let _ = session.abort_transaction().await;
            return Err(failure);
        }
    }
    commit(&mut session).await.map_err(failed)
}

/// A commit may be repeated: the server does it once.
async fn commit(session: &mut ClientSession) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match session.commit_transaction().await {
            Err(error) if attempt < COMMITS && error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => {
                pause(attempt).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

/// Longer each time and never the same, so that those who collided don't collide again.
async fn pause(attempt: u32) {
    let bound = 2_u64.saturating_pow(attempt.min(6));
    tokio::time::sleep(Duration::from_millis(rand::random_range(1..=bound))).await;
}
