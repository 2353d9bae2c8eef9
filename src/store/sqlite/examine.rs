//! What whoever looks after the database file should know of it: whether it is whole, and has its indexes.

use rusqlite::Connection;

use crate::model::Finding;
use crate::store::StoreError;

use super::error::failed;
use super::schema::missing_indexes;

const PART: &str = "store";
/// The largest file that is read through: a gigabyte takes a few seconds.
const MOST_CHECKED: u64 = 1 << 30;

/// The findings on the file of this connection.
pub fn file(connection: &Connection) -> Result<Vec<Finding>, StoreError> {
    let bytes = size(connection)?;
    let mut findings = vec![if bytes > MOST_CHECKED {
        Finding::ok(
            PART,
            format!("SQLite, {} MB, too large to be read through here", bytes >> 20),
        )
    } else {
        whole(connection, bytes)?
    }];
    let missing = missing_indexes(connection)?;
    findings.push(match missing.as_slice() {
        [] => Finding::ok(PART, "all indexes are there"),
        [first, ..] => Finding::warning(
            PART,
            format!("{} indexes are missing, {first} among them", missing.len()),
            "kanvaro index ensure creates them, and so does the next start of the server unless ensure_indexes is false",
        ),
    });
    Ok(findings)
}

/// The finding of a file that can't be read.
pub fn unusable(error: &StoreError) -> Finding {
    Finding::wrong(
        PART,
        error.to_string(),
        "restore the file from a backup, or free space on its disk",
    )
}

fn whole(connection: &Connection, bytes: u64) -> Result<Finding, StoreError> {
    let said: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    Ok(match said.as_str() {
        "ok" => Finding::ok(PART, format!("SQLite, {} KB, whole", bytes >> 10)),
        _ => Finding::wrong(
            PART,
            format!("the database file is damaged: {said}"),
            "stop the server and restore the file from a backup; kanvaro export may still read what is whole",
        ),
    })
}

fn size(connection: &Connection) -> Result<u64, StoreError> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, u64>(0));
    Ok(number("page_count").map_err(failed)? * number("page_size").map_err(failed)?)
}
