//! The commands of a transaction, each with a limit, which the driver's own writes don't take.

use std::time::Duration;

use bson::raw::cstr;
use bson::{Document, RawArrayBuf, RawDocumentBuf, doc, rawdoc};
use mongodb::{ClientSession, Database};

use crate::model::{EntityRef, Filter, Kind, PurgeEntry};

use super::filter::condition;
use super::step::{Failure, Replacement, Step, at_version};
use super::{epoch, purges};

/// Does a step inside the session's transaction; the server gives each command up after `limit`. `singly`: one
/// replacement a command.
pub(super) async fn run(
    step: &Step,
    database: &Database,
    session: &mut ClientSession,
    limit: Duration,
    singly: bool,
) -> Result<(), Failure> {
    let mut commands = Commands {
        database,
        session,
        limit,
        kind: step.kind(),
    };
    match step {
        Step::RaiseEpoch => commands.raise_epoch().await,
        Step::Insert(kind, new) => commands.insert(*kind, new).await,
        Step::Replace(kind, several) if several.len() > 1 && !singly => commands.replace_together(*kind, several).await,
        Step::Replace(kind, several) => {
            for replacement in several {
                commands.replace(*kind, replacement).await?;
            }
            Ok(())
        }
        Step::Remove(entity, version) => commands.remove(*entity, *version).await,
        Step::RemoveWhere(kind, filter) => commands.remove_where(*kind, filter).await,
        Step::Purge(entry) => commands.purge(entry).await,
    }
}

struct Commands<'a> {
    database: &'a Database,
    session: &'a mut ClientSession,
    limit: Duration,
    kind: Option<Kind>,
}

impl Commands<'_> {
    async fn raise_epoch(&mut self) -> Result<(), Failure> {
        let update = self.raw(&doc! { "$inc": { epoch::VALUE: 1_i64 } })?;
        let updates = list([rawdoc! { "q": { "_id": epoch::EPOCH }, "u": update, "upsert": true }]);
        let command = rawdoc! { "update": epoch::COLLECTION, "updates": updates };
        self.send(command).await.map(drop)
    }

    async fn insert(&mut self, kind: Kind, new: &[RawDocumentBuf]) -> Result<(), Failure> {
        let documents = list(new.iter().cloned());
        let command = rawdoc! { "insert": kind.collection(), "documents": documents, "ordered": true };
        self.send(command).await.map(drop)
    }

    async fn replace(&mut self, kind: Kind, replacement: &Replacement) -> Result<(), Failure> {
        let updates = list([self.replacement(replacement)?]);
        let count = self
            .send(rawdoc! { "update": kind.collection(), "updates": updates })
            .await?;
        found(replacement.entity, count)
    }

    async fn replace_together(&mut self, kind: Kind, several: &[Replacement]) -> Result<(), Failure> {
        let updates: Result<Vec<_>, Failure> = several.iter().map(|one| self.replacement(one)).collect();
        let command = rawdoc! { "update": kind.collection(), "updates": list(updates?), "ordered": true };
        match self.send(command).await {
            Ok(count) if count == several.len() => Ok(()),
            Ok(_) | Err(Failure::Refused(..)) => Err(Failure::OneOfSeveral),
            failed => failed.map(drop),
        }
    }

    fn replacement(&self, replacement: &Replacement) -> Result<RawDocumentBuf, Failure> {
        let query = self.raw(&at_version(replacement.entity, replacement.version))?;
        Ok(rawdoc! { "q": query, "u": replacement.document.clone() })
    }

    async fn remove(&mut self, entity: EntityRef, version: i64) -> Result<(), Failure> {
        let query = self.raw(&at_version(entity, version))?;
        let deletes = list([rawdoc! { "q": query, "limit": 1 }]);
        let count = self
            .send(rawdoc! { "delete": entity.kind.collection(), "deletes": deletes })
            .await?;
        found(entity, count)
    }

    async fn remove_where(&mut self, kind: Kind, filter: &Filter) -> Result<(), Failure> {
        let query = self.raw(&condition(filter))?;
        let deletes = list([rawdoc! { "q": query, "limit": 0 }]);
        let command = rawdoc! { "delete": kind.collection(), "deletes": deletes };
        self.send(command).await.map(drop)
    }

    async fn purge(&mut self, entry: &PurgeEntry) -> Result<(), Failure> {
        let (query, new) = (self.raw(&purges::by_id(entry.id))?, self.raw(&purges::new(entry))?);
        let updates = list([rawdoc! { "q": query, "u": list([rawdoc! { "$set": new }]), "upsert": true }]);
        let command = rawdoc! { "update": purges::COLLECTION, "updates": updates };
        self.send(command).await.map(drop)
    }

    fn raw(&self, document: &Document) -> Result<RawDocumentBuf, Failure> {
        RawDocumentBuf::try_from(document).map_err(|error| Failure::Command(self.kind, error.into()))
    }

    /// Sends it; returns how many documents it was about.
    async fn send(&mut self, mut command: RawDocumentBuf) -> Result<usize, Failure> {
        let kind = self.kind;
        command.append(cstr!("maxTimeMS"), milliseconds(self.limit));
        let sent = self.database.run_raw_command(command).session(&mut *self.session).await;
        let answer = sent.map_err(|error| Failure::Command(kind, error))?;
        let refused = answer.get_array("writeErrors").ok().and_then(|errors| errors.first());
        if let Some(refused) = refused.and_then(bson::Bson::as_document) {
            let message = refused.get_str("errmsg").unwrap_or_default().to_owned();
            return Err(Failure::Refused(
                kind,
                refused.get_i32("code").unwrap_or_default(),
                message,
            ));
        }
        Ok(answer
            .get_i32("n")
            .map_or(0, |count| usize::try_from(count).unwrap_or_default()))
    }
}

fn milliseconds(limit: Duration) -> i64 {
    i64::try_from(limit.as_millis())
        .unwrap_or(i64::MAX)
        .clamp(1, i64::from(i32::MAX))
}

fn list(documents: impl IntoIterator<Item = RawDocumentBuf>) -> RawArrayBuf {
    let mut list = RawArrayBuf::new();
    for document in documents {
        list.push(document);
    }
    list
}

fn found(entity: EntityRef, count: usize) -> Result<(), Failure> {
    if count == 0 {
        Err(Failure::Conflict(entity))
    } else {
        Ok(())
    }
}
