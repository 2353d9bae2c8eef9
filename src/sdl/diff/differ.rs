//! The comparison as a whole; what is compared stands in the neighbouring files.

use apollo_compiler::Name;

use crate::sdl::{Change, ChangeKind, Place, Sdl, Severity, rename};

/// Every change from one schema to another, the gravest first.
pub fn diff(old: &Sdl, new: &Sdl) -> Vec<Change> {
    let changes = Vec::new();
    let mut differ = Differ { old, new, changes };
    differ.roots();
    differ.directives();
    differ.types();
    let mut changes = differ.changes;
    rename::guess(&mut changes, old, new);
    sort(&mut changes);
    changes
}

/// The gravest first, then by path.
pub(in crate::sdl) fn sort(changes: &mut [Change]) {
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.path.clone(), change.kind);
        other
            .severity
            .cmp(&one.severity)
            .then_with(|| key(one).cmp(&key(other)))
    });
}

/// Two schemas and what was found to differ.
pub(super) struct Differ<'a> {
    pub old: &'a Sdl,
    pub new: &'a Sdl,
    pub changes: Vec<Change>,
}

impl Differ<'_> {
    /// A change at what stands there in the new schema.
    pub fn at(&self, kind: ChangeKind, severity: Severity, path: impl Into<String>, name: &Name) -> Change {
        Change::new(kind, severity, path, self.new.place(name.location()))
    }

    /// A change of something that has no place in the new schema's file.
    pub fn nowhere(&self, kind: ChangeKind, severity: Severity, path: impl Into<String>) -> Change {
        Change::new(kind, severity, path, Place::file(self.new.file()))
    }

    /// Takes it down.
    pub fn found(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Compares descriptions; an empty one is none.
    pub fn description(
        &mut self,
        old: Option<&str>,
        new: Option<&str>,
        kinds: [ChangeKind; 3],
        path: &str,
        name: &Name,
    ) {
        let [added, changed, removed] = kinds;
        let [old, new] = [old, new].map(|text| text.filter(|text| !text.is_empty()));
        let change = |kind| self.at(kind, Severity::Safe, path, name);
        let change = match (old, new) {
            (None, Some(new)) => change(added).new_value(new),
            (Some(old), None) => change(removed).old(old),
            (Some(old), Some(new)) if old != new => change(changed).old(old).new_value(new),
            _ => return,
        };
        self.found(change);
    }
}
