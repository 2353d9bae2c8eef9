//! A comparison as text: one line a change, in colours on a terminal.

use console::{Style, style};

use super::report::{Report, from_to, remarks_of};
use crate::sdl::{Change, Severity};

/// The report as text.
pub fn text(report: &Report) -> String {
    let width = |part: fn(&Change) -> usize| report.shown().map(part).max().unwrap_or(0).min(60);
    let (kinds, paths) = (
        width(|change| change.kind.name().len()),
        width(|change| change.path.len()),
    );
    let mut out = String::new();
    for change in report.shown() {
        let severity = colour(change.severity).apply_to(format!("{:<9}", change.severity));
        let mut line = format!(
            "{severity}  {:<kinds$}  {:<paths$}  {}",
            change.kind,
            change.path,
            from_to(change)
        );
        for remark in remarks_of(change) {
            line += &style(format!(" · {remark}")).dim().to_string();
        }
        out += line.trim_end();
        out.push('\n');
    }
    for remark in report.remarks() {
        out += &format!("{}\n", style(remark).dim());
    }
    let verdict = if report.fails() {
        Style::new().red().bold()
    } else {
        Style::new().green().bold()
    };
    out += &verdict.apply_to(report.summary()).to_string();
    out
}

fn colour(severity: Severity) -> Style {
    match severity {
        Severity::Breaking => Style::new().red().bold(),
        Severity::Dangerous => Style::new().yellow(),
        Severity::Safe => Style::new().green(),
    }
}
