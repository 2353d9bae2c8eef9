//! Which entries go out together, and as what: pure, and the same again for the same entries.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::media::cdn::Cdn;
use crate::model::{Id, PurgeItem};
use crate::store::purges::QueuedPurge;

/// One order to a CDN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The entries that it does away with.
    pub entries: Vec<Id>,
    /// Whether it has been noted that they go out together.
    pub is_sealed: bool,
    /// What is to be forgotten, each once.
    pub items: Vec<PurgeItem>,
}

/// Of so many paths that lie side by side the beginning is cheaper: it costs as much as one path, against what has to be
/// fetched again for nothing.
const WORTH_A_WILDCARD: usize = 50;

impl Batch {
    /// What goes out next of what waits: what was to go out together before, else the oldest. `singly`: one entry alone.
    pub fn next(waiting: &[QueuedPurge], singly: bool) -> Option<Batch> {
        let first = waiting.first()?;
        let taken: Vec<&QueuedPurge> = match first.batch {
            Some(batch) if !singly => waiting.iter().filter(|entry| entry.batch == Some(batch)).collect(),
            _ if singly => vec![first],
            _ => fitting(waiting),
        };
        Some(Batch {
            entries: taken.iter().map(|entry| entry.id).collect(),
            is_sealed: first.batch.is_some(),
            items: compact(taken.iter().flat_map(|entry| &entry.items)),
        })
    }

    /// What the CDN knows the order by: the same for the same entries, another for any others.
    pub fn reference(&self) -> String {
        let mut hash = Sha256::new();
        let mut entries = self.entries.clone();
        entries.sort_unstable();
        entries.iter().for_each(|id| hash.update(id.bytes()));
        for item in &self.items {
            hash.update(item.as_str());
            hash.update("\n");
        }
        let hex: String = hash
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("kanvaro-{hex}")
    }

    /// How many single paths and tags, and how many beginnings of paths, are in it.
    pub fn size(&self) -> (usize, usize) {
        let wildcards = self.items.iter().filter(|item| item.is_wildcard()).count();
        (self.items.len() - wildcards, wildcards)
    }
}

/// The oldest that a CDN takes at once; one at least.
fn fitting(waiting: &[QueuedPurge]) -> Vec<&QueuedPurge> {
    let (mut paths, mut wildcards) = (BTreeSet::new(), BTreeSet::new());
    let mut fits = |entry: &&QueuedPurge| {
        for item in &entry.items {
            let of_its_kind = if item.is_wildcard() { &mut wildcards } else { &mut paths };
            of_its_kind.insert(item.clone());
        }
        paths.len() <= Cdn::MOST_PATHS && wildcards.len() <= Cdn::MOST_WILDCARDS
    };
    let (first, rest) = waiting.split_at(1);
    let _ = first.iter().all(|entry| fits(&entry));
    first.iter().chain(rest.iter().take_while(fits)).collect()
}

/// Each once, without what another covers, and with the beginning in place of many that lie side by side.
fn compact<'i>(items: impl Iterator<Item = &'i PurgeItem>) -> Vec<PurgeItem> {
    let items: BTreeSet<&PurgeItem> = items.collect();
    let mut wildcards: Vec<PurgeItem> = items
        .iter()
        .filter(|item| item.is_wildcard())
        .copied()
        .cloned()
        .collect();
    let room = Cdn::MOST_WILDCARDS.saturating_sub(wildcards.len());
    wildcards.extend(worthwhile(&items).into_iter().take(room));
    let is_covered = |item: &PurgeItem| wildcards.iter().any(|other| other != item && other.covers(item));
    let singles = items.iter().filter(|item| !item.is_wildcard()).copied();
    let all: BTreeSet<&PurgeItem> = singles.chain(&wildcards).filter(|item| !is_covered(item)).collect();
    all.into_iter().cloned().collect()
}

