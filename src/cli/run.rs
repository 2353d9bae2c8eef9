//! From the command line to the command and to the exit code: 0 done, 1 failed, 2 called or configured wrongly.

use std::io::{ErrorKind, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use super::arguments::{
    Arguments, AssetsVerb, CachePurge, CacheVerb, CdnPurge, CdnVerb, ConfigVerb, ImportOptions, IndexVerb,
    ServeOptions, UserVerb, Verb,
};
use super::ask::{self, Asked};
use super::cache;
use super::cdn;
use super::command::Command;
use super::doctor;
use super::documents::Untrustworthy;
use super::probe::probe;
use super::reach::reach;
use super::schema;
use super::serve::serve;
use super::transfer;
use crate::config::{Config, ConfigError, Resolved, environment};
use crate::service::Purge;
use crate::telemetry;

/// Does what the command line says.
pub fn run() -> ExitCode {
    let error = match dispatch(Arguments::parse()) {
        Ok(code) => return code,
        Err(error) => error,
    };
    if is_closed_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("kanvaro: {error:#}");
    let is_told_wrongly = error.is::<ConfigError>() || error.is::<Untrustworthy>();
    ExitCode::from(if is_told_wrongly { 2 } else { 1 })
}

fn dispatch(
    Arguments {
        config: file,
        shadow,
        verb,
    }: Arguments,
) -> Result<ExitCode> {
    let file = file.as_deref();
    let done = match verb.unwrap_or_else(|| Verb::Serve(ServeOptions::default())) {
        Verb::Serve(options) => {
            let config = options.over(configured(file, "info")?);
            let shadow = shadow.unwrap_or(config.shadow);
            in_runtime(serve(Config { shadow, ..config }))
        }
        Verb::Schema(verb) => return Ok(schema::run(verb)),
        Verb::Config(ConfigVerb::Print) => print(&Resolved::load(file, environment())?.print()),
        Verb::Index(IndexVerb::Ensure) => command(file, || Ok(Asked::plain(Command::EnsureIndexes))),
        Verb::Demo(plan) => command(file, || Ok(Asked::plain(Command::MakeDemo(plan)))),
        Verb::Cache(CacheVerb::Explain { file: document }) => print(&cache::explain(&document)?),
        Verb::Cache(CacheVerb::Stats(asked)) => {
            let config = configured(file, "warn")?;
            print(&in_runtime(cache::stats(config, asked.url))?)
        }
        Verb::Cache(CacheVerb::Inspect { key }) => command(file, || Ok(Asked::plain(Command::CacheInspect { key }))),
        Verb::Cache(CacheVerb::Purge(CachePurge { tag, kind, all })) => {
            // What is wrong with it is told before anybody is asked.
            Purge::read(tag.as_deref(), kind.as_deref(), all)?;
            command(file, || Ok(Asked::plain(Command::CachePurge { tag, kind, all })))
        }
        Verb::Copy(options) => print(&in_runtime(transfer::copy(configured(file, "warn")?, options))?),
        Verb::Export { file: to, from } => {
            let exported = transfer::export(configured(file, "warn")?, from.as_deref(), to.as_deref());
            eprint(&in_runtime(exported)?)
        }
        Verb::Import(options) => print(&in_runtime(import(configured(file, "warn")?, options))?),
        Verb::Doctor { json } => return in_runtime(doctor::doctor(file, json)),
        Verb::Probe(options) => in_runtime(probe(configured(file, "warn")?, options)),
        Verb::Assets(AssetsVerb::Sweep { dry_run }) => {
            command(file, || Ok(Asked::plain(Command::SweepAssets { dry_run })))
        }
        Verb::Cdn(CdnVerb::Config(given)) => print(&cdn::config(&configured(file, "warn")?, &given.origin)?),
        Verb::Cdn(CdnVerb::Purge(CdnPurge { paths, tags, all })) => {
            cdn::items(&paths, &tags, all)?;
            command(file, || Ok(Asked::plain(Command::CdnPurge { paths, tags, all })))
        }
        Verb::User(UserVerb::Add(given)) => command(file, || ask::new_user(given)),
        Verb::User(UserVerb::Password(given)) => command(file, || ask::new_password(given)),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Asks what there is to ask, has it done, and shows a generated password once it is in use.
fn command(file: Option<&Path>, ask: impl FnOnce() -> Result<Asked>) -> Result<()> {
    let config = configured(file, "warn")?;
    let Asked { command, generated } = ask()?;
    print(&in_runtime(reach(config, command))?)?;
    match generated {
        Some(password) => print(&format!("Password: {} (shown this once)", password.reveal())),
        None => Ok(()),
    }
}

/// The configuration, with the log set up; `log` is what is logged unless that is configured.
fn configured(file: Option<&Path>, log: &str) -> Result<Config> {
    let resolved = Resolved::load(file, environment())?;
    let config = &resolved.config;
    let log = if resolved.is_set("log") { &config.log } else { log };
    telemetry::start(log, config.log_format)?;
    Ok(resolved.config)
}

fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

fn print(text: &str) -> Result<()> {
    Ok(writeln!(stdout(), "{text}")?)
}

async fn import(config: Config, options: ImportOptions) -> Result<String> {
    match (options.file, options.from_app) {
        (Some(file), _) => transfer::import(config, options.to.as_deref(), &file).await,
        #[cfg(feature = "mongo")]
        (None, Some(from)) => super::migrate::migrate(config, &from).await,
        _ => anyhow::bail!("this program was built without MongoDB, so it can't read the app's database"),
    }
}

/// Beside what goes to standard output.
fn eprint(text: &str) -> Result<()> {
    if !text.is_empty() {
        writeln!(stderr(), "{text}")?;
    }
    Ok(())
}

/// Whether nobody reads on: `kanvaro schema print | head`.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
