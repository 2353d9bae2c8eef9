//! `export`: a store as JSON lines.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, IntoInnerError, Write, stdout};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::end::End as Store;
use super::lines::{Counter, End, FORMAT, Head, Totals};
use super::parcel::Parcel;
use super::source::{Source, StoreSource};
use super::tally::COUNTERS;
use super::walk::image;
use crate::cli::bar::watched;
use crate::cli::progress::Progress;
use crate::config::Config;
use crate::model::Clock;
use crate::store::ledger::UNFINISHED;

/// Writes the configured store, or the one at this address, to a file, or without one to standard output; returns what to
/// tell the person.
pub async fn export(config: Config, from: Option<&str>, file: Option<&Path>) -> Result<String> {
    let store = Store::open(&config, from).await?;
    let done = match file {
        Some(path) => into_file(&store, path).await,
        None => written(&store, BufWriter::new(stdout())).await.map(drop),
    };
    let told = match (&done, file) {
        (Ok(()), Some(path)) => format!("Exported {} to {}.", store.name, path.display()),
        _ => String::new(),
    };
    store.close().await;
    done.map(|()| told)
}

/// Beside its place first, so that a file of this name is whole.
async fn into_file(store: &Store, path: &Path) -> Result<()> {
    let part = path.with_added_extension("part");
    let file = private(&part).with_context(|| format!("can't write {}", part.display()))?;
    let written = written(store, BufWriter::new(file)).await;
    let settled = written.and_then(|file| {
        file.into_inner().map_err(IntoInnerError::into_error)?.sync_all()?;
        Ok(fs::rename(&part, path)?)
    });
    if settled.is_err() {
        // What is left is of no use; that it can't be removed matters less than why it failed.
        let _ = fs::remove_file(&part);
    }
    settled
}

/// Readable by its owner only: it holds password hashes.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

async fn written<W: Write>(store: &Store, out: W) -> Result<W> {
    watched(|progress| async move { Exporter::new(out).export(store, &progress).await }).await?
}

struct Exporter<W> {
    out: W,
    hasher: blake3::Hasher,
    lines: u64,
    counts: BTreeMap<String, u64>,
}

impl<W: Write> Exporter<W> {
    fn new(out: W) -> Exporter<W> {
        Exporter {
            out,
            hasher: blake3::Hasher::new(),
            lines: 0,
            counts: BTreeMap::new(),
        }
    }

    async fn export(mut self, store: &Store, progress: &Progress) -> Result<W> {
        let parcel = Parcel::lasting();
        let mut source = StoreSource::new(&store.store, parcel);
        let counts = source.count().await?;
        let (total, mut done) = (counts.values().sum(), 0);
        self.head(
            counts
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
        )?;
        for kind in parcel.kinds() {
            let mut after = None;
            loop {
                let page = source.page(kind, after).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.reference().id);
                for entity in &page {
                    self.body(kind.collection(), &image(entity)?)?;
                }
                done += page.len() as u64;
                progress.step("documents", done, total);
            }
        }
        let counters = store.ledger.counters().await?;
        if counters.contains_key(UNFINISHED) {
            bail!("{} is an unfinished copy; finish that first", store.name);
        }
        for (name, last) in counters {
            self.body(COUNTERS, &serde_json::to_vec(&Counter { name, last })?)?;
        }
        self.end()
    }

    fn head(&mut self, counts: BTreeMap<String, u64>) -> Result<()> {
        self.line(&Head {
            kanvaro: "export".into(),
            format: FORMAT,
            release: env!("CARGO_PKG_VERSION").into(),
            at: Clock::system().now(),
            counts,
        })
    }

    fn body(&mut self, collection: &str, document: &[u8]) -> Result<()> {
        self.lines += 1;
        *self.counts.entry(collection.to_owned()).or_default() += 1;
        let mut line = format!("{{\"{collection}\":").into_bytes();
        line.extend_from_slice(document);
        line.extend_from_slice(b"}\n");
        self.write(&line)
    }

    fn end(mut self) -> Result<W> {
        let end = Totals {
            lines: self.lines,
            counts: std::mem::take(&mut self.counts),
            blake3: self.hasher.finalize().to_hex().to_string(),
        };
        self.line(&End { end })?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.write(&line)
    }

    fn write(&mut self, line: &[u8]) -> Result<()> {
        self.hasher.update(line);
        Ok(self.out.write_all(line)?)
    }
}
