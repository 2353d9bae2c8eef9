//! Where a schema comes from: this program, a file, a running server, or a file at a git ref.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use async_graphql::SDLExportOptions;

use super::arguments::Comparison;
use super::fetch;
use crate::graphql;
use crate::sdl::{Sdl, print};

/// The schema that this program serves, as it is printed.
pub fn printed() -> Result<String> {
    let options = SDLExportOptions::new().include_specified_by();
    let sdl = graphql::schema(true).sdl_with_options(options);
    Ok(print(&Sdl::parse("the program's schema", &sdl)?))
}

/// The schema of that name.
pub fn read(name: &str, how: &Comparison) -> Result<Sdl> {
    if name.starts_with("http://") || name.starts_with("https://") {
        return fetch::schema(name, &how.header);
    }
    if Path::new(name).is_file() {
        let text = fs::read_to_string(name).with_context(|| format!("can't read {name}"))?;
        return Ok(Sdl::parse(name, &text)?);
    }
    at_ref(name, &how.file)
}

/// The file as it is at a git ref.
fn at_ref(name: &str, file: &str) -> Result<Sdl> {
    let expected = "a file, a git ref or an http(s):// address was expected";
    // Git would take it for an option.
    if name.starts_with('-') || name.contains(':') {
        bail!("{name}: {expected}");
    }
    let object = format!("{name}:{file}");
    let git = Command::new("git").args(["show", &object]).output();
    let shown =
        git.with_context(|| format!("{name} is no file, and git can't be asked for it as a ref; {expected}"))?;
    if !shown.status.success() {
        let said = String::from_utf8_lossy(&shown.stderr);
        let said = said.lines().next().unwrap_or_default();
        bail!("{name} is no file, and git has no {object} ({said}); {expected}");
    }
    let text = String::from_utf8(shown.stdout).with_context(|| format!("{object} is no text"))?;
    Ok(Sdl::parse(&object, &text)?)
}
