//! What came out of a comparison, as every format shows it.

use crate::sdl::{Change, Ignore, Known, Severity};

/// The result of a comparison.
pub struct Report {
    /// What was compared: what was, and what is.
    pub names: [String; 2],
    /// The changes that count.
    pub changes: Vec<Change>,
    /// Those that are meant, and why.
    pub ignored: Vec<(Change, String)>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// What is known of operations.
    pub known: Option<Known>,
    /// From which severity on it fails.
    pub fail_on: Severity,
    /// Whether safe changes are shown.
    pub shows_safe: bool,
}

impl Report {
    /// Takes out what is meant; says which entries mean nothing any more.
    pub fn ignore(&mut self, entries: &[Ignore]) {
        let mut counting = Vec::new();
        for change in self.changes.drain(..) {
            match entries.iter().find(|entry| entry.means(&change)) {
                Some(entry) => self.ignored.push((change, entry.reason.clone())),
                None => counting.push(change),
            }
        }
        self.changes = counting;
        let is_idle = |entry: &&Ignore| !self.ignored.iter().any(|(change, _)| entry.means(change));
        let idle = entries.iter().filter(is_idle);
        self.notes
            .extend(idle.map(|entry| format!("nothing to ignore is left for {}", entry.entry())));
    }

    /// How many changes are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.changes.iter().filter(|change| change.severity == severity).count()
    }

    /// Whether it counts as a failure.
    pub fn fails(&self) -> bool {
        self.changes.iter().any(|change| change.severity >= self.fail_on)
    }

    /// The changes to show.
    pub fn shown(&self) -> impl Iterator<Item = &Change> {
        let is_shown = |change: &&Change| self.shows_safe || change.severity > Severity::Safe;
        self.changes.iter().filter(is_shown)
    }

    /// In one line.
    pub fn summary(&self) -> String {
        let [old, new] = &self.names;
        if self.changes.is_empty() && self.ignored.is_empty() {
            return format!("{old} and {new}: no change");
        }
        let count = |severity| self.count(severity);
        let mut summary = format!(
            "{old} → {new}: {} breaking, {} dangerous, {} safe",
            count(Severity::Breaking),
            count(Severity::Dangerous),
            count(Severity::Safe)
        );
        if !self.ignored.is_empty() {
            summary += &format!(", {} ignored", self.ignored.len());
        }
        summary
    }

    /// Everything else that is to be said, line by line.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> = Vec::new();
        for (change, reason) in &self.ignored {
            remarks.push(format!("ignored {} {}: {reason}", change.kind, change.path));
        }
        if let Some(known) = self.known {
            let came = match known.only_new {
                0 => String::new(),
                only_new => format!(", {only_new} of them came with the new schema"),
            };
            remarks.push(format!("{} known operations{came}", known.operations));
        }
        remarks.extend(self.notes.iter().cloned());
        remarks
    }
}

/// What it was and is, like `String! → String`; empty where there is nothing to show.
pub fn from_to(change: &Change) -> String {
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{} → {}", short(old), short(new)),
        (Some(old), None) => format!("{} → nothing", short(old)),
        (None, Some(new)) => format!("nothing → {}", short(new)),
        (None, None) => String::new(),
    }
}

/// The notes of a change and the operations that it reaches.
pub fn remarks_of(change: &Change) -> Vec<String> {
    let mut remarks = change.notes.clone();
    if !change.uses.is_empty() && change.kind != crate::sdl::ChangeKind::OperationRefused {
        let uses = change
            .uses
            .iter()
            .map(|used| format!("{} ({})", used.operation, used.place));
        let verb = if change.severity == Severity::Breaking {
            "breaks"
        } else {
            "reaches"
        };
        remarks.push(format!("{verb} {}", uses.collect::<Vec<_>>().join(", ")));
    }
    remarks
}

/// On one line, and cut where it is long.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
