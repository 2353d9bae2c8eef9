//! Where log lines go and how they look: text on a terminal, JSON for machines, on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt;

use crate::config::LogFormat;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives can't be read.
    #[error("log: {given:?} can't be read ({source}); it looks like info, or info,kanvaro::http=debug")]
    Directives {
        /// What was given.
        given: String,
        /// What is wrong with it.
        source: ParseError,
    },
    /// The process has a log already.
    #[error("the log is set up already")]
    Twice,
}

/// Sets the process's log up, once: what is logged by `log`, how by `format`.
pub fn start(log: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let builder = fmt().with_env_filter(filter(log)?).with_writer(stderr);
    let is_text = match format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let started = if is_text {
        let colours = stderr().is_terminal();
        builder.with_ansi(colours).with_target(false).try_init()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    };
    started.map_err(|_| TelemetryError::Twice)
}

fn filter(log: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(log).map_err(|source| TelemetryError::Directives {
        given: log.to_owned(),
        source,
    })
}
