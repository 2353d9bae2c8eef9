//! One write, inside the transaction of its unit of work: the document, its version and its links.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::{EntityRef, Filter, Kind, Timestamp, Value};
use crate::store::{Document, StoreError, Write};

use super::error::{corrupt, failed, refused};
use super::link::{Parsed, relink};
use super::purges;
use super::statement::{Statement, document_with_id};
use super::value::blob;

/// Does it; whoever fails rolls the transaction back.
pub fn apply(connection: &Connection, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Insert { entity, document } => insert(connection, *entity, document),
        Write::Replace {
            entity,
            version,
            document,
        } => replace(connection, *entity, *version, document),
        Write::Remove { entity, version } => {
            let old = read(connection, *entity, *version)?;
            remove(connection, entity.kind, &blob(entity.id), &old)
        }
        Write::RemoveWhere { kind, filter } => remove_where(connection, *kind, filter).map(drop),
        Write::RaiseEpoch => reserve(connection, EPOCH, 1).map(drop),
        Write::Purge(entry) => purges::insert(connection, entry),
    }
}

/// The counter of the cache's epochs.
pub const EPOCH: &str = "cache-epoch";

/// The epoch of the cache.
pub fn epoch(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT value FROM counters WHERE name = ?1";
    let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
    let value = prepared.query_row([EPOCH], |row| row.get::<_, i64>(0));
    let value = value.optional().map_err(failed)?.unwrap_or_default();
    u64::try_from(value).map_err(corrupt)
}

/// Takes away what matches, with its links; returns how many there were.
pub fn remove_where(connection: &Connection, kind: Kind, filter: &Filter) -> Result<u64, StoreError> {
    let found = Statement::documents(kind, filter)?.rows(connection, document_with_id)?;
    for (id, document) in &found {
        remove(connection, kind, &blob(*id), document)?;
    }
    Ok(found.len() as u64)
}

/// Takes away what has expired; returns how much.
pub fn sweep(connection: &Connection, now: Timestamp) -> Result<u64, StoreError> {
    let mut swept = 0;
    for kind in Kind::ALL {
        for index in kind.indexes().iter().filter(|index| index.expires) {
            let (field, _) = index.keys[0];
            swept += remove_where(connection, *kind, &Filter::Lte(field, Value::Time(now)))?;
        }
    }
    Ok(swept)
}

/// Takes the next numbers of a counter; returns the first.
pub fn reserve(connection: &Connection, counter: &str, count: u32) -> Result<i64, StoreError> {
    let sql = "INSERT INTO counters (name, value) VALUES (?1, ?2) \
               ON CONFLICT (name) DO UPDATE SET value = value + ?2 RETURNING value";
    let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
    let last: i64 = prepared
        .query_row(params![counter, count], |row| row.get(0))
        .map_err(failed)?;
    Ok(last - i64::from(count) + 1)
}

fn insert(connection: &Connection, entity: EntityRef, document: &[u8]) -> Result<(), StoreError> {
    let (kind, id, new) = (entity.kind, blob(entity.id), Parsed::new(document)?);
    let table = kind.collection();
    let sql = format!("INSERT INTO {table} (id, version, doc) VALUES (?1, ?2, ?3)");
    change(connection, kind, &sql, &id, &new, document)?;
    relink(connection, kind, &id, None, Some(&new))
}

fn replace(connection: &Connection, entity: EntityRef, version: i64, document: &[u8]) -> Result<(), StoreError> {
    let old = read(connection, entity, version)?;
    let (kind, id, new) = (entity.kind, blob(entity.id), Parsed::new(document)?);
    let sql = format!("UPDATE {} SET version = ?2, doc = ?3 WHERE id = ?1", kind.collection());
    change(connection, kind, &sql, &id, &new, document)?;
    relink(connection, kind, &id, Some(&Parsed::new(&old)?), Some(&new))
}

fn change(
    connection: &Connection,
    kind: Kind,
    sql: &str,
    id: &Sql,
    new: &Parsed<'_>,
    document: &[u8],
) -> Result<(), StoreError> {
    let (version, text) = (new.version()?, std::str::from_utf8(document).map_err(corrupt)?);
    let mut prepared = connection.prepare_cached(sql).map_err(failed)?;
    prepared
        .execute(params![id, version, text])
        .map_err(|error| refused(kind, error))?;
    Ok(())
}

fn remove(connection: &Connection, kind: Kind, id: &Sql, old: &[u8]) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM {} WHERE id = ?1", kind.collection());
    let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
    prepared.execute([id]).map_err(failed)?;
    relink(connection, kind, id, Some(&Parsed::new(old)?), None)
}

/// The document as it is, if it has this version. There is one writer, so it stays so until the transaction ends.
fn read(connection: &Connection, entity: EntityRef, version: i64) -> Result<Document, StoreError> {
    let sql = format!(
        "SELECT doc FROM {} WHERE id = ?1 AND version = ?2",
        entity.kind.collection()
    );
    let mut prepared = connection.prepare_cached(&sql).map_err(failed)?;
    let found = prepared.query_row(params![blob(entity.id), version], |row| row.get::<_, String>(0));
    match found.optional().map_err(failed)? {
        Some(text) => Ok(text.into_bytes()),
        None => Err(StoreError::Conflict(entity)),
    }
}
