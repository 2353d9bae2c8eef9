//! From what is asked of schemas to the exit code: 0 clean or safe, 1 breaking, 2 asked wrongly or unreadable.

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};

use super::annotate::annotate;
use super::arguments::{Comparison, FailOn, Format, SchemaCheck, SchemaDiff, SchemaVerb};
use super::json::json;
use super::markdown::markdown;
use super::operations::known;
use super::report::Report;
use super::source::{printed, read};
use super::text::text;
use crate::sdl::{Ignore, Sdl, Severity, diff, pass_unused};

/// Does what is asked.
pub fn run(verb: SchemaVerb) -> ExitCode {
    let done = match verb {
        SchemaVerb::Print => printed().and_then(|sdl| show(sdl.trim_end(), true)),
        SchemaVerb::Diff(asked) => compare(&asked),
        SchemaVerb::Check(SchemaCheck { against: None, how }) => is_current(&how),
        SchemaVerb::Check(SchemaCheck {
            against: Some(against),
            how,
        }) => check(&against, &how),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) if crate::cli::run::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kanvaro: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn compare(SchemaDiff { old, new, how }: &SchemaDiff) -> Result<bool> {
    // Each takes most of its time in its own parser.
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| read(old, how));
        let new = read(new, how);
        (old.join(), new)
    });
    let old = old.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    report(&old, &new?, how)
}

fn check(against: &str, how: &Comparison) -> Result<bool> {
    let old = read(against, how)?;
    let new = Sdl::parse(&how.file, &printed()?)?;
    report(&old, &new, how)
}

/// Whether the schema's file is what the program prints.
fn is_current(how: &Comparison) -> Result<bool> {
    let file = &how.file;
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {file}"))?;
    let printed = printed()?;
    if text.trim_end() == printed.trim_end() {
        return show(&format!("{file} is what `kanvaro schema print` prints"), true);
    }
    report(&Sdl::parse(file, &text)?, &Sdl::parse("the program", &printed)?, how)?;
    eprintln!("kanvaro: {file} is not what the program says; run `kanvaro schema print > {file}`");
    Ok(false)
}

fn report(old: &Sdl, new: &Sdl, how: &Comparison) -> Result<bool> {
    let ignores = ignores(how)?;
    let mut changes = diff(old, new);
    let known = match how.operations.is_empty() {
        true => None,
        false => Some(known(&how.operations)?.judge(old, new, &mut changes)?),
    };
    if how.allow_unused {
        pass_unused(&mut changes);
    }
    let mut report = Report {
        names: [old.file().to_owned(), new.file().to_owned()],
        changes,
        ignored: Vec::new(),
        notes: untold(old, new),
        known,
        fail_on: match how.fail_on {
            FailOn::Breaking => Severity::Breaking,
            FailOn::Dangerous => Severity::Dangerous,
        },
        shows_safe: !how.hide_safe,
    };
    report.ignore(&ignores);
    let shown = match how.format {
        Format::Text => text(&report),
        Format::Json => json(&report),
        Format::Markdown => markdown(&report),
        Format::Github => annotate(&report),
    };
    show(&shown, !report.fails())
}

fn ignores(how: &Comparison) -> Result<Vec<Ignore>> {
    let given = how.ignore.iter().map(|entry| Ignore::parse(entry).context("--ignore"));
    let mut ignores = given.collect::<Result<Vec<_>>>()?;
    for path in &how.ignore_file {
        let name = path.to_string_lossy();
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {name}"))?;
        ignores.extend(Ignore::parse_file(&name, &text)?);
    }
    Ok(ignores)
}

/// What couldn't be compared.
fn untold(old: &Sdl, new: &Sdl) -> Vec<String> {
    let silent = [old, new].into_iter().filter(|sdl| !sdl.tells_directives());
    let note = |sdl: &Sdl| {
        format!(
            "{} doesn't tell where directives stand: @cacheControl was not compared",
            sdl.file()
        )
    };
    silent.map(note).collect()
}

fn show(text: &str, well: bool) -> Result<bool> {
    writeln!(stdout(), "{text}")?;
    Ok(well)
}
