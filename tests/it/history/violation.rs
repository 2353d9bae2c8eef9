//! A promise that was broken, and the history around it.

use std::fmt::Write as _;

use super::model::{History, List, Number, STORE, Span, Time, Write};

/// Which promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A version was seen although a later one had been replied before the read started.
    Stale,
    /// Something was seen although its removal had been replied before the read started.
    Removed,
    /// Nothing was seen although it was there during the whole read.
    Vanished,
    /// A list held what can't have been in it at any time during the read.
    Ghost,
    /// A list lacked what was in it during the whole read.
    Missing,
    /// A count was more or less than any number that was right during the read.
    Miscount,
    /// A version was seen before anybody had asked for it.
    Early,
    /// One version was seen in two states.
    TwoFaces,
    /// A write that was replied isn't in what came of it.
    Lost,
    /// A write that was refused was done.
    RefusedYetDone,
    /// A version that no write accounts for.
    Unaccounted,
}

impl Kind {
    /// Whether it is a wrong answer to a read; the others are writes gone wrong.
    pub fn is_stale(self) -> bool {
        use Kind::{Ghost, Miscount, Missing, Removed, Stale, Vanished};
        matches!(self, Stale | Removed | Vanished | Ghost | Missing | Miscount)
    }
}

/// What a broken promise was about.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Entity(Number),
    List(List),
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Violation {
    pub kind: Kind,
    pub about: About,
    pub span: Span,
    /// What was seen, by whom.
    pub text: String,
}

/// How long before and after it the history is printed.
const AROUND: Time = 3_000_000;
/// How many writes are printed at most.
const MOST: usize = 16;

impl Violation {
    /// It, the writes around it, and the faults in force.
    pub fn told(&self, history: &History) -> String {
        let mut text = format!("{:?} at {}: {}\n", self.kind, seconds(self.span), self.text);
        match self.about {
            About::Entity(entity) => {
                let thing = &history.entities[entity as usize];
                let _ = writeln!(text, "  writes of {:?} #{entity} {}:", thing.what, thing.id);
            }
            About::List(list) => {
                let _ = writeln!(text, "  writes of what {list:?} may hold:");
            }
        }
        for write in self.writes(history) {
            let _ = writeln!(text, "    {}", line(write));
        }
        let near = |span: Span| span.start <= self.span.end && span.end + AROUND >= self.span.start;
        for fault in history.faults.iter().filter(|fault| near(fault.span)) {
            let _ = writeln!(text, "  fault {}: {}", seconds(fault.span), fault.name);
        }
        text
    }

    fn concerns(&self, entity: Number, history: &History) -> bool {
        match self.about {
            About::Entity(of) => of == entity,
            About::List(list) => List::all(history.entities[entity as usize].what).contains(&list),
        }
    }

    /// The writes around it, and the last one that was replied before those.
    fn writes<'h>(&self, history: &'h History) -> Vec<&'h Write> {
        let concerns = |write: &&Write| write.entity.is_some_and(|entity| self.concerns(entity, history));
        let mut of: Vec<&Write> = history.writes.iter().filter(concerns).collect();
        of.sort_by_key(|write| write.span.end);
        let before = of.iter().rposition(|write| write.span.end + AROUND < self.span.start);
        let after = of
            .iter()
            .position(|write| write.span.start > self.span.end + AROUND / 6);
        let near = &of[before.unwrap_or(0)..after.unwrap_or(of.len())];
        near[near.len().saturating_sub(MOST)..].to_vec()
    }
}

fn line(write: &Write) -> String {
    let (process, op, outcome) = (process(write.process), write.op, &write.outcome);
    let entity = write.entity.map_or_else(String::new, |entity| format!(" #{entity}"));
    format!("{} {process}{entity}: {op:?} -> {outcome:?}", seconds(write.span))
}

/// How a process is called.
pub fn process(number: u8) -> String {
    if number == STORE {
        "the store itself".into()
    } else {
        format!("process {number}")
    }
}

/// A time in seconds.
pub fn second(time: Time) -> String {
    format!("{}.{:06}", time / 1_000_000, time % 1_000_000)
}

fn seconds(span: Span) -> String {
    format!("{}..{}", second(span.start), second(span.end))
}
