//! The way of what was read into the store: what is there already stays as it is.

use std::collections::HashSet;

use anyhow::Result;
use serde_json::Value;

use super::report::Report;
use crate::model::{AnyEntity, Change, Comment, Id, Kind, Organization, Project, Task, User};
use crate::store::{Store, StoreError};

/// How many documents are one unit of work.
const CHUNK: usize = 500;

/// Which of these are in the store.
pub async fn present(store: &Store, kind: Kind, ids: &[Id]) -> Result<HashSet<Id>> {
    let mut present = HashSet::new();
    for ids in ids.chunks(CHUNK) {
        let found = store.get_many(kind, ids).await?;
        present.extend(found.iter().map(|entity| entity.reference().id));
    }
    Ok(present)
}

/// Writes these, which aren't there; what is refused is told and keeps no other from being written.
pub async fn insert(store: &Store, kind: Kind, documents: Vec<Value>, report: &mut Report) -> Result<()> {
    let mut entities = Vec::new();
    for document in documents {
        match read(kind, document) {
            Ok(entity) => entities.push(entity),
            Err(error) => report.refuse(kind, None, format!("it makes no {}: {error}", kind.name())),
        }
    }
    for chunk in entities.chunks(CHUNK) {
        let changes = chunk.iter().cloned().map(Change::Insert).collect();
        match store.write(changes).await {
            Ok(()) => report.imported(kind, chunk.len()),
            Err(StoreError::Duplicate { .. }) => one_by_one(store, kind, chunk, report).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn one_by_one(store: &Store, kind: Kind, chunk: &[AnyEntity], report: &mut Report) -> Result<()> {
    for entity in chunk {
        match store.write(vec![Change::Insert(entity.clone())]).await {
            Ok(()) => report.imported(kind, 1),
            Err(StoreError::Duplicate { index, .. }) => {
                let why = format!("another document has the same {index}");
                report.refuse(kind, Some(entity.reference().id), why);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The entity of a document in our form, with what is derived from it.
fn read(kind: Kind, document: Value) -> Result<AnyEntity, serde_json::Error> {
    Ok(match kind {
        Kind::User => {
            let mut user: User = serde_json::from_value(document)?;
            user.refresh();
            user.into()
        }
        Kind::Project => {
            let mut project: Project = serde_json::from_value(document)?;
            project.refresh();
            project.into()
        }
        Kind::Task => {
            let mut task: Task = serde_json::from_value(document)?;
            task.refresh();
            task.into()
        }
        Kind::Comment => {
            let mut comment: Comment = serde_json::from_value(document)?;
            comment.refresh();
            comment.into()
        }
        Kind::Organization => serde_json::from_value::<Organization>(document)?.into(),
        other => AnyEntity::deserialize(other, document)?,
    })
}
