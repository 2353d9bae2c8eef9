//! A comparison as one JSON object, for programs.

use serde_json::{Value, json};

use super::report::Report;
use crate::sdl::{Change, Place, Severity};

/// The report as JSON.
pub fn json(report: &Report) -> String {
    let [old, new] = &report.names;
    let ignored = report.ignored.iter().map(|(change, reason)| {
        let mut ignored = told(change);
        ignored["reason"] = json!(reason);
        ignored
    });
    let told = json!({
        "old": old,
        "new": new,
        "fails": report.fails(),
        "breaking": report.count(Severity::Breaking),
        "dangerous": report.count(Severity::Dangerous),
        "safe": report.count(Severity::Safe),
        "changes": report.shown().map(told).collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
        "operations": report.known.map(|known| json!({ "known": known.operations, "onlyNew": known.only_new })),
        "notes": report.notes,
    });
    serde_json::to_string_pretty(&told).unwrap_or_default()
}

fn told(change: &Change) -> Value {
    let uses = change.uses.iter().map(|used| {
        let mut told = place(&used.place);
        told["operation"] = json!(used.operation);
        told
    });
    json!({
        "change": change.kind.name(),
        "severity": change.severity.name(),
        "path": change.path,
        "old": change.old,
        "new": change.new,
        "place": place(&change.place),
        "notes": change.notes,
        "operations": uses.collect::<Vec<_>>(),
    })
}

fn place(place: &Place) -> Value {
    let (line, column) = place.position.unzip();
    json!({ "file": place.file, "line": line, "column": column })
}
