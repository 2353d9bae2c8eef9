//! The findings as they are told: lines for people, JSON for programs.

use std::io::{Write, stdout};

use anyhow::Result;
use serde::Serialize;

use crate::model::{Finding, Severity};

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    findings: &'a [Finding],
}

/// Writes them to standard output.
pub fn print(findings: &[Finding], json: bool) -> Result<()> {
    let text = if json { as_json(findings)? } else { as_lines(findings) };
    Ok(writeln!(stdout(), "{text}")?)
}

fn as_json(findings: &[Finding]) -> serde_json::Result<String> {
    let ok = count(findings, Severity::Wrong) == 0;
    serde_json::to_string_pretty(&Report { ok, findings })
}

fn as_lines(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        let word = match finding.severity {
            Severity::Ok => "ok",
            Severity::Warning => "warning",
            Severity::Wrong => "WRONG",
        };
        lines.push(format!("{word:<8} {:<7} {}", finding.part, finding.found));
        if !finding.advice.is_empty() {
            lines.push(format!("{:17}-> {}", "", finding.advice));
        }
    }
    let (wrong, warnings) = (count(findings, Severity::Wrong), count(findings, Severity::Warning));
    lines.push(match (wrong, warnings) {
        (0, 0) => "Nothing is wrong.".to_owned(),
        (0, warnings) => format!("Nothing is wrong; warnings: {warnings}."),
        (wrong, warnings) => format!("Wrong: {wrong}; warnings: {warnings}."),
    });
    lines.join("\n")
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_is_wrong_and_what_to_do() {
        let findings = [
            Finding::ok("store", "it is there"),
            Finding::warning("cache", "it grows", "set a limit"),
        ];
        let said = "ok       store   it is there\n\
                    warning  cache   it grows\n                 -> set a limit\n\
                    Nothing is wrong; warnings: 1.";
        assert_eq!(as_lines(&findings), said);
    }
}
