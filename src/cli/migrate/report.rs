//! What became of the app's documents: counts by collection, and what was mapped, defaulted, left out and refused.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{Id, Kind};

/// What an import has done.
#[derive(Default)]
pub struct Report {
    lines: BTreeMap<Kind, Line>,
    notes: BTreeMap<(Note, Kind, String), u64>,
    refused: Vec<(Kind, Option<Id>, String)>,
    unknown: BTreeMap<String, u64>,
}

#[derive(Default)]
struct Line {
    read: u64,
    imported: u64,
    present: u64,
    refused: u64,
}

/// What happened to a field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Note {
    Mapped,
    Defaulted,
    LeftOut,
}

/// The most refusals that are told one by one.
const MOST_REFUSALS: usize = 100;

impl Report {
    /// So many were read.
    pub fn read(&mut self, kind: Kind, count: usize) {
        self.line(kind).read += count as u64;
    }

    /// So many were there already.
    pub fn present(&mut self, kind: Kind, count: usize) {
        self.line(kind).present += count as u64;
    }

    /// So many were written.
    pub fn imported(&mut self, kind: Kind, count: usize) {
        self.line(kind).imported += count as u64;
    }

    /// A value was taken for another one.
    pub fn mapped(&mut self, kind: Kind, what: impl Into<String>) {
        self.note(Note::Mapped, kind, what.into());
    }

    /// Something that was missing or could not be read has become something.
    pub fn defaulted(&mut self, kind: Kind, what: impl Into<String>) {
        self.note(Note::Defaulted, kind, what.into());
    }

    /// Something was not taken over.
    pub fn left_out(&mut self, kind: Kind, what: impl Into<String>) {
        self.note(Note::LeftOut, kind, what.into());
    }

    /// A document was not taken over.
    pub fn refuse(&mut self, kind: Kind, id: Option<Id>, why: impl Into<String>) {
        self.line(kind).refused += 1;
        self.refused.push((kind, id, why.into()));
    }

    /// A collection that nothing of ours corresponds to.
    pub fn unknown(&mut self, collection: String, count: u64) {
        self.unknown.insert(collection, count);
    }

    /// All of it, for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (kind, line) in &self.lines {
            let Line {
                read,
                imported,
                present,
                refused,
            } = line;
            let name = kind.collection();
            say(
                &mut text,
                &format!("{name:<14} read {read}, imported {imported}, already there {present}, refused {refused}"),
            );
        }
        for (note, title) in [
            (Note::Mapped, "Mapped"),
            (Note::Defaulted, "Defaulted"),
            (Note::LeftOut, "Left out"),
        ] {
            let notes = self.notes.iter().filter(|((of, ..), _)| *of == note);
            let lines = notes.map(|((_, kind, what), count)| format!("  {}: {what} ({count})", kind.collection()));
            section(&mut text, title, &lines.collect::<Vec<String>>());
        }
        let unknown = self.unknown.iter().map(|(name, count)| format!("  {name} ({count})"));
        section(
            &mut text,
            "Collections that have no counterpart",
            &unknown.collect::<Vec<String>>(),
        );
        let mut refused: Vec<String> = self.refused.iter().map(refusal).collect();
        let more = refused.len().saturating_sub(MOST_REFUSALS);
        refused.truncate(MOST_REFUSALS);
        if more > 0 {
            refused.push(format!("  and {more} more"));
        }
        section(&mut text, "Refused", &refused);
        text.truncate(text.trim_end().len());
        text
    }

    fn line(&mut self, kind: Kind) -> &mut Line {
        self.lines.entry(kind).or_default()
    }

    fn note(&mut self, note: Note, kind: Kind, what: String) {
        *self.notes.entry((note, kind, what)).or_default() += 1;
    }
}

fn refusal((kind, id, why): &(Kind, Option<Id>, String)) -> String {
    let id = id.map_or_else(|| "without an id".to_owned(), |id| id.to_string());
    format!("  {} {id}: {why}", kind.collection())
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        say(text, &format!("{title}:\n{}", lines.join("\n")));
    }
}

fn say(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("text takes text");
}
