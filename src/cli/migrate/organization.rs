//! Organisations of the app. Their mail and database settings hold passwords, and stay behind.

use serde_json::{Value, json};

use super::fields::Fields;
use super::report::Report;
use super::task::{born, cut};
use crate::model::Kind;

const KIND: Kind = Kind::Organization;

/// The organisation as ours; `None` where it was refused.
pub fn organization(document: &Value, report: &mut Report) -> Option<Value> {
    let fields = Fields::of(document)?;
    let Some(id) = fields.id() else {
        report.refuse(KIND, None, "it has no id");
        return None;
    };
    let Some(name) = fields.text("name") else {
        report.refuse(KIND, Some(id), "it has no name");
        return None;
    };
    for field in ["emailConfig", "databaseConfig", "billing", "settings", "logo"] {
        if fields.has(field) {
            report.left_out(KIND, field);
        }
    }
    let mut or = |field: &str, default: &'static str| {
        let written = fields.text(field);
        if written.is_none() {
            report.defaulted(KIND, format!("{field} is {default}"));
        }
        written.unwrap_or(default).to_owned()
    };
    let (timezone, currency, language) = (or("timezone", "UTC"), or("currency", "USD"), or("language", "en"));
    let (created, updated) = born(fields, id);
    Some(json!({
        "_id": id,
        "name": cut(name, 200),
        "domain": fields.text("domain"),
        "timezone": timezone,
        "currency": currency,
        "language": language,
        "version": 1,
        "createdAt": created,
        "updatedAt": updated,
    }))
}
