//! From the command line to the command and to the exit code: 0 done, 1 failed, 2 called or configured wrongly.

use std::io::{ErrorKind, Write, stdout};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use super::arguments::{Arguments, ConfigVerb, IndexVerb, SchemaVerb, UserVerb, Verb};
use super::ask::{self, Asked};
use super::command::Command;
use super::reach::reach;
use super::serve::serve;
use crate::config::{ConfigError, Resolved, environment};
use crate::graphql;
use crate::telemetry;

/// Does what the command line says.
pub fn run() -> ExitCode {
    let Err(error) = dispatch(Arguments::parse()) else {
        return ExitCode::SUCCESS;
    };
    if is_closed_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("kanvaro: {error:#}");
    ExitCode::from(if error.is::<ConfigError>() { 2 } else { 1 })
}

fn dispatch(arguments: Arguments) -> Result<()> {
    let verb = arguments.verb.unwrap_or(Verb::Serve);
    if matches!(verb, Verb::Schema(SchemaVerb::Print)) {
        return print(graphql::schema(true).sdl().trim_end());
    }
    let resolved = Resolved::load(arguments.config.as_deref(), environment())?;
    if matches!(verb, Verb::Config(ConfigVerb::Print)) {
        return print(&resolved.print());
    }
    telemetry::start(&resolved.config);
    tokio::runtime::Runtime::new()?.block_on(work(verb, resolved))
}

async fn work(verb: Verb, resolved: Resolved) -> Result<()> {
    let config = resolved.config;
    let asked = match verb {
        Verb::Serve | Verb::Schema(SchemaVerb::Print) | Verb::Config(ConfigVerb::Print) => return serve(config).await,
        Verb::Index(IndexVerb::Ensure) => Asked::plain(Command::EnsureIndexes),
        Verb::Demo(plan) => Asked::plain(Command::MakeDemo(plan)),
        Verb::User(UserVerb::Add(given)) => ask::new_user(given)?,
        Verb::User(UserVerb::Password(given)) => ask::new_password(given)?,
    };
    print(&reach(config, asked.command).await?)?;
    match asked.generated {
        Some(password) => print(&format!("Password: {} (shown this once)", password.reveal())),
        None => Ok(()),
    }
}

fn print(text: &str) -> Result<()> {
    Ok(writeln!(stdout(), "{text}")?)
}

/// Whether nobody reads on: `kanvaro schema print | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
