//! An export that has been checked from its first line to its last, and what it holds as a source of documents.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use async_trait::async_trait;
use serde_json::value::RawValue;

use super::lines::{Counter, END, End, FORMAT, Head, MOST_LINE, Totals};
use super::source::{PAGE, Source};
use super::tally::{COUNTERS, Summing, Tally, sum_of};
use crate::model::{AnyEntity, Id, Kind};
use crate::store::Format;

/// The documents of an export.
pub struct Export {
    file: BufReader<File>,
    /// Where the lines of each kind begin.
    places: BTreeMap<Kind, u64>,
    /// The counters.
    pub counters: BTreeMap<String, i64>,
    /// What it holds.
    pub tally: Tally,
    /// Tells it from other exports.
    pub hash: String,
}

/// What has been read so far.
struct Checking {
    lines: u64,
    counts: BTreeMap<String, u64>,
    hasher: blake3::Hasher,
    places: BTreeMap<Kind, u64>,
    sums: BTreeMap<Kind, Summing>,
    counters: BTreeMap<String, i64>,
    last: Option<(Kind, Id)>,
}

impl Export {
    /// Reads all of it. An error says at which line it isn't what it should be: it was cut short, or changed.
    pub fn open(path: &Path) -> Result<Export> {
        let file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
        let mut file = BufReader::new(file);
        let mut checking = Checking::new();
        let totals = checking
            .read(&mut file)
            .with_context(|| format!("{} can't be imported", path.display()))?;
        let sums = checking
            .sums
            .iter()
            .map(|(kind, sum)| (kind.collection().to_owned(), sum.sum()));
        let mut tally = Tally(sums.collect());
        tally.0.insert(COUNTERS.to_owned(), sum_of(&checking.counters));
        Ok(Export {
            file,
            places: checking.places,
            counters: checking.counters,
            tally,
            hash: totals.blake3,
        })
    }
}

#[async_trait]
impl Source for Export {
    async fn page(&mut self, kind: Kind, after: Option<Id>) -> Result<Vec<AnyEntity>> {
        let Some(place) = self.places.get(&kind) else {
            return Ok(Vec::new());
        };
        if after.is_none() {
            self.file.seek(SeekFrom::Start(*place))?;
        }
        let mut page = Vec::new();
        while page.len() < PAGE as usize {
            let at = self.file.stream_position()?;
            let line = line(&mut self.file)?.ok_or_else(|| anyhow!("the file has become shorter"))?;
            match entity(&line)? {
                Some(entity) if entity.reference().kind == kind => page.push(entity),
                _ => {
                    self.file.seek(SeekFrom::Start(at))?;
                    break;
                }
            }
        }
        Ok(page)
    }
}

impl Checking {
    fn new() -> Checking {
        Checking {
            lines: 0,
            counts: BTreeMap::new(),
            hasher: blake3::Hasher::new(),
            places: BTreeMap::new(),
            sums: BTreeMap::new(),
            counters: BTreeMap::new(),
            last: None,
        }
    }

    fn read(&mut self, file: &mut BufReader<File>) -> Result<Totals> {
        let first = line(file)?.ok_or_else(|| anyhow!("the file is empty"))?;
        let head: Head = serde_json::from_slice(&first).context("its first line isn't that of an export")?;
        ensure!(head.kanvaro == "export", "its first line isn't that of an export");
        ensure!(
            head.format == FORMAT,
            "it is of format {}, and this release reads format {FORMAT}; import it with release {} or newer",
            head.format,
            head.release
        );
        self.hasher.update(&first);
        loop {
            let at = file.stream_position()?;
            let number = self.lines + 2;
            let Some(line) = line(file)? else {
                bail!(
                    "it is cut short: after {} lines the last one is missing",
                    self.lines + 1
                );
            };
            if let Ok(End { end }) = serde_json::from_slice(&line) {
                self.close(&end, file)?;
                return Ok(end);
            }
            self.line(&line, at).with_context(|| format!("line {number}"))?;
            self.hasher.update(&line);
            self.lines += 1;
        }
    }

    fn line(&mut self, line: &[u8], at: u64) -> Result<()> {
        ensure!(line.ends_with(b"\n"), "it is cut short in the middle of the line");
        let Some(entity) = entity(line)? else {
            let Counter { name, last } = only::<Counter>(line, COUNTERS)?;
            ensure!(
                self.counters.insert(name, last).is_none(),
                "this counter was there before"
            );
            *self.counts.entry(COUNTERS.to_owned()).or_default() += 1;
            return Ok(());
        };
        let reference = entity.reference();
        ensure!(self.counters.is_empty(), "a document after the counters");
        if let Some((kind, id)) = self.last
            && kind == reference.kind
        {
            ensure!(id < reference.id, "its id isn't higher than the one before");
        } else {
            let first = self.places.insert(reference.kind, at).is_none();
            ensure!(first, "documents of this collection were there before");
        }
        self.last = Some((reference.kind, reference.id));
        *self.counts.entry(reference.kind.collection().to_owned()).or_default() += 1;
        self.sums.entry(reference.kind).or_default().add(&entity)
    }

    fn close(&self, end: &Totals, file: &mut BufReader<File>) -> Result<()> {
        let same = end.lines == self.lines
            && end.counts == self.counts
            && end.blake3 == self.hasher.finalize().to_hex().as_str();
        ensure!(
            same,
            "its lines aren't those that its last line tells of: it was changed or damaged"
        );
        ensure!(line(file)?.is_none(), "something comes after its last line");
        Ok(())
    }
}

/// The next line with its end, if there is one.
fn line(file: &mut BufReader<File>) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = file.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)?;
    ensure!(
        (read as u64) < MOST_LINE,
        "a line is longer than {} MB",
        MOST_LINE >> 20
    );
    Ok((read > 0).then_some(line))
}

/// The document of a line; `None`: it is a counter's, or the last one.
fn entity(line: &[u8]) -> Result<Option<AnyEntity>> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(line).context("it isn't a line of an export")?;
    let Some((name, document)) = fields.iter().next().filter(|_| fields.len() == 1) else {
        bail!("it isn't a line of an export");
    };
    if name == COUNTERS || name == END {
        return Ok(None);
    }
    let kind = Kind::ALL.iter().find(|kind| kind.collection() == name);
    let kind = kind.with_context(|| format!("this release has no collection {name}"))?;
    Ok(Some(Format::Json.decode(*kind, document.get().as_bytes())?))
}

fn only<T: serde::de::DeserializeOwned>(line: &[u8], name: &str) -> Result<T> {
    let mut fields: BTreeMap<String, T> = serde_json::from_slice(line).context("it isn't a line of an export")?;
    fields.remove(name).context("it isn't a line of an export")
}
