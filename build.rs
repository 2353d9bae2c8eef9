//! Takes the bundled GraphiQL page into the binary, where it has been built; without it the program has a plain page.
//! Never runs Node: `scripts/playground.sh` does, beforehand.

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Whatever the page's build leaves changes something below it. It is there without a build too: what is absent would
/// make every cargo call build anew.
const WATCHED: &str = "playground/dist";
const BUNDLE: &str = "playground/dist/bundle";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={WATCHED}");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is"));
    let bundle = root.join(BUNDLE);
    let mut files = Vec::new();
    if bundle.is_dir() {
        collect(&bundle, &mut files)?;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("playground_bundle.rs"), table(&bundle, &files))
}

/// All compressed files below a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "gz") {
            files.push(path);
        }
    }
    Ok(())
}

/// An expression: the files with their paths in the bundle, in the order of these.
fn table(bundle: &Path, files: &[PathBuf]) -> String {
    let name = |file: &PathBuf| {
        let below = file.strip_prefix(bundle).expect("it was found below the bundle");
        below.with_extension("").display().to_string()
    };
    let mut named: Vec<(String, String)> = files
        .iter()
        .map(|file| (name(file), file.display().to_string()))
        .collect();
    named.sort();
    let mut table = String::from("&[\n");
    for (name, file) in named {
        writeln!(table, "    ({name:?}, include_bytes!({file:?})),").expect("a string takes all that is written");
    }
    table + "]\n"
}
