//! The known operations that the command line names.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::sdl::Documents;

/// Reads the files of these names and patterns.
pub fn known(patterns: &[String]) -> Result<Documents> {
    let mut documents = Documents::default();
    for path in files(patterns)? {
        let name = path.to_string_lossy();
        let text = fs::read_to_string(&path).with_context(|| format!("can't read {name}"))?;
        documents.add(&name, &text)?;
    }
    if documents.count() == 0 {
        bail!("--operations {}: no operation in them", patterns.join(" "));
    }
    Ok(documents)
}

fn files(patterns: &[String]) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        let found = glob::glob(pattern).with_context(|| format!("--operations {pattern:?} is no pattern"))?;
        let before = files.len();
        for path in found {
            let path = path?;
            if path.is_file() {
                files.insert(path);
            }
        }
        if files.len() == before {
            bail!("--operations {pattern:?}: no such file");
        }
    }
    Ok(files)
}
