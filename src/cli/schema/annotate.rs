//! A comparison as annotations that GitHub Actions shows at the lines of the schema.

use super::report::{Report, from_to, remarks_of};
use crate::sdl::{Change, Severity};

/// The report as workflow commands.
pub fn annotate(report: &Report) -> String {
    let mut lines: Vec<String> = report.shown().map(annotation).collect();
    let remarks = report.remarks().into_iter();
    lines.extend(remarks.map(|remark| format!("::notice title=schema::{}", message(&remark))));
    lines.push(message(&report.summary()));
    lines.join("\n")
}

fn annotation(change: &Change) -> String {
    let command = match change.severity {
        Severity::Breaking => "error",
        Severity::Dangerous => "warning",
        Severity::Safe => "notice",
    };
    let mut properties = format!("file={}", property(&change.place.file));
    if let Some((line, column)) = change.place.position {
        properties += &format!(",line={line},col={column}");
    }
    let title = property(&format!("{}: {}", change.severity, change.kind.words()));
    let mut told = format!("{} {}", change.path, from_to(change)).trim_end().to_owned();
    for remark in remarks_of(change) {
        told += &format!(" · {remark}");
    }
    format!("::{command} {properties},title={title}::{}", message(&told))
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
