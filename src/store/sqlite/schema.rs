//! How a connection is set up, and the tables and indexes there are.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::model::{Direction, Filter, Index, Kind};
use crate::store::StoreError;

use super::OpenError;
use super::error::{failed, refused};
use super::link::{LinkTable, Parsed};
use super::purges;
use super::statement::{Statement, document_with_id};
use super::value::{blob, column};

/// The layout that this release writes, in the file's `user_version`.
const LAYOUT: i32 = 1;

/// A connection to the file. FULL: a commit is on the disk before it returns; in WAL mode NORMAL would lose the last
/// commits with the power.
pub fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16000;",
    )?;
    Ok(connection)
}

/// The writing connection, with the tables made that are missing. Its cache holds what a unit of work of a thousand
/// documents touches, and the log grows to 16 MB before it is written back: a page that changes often is written once.
pub fn open(path: &Path) -> Result<Connection, OpenError> {
    let engine = |source: StoreError| OpenError::Engine {
        path: path.to_owned(),
        source,
    };
    let mut connection = connect(path).map_err(failed).map_err(engine)?;
    let layout = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
    let found = layout.map_err(failed).map_err(engine)?;
    if found > LAYOUT {
        let (path, known) = (path.to_owned(), LAYOUT);
        return Err(OpenError::Newer { path, found, known });
    }
    let settings =
        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
    run(&connection, settings).map_err(engine)?;
    create_tables(&mut connection).map_err(engine)?;
    Ok(connection)
}

/// A table for each kind, one for each array field that filters look into, the queue of purges, and the counters.
fn create_tables(connection: &mut Connection) -> Result<(), StoreError> {
    let present = names(connection, "table")?;
    let missing = |name: &str| !present.contains(name);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Deferred)
        .map_err(failed)?;
    for kind in Kind::ALL {
        let name = kind.collection();
        if missing(name) {
            let columns = "id BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL";
            run(&transaction, &format!("CREATE TABLE {name} ({columns})"))?;
        }
        for table in LinkTable::of(*kind).filter(|table| missing(&table.name())) {
            run(&transaction, &table.definition())?;
            fill(&transaction, *kind, table)?;
        }
    }
    if missing(purges::TABLE) {
        let (table, columns) = (purges::TABLE, purges::COLUMNS);
        run(&transaction, &format!("CREATE TABLE {table} ({columns})"))?;
    }
    if missing("counters") {
        let columns = "name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL";
        run(
            &transaction,
            &format!("CREATE TABLE counters ({columns}) WITHOUT ROWID"),
        )?;
        run(&transaction, &format!("PRAGMA user_version = {LAYOUT}"))?;
    }
    transaction.commit().map_err(failed)
}

/// Links the documents that were there before the link table was.
fn fill(connection: &Connection, kind: Kind, table: LinkTable) -> Result<(), StoreError> {
    let documents = Statement::documents(kind, &Filter::everything())?;
    for (id, document) in documents.rows(connection, document_with_id)? {
        table.update(connection, &blob(id), None, Some(&Parsed::new(&document)?))?;
    }
    Ok(())
}

/// Creates the indexes of the register that are missing; returns how many there were.
pub fn ensure_indexes(connection: &Connection) -> Result<u32, StoreError> {
    let present = names(connection, "index")?;
    let mut created = 0;
    for kind in Kind::ALL {
        for index in kind.indexes().iter().filter(|index| !is_linked(*kind, index)) {
            let name = format!("{}.{}", kind.collection(), index.name());
            if !present.contains(&name) {
                let create = connection.execute_batch(&definition(*kind, index, &name));
                create.map_err(|error| refused(*kind, error))?;
                created += 1;
            }
        }
    }
    Ok(created)
}

/// The indexes of the register that are missing.
pub fn missing_indexes(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let present = names(connection, "index")?;
    let all = Kind::ALL.iter().flat_map(|kind| {
        let own = kind.indexes().iter().filter(|index| !is_linked(*kind, index));
        own.map(|index| format!("{}.{}", kind.collection(), index.name()))
    });
    Ok(all.filter(|name| !present.contains(name)).collect())
}

/// Whether a link table stands for the index.
fn is_linked(kind: Kind, index: &Index) -> bool {
    index.keys.iter().any(|(field, _)| kind.links().contains(field))
}

fn definition(kind: Kind, index: &Index, name: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let keys = index.keys.iter().map(|(field, direction)| match direction {
        Direction::Ascending => column(field),
        Direction::Descending => format!("{} DESC", column(field)),
    });
    let keys: Vec<String> = keys.collect();
    let (table, keys) = (kind.collection(), keys.join(", "));
    format!("CREATE {unique}INDEX \"{name}\" ON {table} ({keys})")
}

fn names(connection: &Connection, of: &str) -> Result<HashSet<String>, StoreError> {
    let mut prepared = connection
        .prepare_cached("SELECT name FROM sqlite_schema WHERE type = ?1")
        .map_err(failed)?;
    let names = prepared.query_map([of], |row| row.get(0)).map_err(failed)?;
    names.collect::<Result<_, _>>().map_err(failed)
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.execute_batch(sql).map_err(failed)
}
