//! The link tables: a row for each value of an array field that filters look into (`Kind::links`), written in the
//! transaction of its document. What a document's rows are follows from the document, so an old image names the
//! rows to take away and no index by document is needed.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::{ToSqlOutput, Value as Sql};
use rusqlite::{Connection, ToSql};
use serde_json::value::RawValue;

use crate::model::{Field, Id, Index, Kind};
use crate::store::StoreError;

use super::error::{corrupt, failed};
use super::value::blob;

/// The link table of one array field.
#[derive(Clone, Copy)]
pub struct LinkTable {
    kind: Kind,
    /// The array field.
    pub field: Field,
}

impl LinkTable {
    /// Those of a kind.
    pub fn of(kind: Kind) -> impl Iterator<Item = LinkTable> {
        kind.links().iter().map(move |field| LinkTable { kind, field })
    }

    /// That of an array field; `Corrupt` when it isn't among the kind's `links`.
    pub fn find(kind: Kind, field: Field) -> Result<LinkTable, StoreError> {
        LinkTable::of(kind)
            .find(|table| table.field == field)
            .ok_or_else(|| corrupt(format!("{} has no links of {field}", kind.collection())))
    }

    /// Its name in the database.
    pub fn name(&self) -> String {
        format!("{}_{}", self.kind.collection(), self.field)
    }

    /// Whether its rows stand by organisation: when the register has an index of the organisation and this field.
    pub fn by_organization(&self) -> bool {
        let keys = |index: &Index| match index.keys {
            [("organization", _), (field, _), ..] => *field == self.field,
            _ => false,
        };
        self.kind.indexes().iter().any(keys)
    }

    /// The statement that creates it: the key is the index.
    pub fn definition(&self) -> String {
        let (name, columns) = (self.name(), self.columns());
        format!("CREATE TABLE {name} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID")
    }

    fn columns(&self) -> &'static str {
        if self.by_organization() {
            "organization, value, id"
        } else {
            "value, id"
        }
    }

    /// Brings the rows of a document from its old image to its new one; the document keeps its organisation.
    pub fn update(
        &self,
        connection: &Connection,
        id: &Sql,
        old: Option<&Parsed<'_>>,
        new: Option<&Parsed<'_>>,
    ) -> Result<(), StoreError> {
        let values = |image: Option<&Parsed<'_>>| image.map_or(Ok(BTreeSet::new()), |image| image.links(self.field));
        let (before, after) = (values(old)?, values(new)?);
        let organization = old.or(new).and_then(Parsed::organization).map(blob);
        let (name, scoped) = (self.name(), self.by_organization());
        let (gone, come) = match scoped {
            true => ("organization = ?3 AND value = ?1 AND id = ?2", "?3, ?1, ?2"),
            false => ("value = ?1 AND id = ?2", "?1, ?2"),
        };
        let gone = format!("DELETE FROM {name} WHERE {gone}");
        let come = format!("INSERT INTO {name} ({}) VALUES ({come})", self.columns());
        let run = |sql: &str, values: Vec<&Linked>| {
            let mut prepared = connection.prepare_cached(sql)?;
            values.into_iter().try_for_each(|value| {
                let bound: &[&dyn ToSql] = match &organization {
                    Some(organization) if scoped => &[value, id, organization],
                    _ => &[value, id],
                };
                prepared.execute(bound).map(drop)
            })
        };
        run(&gone, before.difference(&after).collect()).map_err(failed)?;
        run(&come, after.difference(&before).collect()).map_err(failed)
    }
}

/// One value of an array, as the link tables hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Linked {
    Int(i64),
    Text(String),
}

impl ToSql for Linked {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Linked::Int(number) => number.to_sql(),
            Linked::Text(text) => text.to_sql(),
        }
    }
}

/// What the engine itself reads of a document.
pub struct Parsed<'d> {
    fields: BTreeMap<String, &'d RawValue>,
}

impl<'d> Parsed<'d> {
    /// Reads the outermost fields.
    pub fn new(document: &'d [u8]) -> Result<Parsed<'d>, StoreError> {
        let fields = serde_json::from_slice(document).map_err(corrupt)?;
        Ok(Parsed { fields })
    }

    /// Its version; without one, 0.
    pub fn version(&self) -> Result<i64, StoreError> {
        let raw = self.fields.get("version").map_or("0", |raw| raw.get());
        serde_json::from_str(raw).map_err(corrupt)
    }

    fn organization(&self) -> Option<Id> {
        let raw = self.fields.get("organization")?;
        raw.get().trim_matches('"').parse().ok()
    }

    fn links(&self, field: Field) -> Result<BTreeSet<Linked>, StoreError> {
        let raw = self.fields.get(field).map_or("null", |raw| raw.get());
        let values: Option<Vec<serde_json::Value>> = serde_json::from_str(raw).map_err(corrupt)?;
        Ok(values.unwrap_or_default().into_iter().filter_map(linked).collect())
    }
}

fn linked(value: serde_json::Value) -> Option<Linked> {
    match value {
        serde_json::Value::String(text) => Some(Linked::Text(text)),
        serde_json::Value::Bool(yes) => Some(Linked::Int(yes.into())),
        serde_json::Value::Number(number) => number.as_i64().map(Linked::Int),
        _ => None,
    }
}

/// Brings all rows of a document from its old image to its new one.
pub fn relink(
    connection: &Connection,
    kind: Kind,
    id: &Sql,
    old: Option<&Parsed<'_>>,
    new: Option<&Parsed<'_>>,
) -> Result<(), StoreError> {
    LinkTable::of(kind).try_for_each(|table| table.update(connection, id, old, new))
}
