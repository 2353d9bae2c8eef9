//! Filters to SQL conditions. Values are bound, never spliced; fields are names of our own.

use rusqlite::types::Value as Sql;

use crate::model::{Field, Filter, Id, Kind, Value};
use crate::store::StoreError;

use super::link::LinkTable;
use super::value::{bind, blob, column};

/// The most values of an `In` that are bound one by one; more go as one JSON array.
const MAX_BOUND: usize = 1_024;

/// The condition of a WHERE clause and what is bound in it.
#[derive(Default)]
pub struct Condition {
    /// The SQL text, with a `?` for each bound value.
    pub sql: String,
    /// The bound values, in their order.
    pub binds: Vec<Sql>,
}

impl Condition {
    /// The condition that a filter puts on documents of `kind`.
    pub fn new(kind: Kind, filter: &Filter) -> Result<Condition, StoreError> {
        let mut condition = Condition::default();
        condition.add(kind, filter, None)?;
        Ok(condition)
    }

    /// `within`: the organisation that the surroundings already ask for; links are looked up inside it.
    fn add(&mut self, kind: Kind, filter: &Filter, within: Option<Id>) -> Result<(), StoreError> {
        match filter {
            Filter::All(parts) => {
                let narrowed = parts.iter().any(narrows);
                let asked = parts.iter().find_map(organization);
                self.join(" AND ", "1", parts, |condition, part| {
                    if narrowed && organization(part).is_some() {
                        condition.sql.push('+');
                    }
                    condition.add(kind, part, asked.or(within))
                })
            }
            Filter::Any(parts) => self.join(" OR ", "0", parts, |condition, part| condition.add(kind, part, within)),
            Filter::Eq(field, Value::Null) => {
                self.sql.push_str(&format!("{} IS NULL", column(field)));
                Ok(())
            }
            Filter::Eq(field, value) => self.compare(field, "=", value),
            Filter::In(field, values) => self.one_of(kind, field, values),
            Filter::Has(field, value) => {
                self.linked(LinkTable::find(kind, field)?, within, "value = ?", [bind(field, value)])
            }
            Filter::Prefix(field, begin) => self.begins(LinkTable::find(kind, field)?, within, begin),
            Filter::Lt(field, value) => self.compare(field, "<", value),
            Filter::Lte(field, value) => self.compare(field, "<=", value),
            Filter::Gt(field, value) => self.compare(field, ">", value),
            Filter::Gte(field, value) => self.compare(field, ">=", value),
        }
    }

    fn join(
        &mut self,
        by: &str,
        empty: &str,
        parts: &[Filter],
        add: impl Fn(&mut Condition, &Filter) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if parts.is_empty() {
            self.sql.push_str(empty);
            return Ok(());
        }
        self.sql.push('(');
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.sql.push_str(by);
            }
            add(self, part)?;
        }
        self.sql.push(')');
        Ok(())
    }

    /// A comparison with NULL is never true in SQL, on either side: what ranges promise.
    fn compare(&mut self, field: Field, operator: &str, value: &Value) -> Result<(), StoreError> {
        self.sql.push_str(&format!("{} {operator} ?", column(field)));
        self.binds.push(bind(field, value));
        Ok(())
    }

    fn one_of(&mut self, kind: Kind, field: Field, values: &[Value]) -> Result<(), StoreError> {
        let (null, values): (Vec<&Value>, Vec<&Value>) = values.iter().partition(|value| **value == Value::Null);
        match (null.is_empty(), values.as_slice()) {
            (true, []) => self.add(kind, &Filter::nothing(), None),
            (true, [value]) => self.compare(field, "=", value),
            (true, values) => self.listed(field, values),
            (false, []) => self.add(kind, &Filter::Eq(field, Value::Null), None),
            (false, values) => {
                self.sql.push_str(&format!("({} IS NULL OR ", column(field)));
                self.listed(field, values)?;
                self.sql.push(')');
                Ok(())
            }
        }
    }

    fn listed(&mut self, field: Field, values: &[&Value]) -> Result<(), StoreError> {
        let column = column(field);
        if values.len() > MAX_BOUND {
            let element = if field == "_id" { "unhex(value)" } else { "value" };
            self.sql
                .push_str(&format!("{column} IN (SELECT {element} FROM json_each(?))"));
            self.binds.push(Sql::Text(array(values)));
            return Ok(());
        }
        // Filled up to a power of two with its last value, so that few statements serve lists of every length.
        let slots = values.len().next_power_of_two();
        self.sql
            .push_str(&format!("{column} IN ({})", vec!["?"; slots].join(",")));
        let filled = values
            .iter()
            .chain(std::iter::repeat_n(&values[values.len() - 1], slots - values.len()));
        self.binds.extend(filled.map(|value| bind(field, value)));
        Ok(())
    }

    /// That some text begins so is a range of the texts: from the beginning itself to what follows all it begins.
    fn begins(&mut self, table: LinkTable, within: Option<Id>, begin: &str) -> Result<(), StoreError> {
        let from = Sql::Text(begin.to_owned());
        match successor(begin) {
            Some(end) => self.linked(table, within, "value >= ? AND value < ?", [from, Sql::Text(end)]),
            None => self.linked(table, within, "value >= ?", [from]),
        }
    }

    fn linked<const N: usize>(
        &mut self,
        table: LinkTable,
        within: Option<Id>,
        range: &str,
        binds: [Sql; N],
    ) -> Result<(), StoreError> {
        let within = within.filter(|_| table.by_organization());
        let scope = if within.is_some() { "organization = ? AND " } else { "" };
        self.sql
            .push_str(&format!("id IN (SELECT id FROM {} WHERE {scope}{range})", table.name()));
        self.binds.extend(within.map(blob));
        self.binds.extend(binds);
        Ok(())
    }
}

fn organization(filter: &Filter) -> Option<Id> {
    match filter {
        Filter::Eq("organization", Value::Id(id)) => Some(*id),
        _ => None,
    }
}

/// Whether it leaves few of an organisation's documents, also as a part of a condition. SQLite knows no such thing and
/// would as soon read the whole organisation; a `+` before the organisation keeps its indexes out of the choice.
fn narrows(filter: &Filter) -> bool {
    match filter {
        Filter::Eq("project" | "task" | "parent" | "userId", value) => *value != Value::Null,
        Filter::Prefix(..) | Filter::Has("searchTerms" | "formerDisplayIds", _) => true,
        Filter::All(parts) => parts.iter().any(narrows),
        _ => false,
    }
}

fn array(values: &[&Value]) -> String {
    let json = values.iter().map(|value| match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(yes) => i64::from(*yes).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Id(id) => id.to_string().into(),
        Value::Time(time) => time.to_string().into(),
    });
    serde_json::Value::from_iter(json).to_string()
}

/// The least text that is greater than every text that begins so; `None` when there is none.
fn successor(begin: &str) -> Option<String> {
    let mut chars: Vec<char> = begin.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_that_begin_so_end_before_the_successor() {
        assert_eq!(successor("ab").as_deref(), Some("ac"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor("\u{10FFFF}"), None);
        assert_eq!(successor(""), None);
    }

    #[test]
    fn words_are_looked_up_inside_the_organisation_that_is_asked_for_around_them() {
        let scoped = Filter::All(vec![
            Filter::All(vec![Filter::Prefix("searchTerms", "a".into())]),
            Filter::Eq("organization", Value::Id(Id::from_bytes([1; 12]))),
        ]);
        let condition = Condition::new(Kind::Task, &scoped).unwrap();
        assert!(
            condition.sql.contains("organization = ? AND value >= ?"),
            "{}",
            condition.sql
        );
    }
}
