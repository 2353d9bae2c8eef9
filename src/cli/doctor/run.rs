//! All parts in their order. A part that is wrong keeps no other from being looked at.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::{config, data, parts, report};
use crate::cli::socket;
use crate::config::{Resolved, environment};
use crate::model::{Clock, Finding, Severity};
use crate::telemetry;

/// How long to wait for a database that can't be reached: somebody sits before the terminal.
const PATIENCE_SECONDS: u64 = 5;

/// Looks, tells on standard output; the exit code says whether something is wrong.
pub async fn doctor(file: Option<&Path>, json: bool) -> Result<ExitCode> {
    let findings = look(file).await;
    report::print(&findings, json)?;
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Wrong);
    Ok(ExitCode::from(u8::from(wrong)))
}

async fn look(file: Option<&Path>) -> Vec<Finding> {
    let resolved = match Resolved::load(file, environment()) {
        Ok(resolved) => resolved,
        Err(error) => return vec![config::refused(&error)],
    };
    let mut findings = config::settings(&resolved);
    let mut config = resolved.config;
    // What the parts log is told by their findings.
    if let Err(error) = telemetry::start("off", config.log_format) {
        findings.push(Finding::wrong("config", error.to_string(), "see the setting log"));
    }
    config.start_seconds = config.start_seconds.min(PATIENCE_SECONDS);
    config.mongodb_selection_seconds = config.mongodb_selection_seconds.min(PATIENCE_SECONDS);
    let server = match config.is_embedded() {
        true => socket::connect(&config.data).await,
        false => Ok(None),
    };
    findings.extend(data::directory(&config, &server));
    let clock = Clock::system();
    findings.extend(parts::store(&config, server.unwrap_or_default(), &clock).await);
    findings.extend(parts::cache(&config, &clock).await);
    findings.extend(parts::assets(&config).await);
    findings.push(parts::mail(&config).await);
    findings
}
