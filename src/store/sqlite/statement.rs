//! The statements that read, each with what is bound in it.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params_from_iter};

use crate::model::{Direction, Field, Filter, Id, Kind, Query, Value};
use crate::store::{Document, StoreError};

use super::error::failed;
use super::filter::Condition;
use super::value::{blob, column, id, read};

/// A statement and its bound values.
pub struct Statement {
    sql: String,
    binds: Vec<Sql>,
}

impl Statement {
    /// The page of a query.
    pub fn page(kind: Kind, query: &Query) -> Result<Statement, StoreError> {
        let mut condition = Condition::new(kind, &query.bounded())?;
        let way = match query.sort.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        let order = match query.sort.field {
            "_id" => format!("id {way}"),
            field => format!("{} {way}, id {way}", column(field)),
        };
        let (table, filter) = (kind.collection(), &condition.sql);
        let sql = format!("SELECT doc FROM {table} WHERE {filter} ORDER BY {order} LIMIT ? OFFSET ?");
        condition.binds.extend([query.limit, query.skip].map(Sql::from));
        Ok(Statement {
            sql,
            binds: condition.binds,
        })
    }

    /// The documents that match.
    pub fn documents(kind: Kind, filter: &Filter) -> Result<Statement, StoreError> {
        Statement::select("id, doc", kind, filter, "")
    }

    /// The ids of at most `limit` that match.
    pub fn ids(kind: Kind, filter: &Filter, limit: u32) -> Result<Statement, StoreError> {
        let mut statement = Statement::select("id", kind, filter, " LIMIT ?")?;
        statement.binds.push(limit.into());
        Ok(statement)
    }

    /// How many match.
    pub fn count(kind: Kind, filter: &Filter) -> Result<Statement, StoreError> {
        Statement::select("count(*)", kind, filter, "")
    }

    /// How many match for each combination of the fields' values.
    pub fn count_by(kind: Kind, filter: &Filter, fields: &[Field]) -> Result<Statement, StoreError> {
        let columns: Vec<String> = fields.iter().map(|field| column(field)).collect();
        let columns = columns.join(", ");
        Statement::select(
            &format!("{columns}, count(*)"),
            kind,
            filter,
            &format!(" GROUP BY {columns}"),
        )
    }

    /// The document with this id.
    pub fn get(kind: Kind, id: Id) -> Statement {
        Statement {
            sql: format!("SELECT doc FROM {} WHERE id = ?", kind.collection()),
            binds: vec![blob(id)],
        }
    }

    fn select(what: &str, kind: Kind, filter: &Filter, rest: &str) -> Result<Statement, StoreError> {
        let Condition { sql, binds } = Condition::new(kind, filter)?;
        let sql = format!("SELECT {what} FROM {} WHERE {sql}{rest}", kind.collection());
        Ok(Statement { sql, binds })
    }

    /// The statement that tells how this one would be executed.
    pub fn explain(mut self) -> Statement {
        self.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        self
    }

    /// Executes it; each row is read by `read`.
    pub fn rows<T>(
        &self,
        connection: &Connection,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut prepared = connection.prepare_cached(&self.sql).map_err(failed)?;
        let mut rows = prepared.query(params_from_iter(&self.binds)).map_err(failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

/// A row of `page` or `get`.
pub fn document(row: &Row<'_>) -> Result<Document, StoreError> {
    bytes(row, 0)
}

/// A row of `documents`.
pub fn document_with_id(row: &Row<'_>) -> Result<(Id, Document), StoreError> {
    Ok((id(&bytes(row, 0)?)?, bytes(row, 1)?))
}

/// A row of `ids`.
pub fn found_id(row: &Row<'_>) -> Result<Id, StoreError> {
    id(&bytes(row, 0)?)
}

/// The number in this column.
pub fn number(row: &Row<'_>, at: usize) -> Result<u64, StoreError> {
    row.get(at).map_err(failed)
}

/// A row of `count_by`.
pub fn group(row: &Row<'_>, fields: &[Field]) -> Result<(Vec<Value>, u64), StoreError> {
    let value = |(at, field): (usize, &Field)| read(field, row.get_ref(at).map_err(failed)?);
    let values = fields.iter().enumerate().map(value).collect::<Result<_, _>>()?;
    Ok((values, number(row, fields.len())?))
}

fn bytes(row: &Row<'_>, at: usize) -> Result<Vec<u8>, StoreError> {
    let value = row.get_ref(at).map_err(failed)?;
    value.as_bytes().map(<[u8]>::to_vec).map_err(super::error::corrupt)
}
