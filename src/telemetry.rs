//! Where log lines go and how they look: text on a terminal, JSON for machines, on standard error.

use std::io::{IsTerminal, stderr};

use tracing::{Dispatch, dispatcher};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;

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
    let on_terminal = stderr().is_terminal();
    let format = match format {
        LogFormat::Auto if on_terminal => LogFormat::Text,
        LogFormat::Auto => LogFormat::Json,
        chosen => chosen,
    };
    let log = dispatch(log, format, on_terminal, stderr)?;
    dispatcher::set_global_default(log).map_err(|_| TelemetryError::Twice)
}

/// A log into this writer; `Auto` is text. In either form a line names the request that it belongs to.
pub fn dispatch<W>(log: &str, format: LogFormat, colours: bool, writer: W) -> Result<Dispatch, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let directives = EnvFilter::try_new(log).map_err(|source| TelemetryError::Directives {
        given: log.to_owned(),
        source,
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(directives)
        .with_writer(writer);
    Ok(match format {
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).into(),
        LogFormat::Text | LogFormat::Auto => builder.with_ansi(colours).with_target(false).into(),
    })
}
