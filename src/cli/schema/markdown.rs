//! A comparison as a Markdown table, for a comment on a pull request.

use super::report::{Report, from_to, remarks_of};

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("**{}**\n", escaped(&report.summary()));
    if report.shown().next().is_some() {
        out += "\n| severity | change | path | old → new | |\n|---|---|---|---|---|\n";
    }
    for change in report.shown() {
        let remarks = remarks_of(change).join("; ");
        let cells = [
            change.severity.name().to_owned(),
            change.kind.name().to_owned(),
            code(&change.path),
            code(&from_to(change)),
            escaped(&remarks),
        ];
        out += &format!("| {} |\n", cells.join(" | "));
    }
    let remarks = report.remarks();
    if !remarks.is_empty() {
        out.push('\n');
    }
    for remark in remarks {
        out += &format!("- {}\n", escaped(&remark));
    }
    out.trim_end().to_owned()
}

fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // A pipe ends a cell even in code; backticks need longer fences.
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

fn escaped(text: &str) -> String {
    let special = |sign: char| matches!(sign, '|' | '<' | '*' | '_' | '`' | '[' | ']' | '\\');
    let mut out = String::new();
    for sign in text.chars() {
        if special(sign) {
            out.push('\\');
        }
        out.push(if sign == '\n' { ' ' } else { sign });
    }
    out
}