/// The directories of which it is worthwhile to forget everything, those of the most paths first.
fn worthwhile(items: &BTreeSet<&PurgeItem>) -> Vec<PurgeItem> {
    let mut counts: BTreeMap<PurgeItem, usize> = BTreeMap::new();
    for directory in items.iter().filter_map(|item| item.directory()) {
        *counts.entry(directory).or_default() += 1;
    }
    let mut many: Vec<(PurgeItem, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count >= WORTH_A_WILDCARD)
        .collect();
    many.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    many.into_iter().map(|(directory, _)| directory).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn entry(number: u32, items: impl IntoIterator<Item = String>) -> QueuedPurge {
        let mut id = [0; 12];
        id[..4].copy_from_slice(&number.to_be_bytes());
        QueuedPurge {
            id: Id::from_bytes(id),
            items: items.into_iter().map(|item| PurgeItem::parse(&item).unwrap()).collect(),
            at: Timestamp::from_millis(i64::from(number)),
            batch: None,
        }
    }

    fn texts(batch: &Batch) -> Vec<&str> {
        batch.items.iter().map(PurgeItem::as_str).collect()
    }

    fn one(items: &[&str]) -> Batch {
        let entry = entry(1, items.iter().map(|&item| item.to_owned()));
        Batch::next(&[entry], false).unwrap()
    }

    #[test]
    fn what_is_asked_for_several_times_goes_out_once() {
        let waiting = [1, 2, 3].map(|number| entry(number, ["/a".into(), format!("#t{}", number % 2)]));
        let batch = Batch::next(&waiting, false).unwrap();
        assert_eq!((batch.entries.len(), texts(&batch)), (3, vec!["#t0", "#t1", "/a"]));
    }

    #[test]
    fn what_a_beginning_covers_is_left_out() {
        assert_eq!(
            texts(&one(&["/a/*", "/a/b", "/a/b/*", "/ab", "#a"])),
            ["#a", "/a/*", "/ab"]
        );
        assert_eq!(texts(&one(&["/*", "/a", "#a"])), ["#a", "/*"]);
    }

    #[test]
    fn of_many_that_lie_side_by_side_the_beginning_is_cheaper() {
        let paths = |count: usize| (0..count).map(|number| format!("/static/app/{number}.js"));
        let few = Batch::next(&[entry(1, paths(WORTH_A_WILDCARD - 1))], false).unwrap();
        assert_eq!(few.size(), (WORTH_A_WILDCARD - 1, 0));
        let many = Batch::next(
            &[entry(1, paths(WORTH_A_WILDCARD).chain(["/static/b.js".into()]))],
            false,
        )
        .unwrap();
        assert_eq!(texts(&many), ["/static/app/*", "/static/b.js"]);
    }

    #[test]
    fn what_lies_at_the_root_is_never_made_everything() {
        let at_root = Batch::next(&[entry(1, (0..200).map(|number| format!("/{number}")))], false).unwrap();
        assert_eq!(at_root.size(), (200, 0));
    }

    #[test]
    fn no_more_wildcards_are_made_than_may_be_on_their_way() {
        let paths = (0..20).flat_map(|directory| (0..50 + directory).map(move |file| format!("/d{directory}/{file}")));
        let batch = Batch::next(&[entry(1, paths)], false).unwrap();
        assert_eq!(batch.size(), (50 + 51 + 52 + 53 + 54, Cdn::MOST_WILDCARDS));
    }

    #[test]
    fn more_than_3000_go_out_in_several() {
        let mut waiting: Vec<QueuedPurge> = (0..16)
            .map(|number| entry(number, (0..500).map(|path| format!("/d{number}-{path}/x"))))
            .collect();
        let mut sizes = Vec::new();
        while let Some(batch) = Batch::next(&waiting, false) {
            sizes.push(batch.size().0);
            waiting.retain(|entry| !batch.entries.contains(&entry.id));
        }
        assert_eq!(sizes, [3_000, 3_000, 2_000]);
    }

    #[test]
    fn one_entry_goes_out_even_if_it_is_too_large() {
        let batch = Batch::next(&[entry(1, (0..4_000).map(|path| format!("/d{path}/x")))], false).unwrap();
        assert_eq!(batch.size().0, 4_000);
    }

    #[test]
    fn what_was_to_go_out_together_does_and_under_the_same_reference() {
        let mut waiting: Vec<QueuedPurge> = (0..3).map(|number| entry(number, [format!("/{number}")])).collect();
        let first = Batch::next(&waiting, false).unwrap();
        for entry in &mut waiting {
            entry.batch = Some(Id::from_bytes([9; 12]));
        }
        waiting.push(entry(7, ["/later".into()]));
        let again = Batch::next(&waiting, false).unwrap();
        assert_eq!((again.is_sealed, &again.items), (true, &first.items));
        assert_eq!(again.reference(), first.reference());
        let other = Batch::next(&waiting[1..3], false).unwrap();
        assert_ne!(other.reference(), first.reference());
        let same_items = Batch {
            entries: vec![Id::from_bytes([8; 12])],
            ..first.clone()
        };
        assert_ne!(same_items.reference(), first.reference());
    }
}
