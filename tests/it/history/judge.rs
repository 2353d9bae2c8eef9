//! The judge: holds every read of a run against the writes that were replied before it started.
//!
//! A read from `a` to `b` must see an entity in a state that it had at some time in between, as far as anybody could
//! know: no version older than the newest that was replied before `a`, by any process, and none whose write was sent
//! after `b`. What was removed isn't seen, in lists neither; a list holds what belonged into it during the whole read
//! and nothing that never did; a count is one that these allow. A write of unknown outcome may have happened at any time since it
//! was sent, or never; reads that see it bind nobody, because nobody was told (`Verdict::back` counts when a later read
//! saw less). What the store holds at the end, and every process says then, are reads like any other.

use std::collections::{HashMap, HashSet};

use super::assemble::{Assembled, assemble, at};
use super::model::{History, List, Number, Read, Seen, Time};
use super::timeline::{Is, Timeline};
use super::violation::{About, Kind, Violation, process};

/// What the judge found.
#[derive(Default)]
pub struct Verdict {
    /// How many entities, lists and counts were seen and held against the writes.
    pub judged: usize,
    pub violations: Vec<Violation>,
    /// How often a read saw less of a write that nobody was told of than an earlier read had.
    pub back: usize,
}

/// The width of the drawers in which lists are kept by time.
const DRAWER: Time = 1_000_000;

/// Judges a run.
pub fn judge(history: &mut History) -> Verdict {
    let Assembled { timelines, violations } = assemble(history);
    let end = history.reads.iter().map(|read| read.span.end).max().unwrap_or(0);
    let mut bench = Bench {
        drawers: drawers(&timelines, end),
        timelines,
        verdict: Verdict {
            violations,
            ..Verdict::default()
        },
    };
    for read in &history.reads {
        for seen in &read.seen {
            bench.verdict.judged += 1;
            bench.judge(read, seen);
        }
    }
    bench.verdict.back = bench.back(history);
    bench.verdict.violations.sort_by_key(|violation| violation.span.start);
    bench.verdict
}

/// Which entities a list may have held in each second.
type Drawers = HashMap<(List, Time), Vec<Number>>;

fn drawers(timelines: &[Timeline], end: Time) -> Drawers {
    let mut drawers = Drawers::new();
    for (number, timeline) in timelines.iter().enumerate() {
        let number = Number::try_from(number).unwrap();
        for list in List::all(timeline.what) {
            for (from, to) in timeline.stretches(list) {
                for drawer in from / DRAWER..=to.min(end) / DRAWER {
                    let held = drawers.entry((list, drawer)).or_default();
                    if held.last() != Some(&number) {
                        held.push(number);
                    }
                }
            }
        }
    }
    drawers
}

struct Bench {
    timelines: Vec<Timeline>,
    drawers: Drawers,
    verdict: Verdict,
}

impl Bench {
    fn judge(&mut self, read: &Read, seen: &Seen) {
        match seen {
            Seen::Row { entity, version, .. } => self.row(read, *entity, *version),
            Seen::Nothing(entity) => self.nothing(read, *entity),
            Seen::Within { list, entity, held } => self.within(read, *list, *entity, *held),
            Seen::Rows { list, rows } => self.rows(read, *list, rows),
            Seen::Count { list, count } => self.count(read, *list, *count),
        }
    }

    fn row(&mut self, read: &Read, entity: Number, version: u32) {
        let timeline = &self.timelines[entity as usize];
        let window = timeline.window(read.span.start, read.span.end);
        let position = timeline.position(version);
        let stage = timeline.stages()[*window.start()];
        if position < *window.start() {
            let kind = if stage.is == Is::Gone {
                Kind::Removed
            } else {
                Kind::Stale
            };
            let text = format!(
                "saw version {version} although {:?} had been replied at {}",
                stage.is,
                at(stage.told)
            );
            self.wrong(kind, read, About::Entity(entity), &text);
        } else if position > *window.end() {
            let begun = at(timeline.stages()[position].begun);
            self.wrong(
                Kind::Early,
                read,
                About::Entity(entity),
                &format!("saw version {version}, asked for at {begun}"),
            );
        }
    }

    fn nothing(&mut self, read: &Read, entity: Number) {
        let timeline = &self.timelines[entity as usize];
        let window = timeline.window(read.span.start, read.span.end);
        if !timeline.stages()[window]
            .iter()
            .any(|stage| matches!(stage.is, Is::Absent | Is::Gone))
        {
            self.wrong(
                Kind::Vanished,
                read,
                About::Entity(entity),
                "saw nothing of what was there",
            );
        }
    }

    fn within(&mut self, read: &Read, list: List, entity: Number, held: bool) {
        let within = self.timelines[entity as usize].within(list, read.span.start, read.span.end);
        if held && !within.may {
            self.wrong(Kind::Ghost, read, About::Entity(entity), &format!("{list:?} held it"));
        } else if !held && within.must {
            self.wrong(
                Kind::Missing,
                read,
                About::Entity(entity),
                &format!("{list:?} lacked it"),
            );
        }
    }

    fn rows(&mut self, read: &Read, list: List, rows: &[Number]) {
        for entity in rows {
            self.within(read, list, *entity, true);
        }
        for entity in self.drawer(list, read.span.start) {
            if !rows.contains(&entity) {
                self.within(read, list, entity, false);
            }
        }
    }

    fn count(&mut self, read: &Read, list: List, count: u64) {
        let (from, to) = (read.span.start / DRAWER, read.span.end / DRAWER);
        let held: HashSet<Number> = (from..=to)
            .flat_map(|drawer| self.drawer(list, drawer * DRAWER))
            .collect();
        let (mut least, mut most) = (0, 0);
        for entity in held {
            let within = self.timelines[entity as usize].within(list, read.span.start, read.span.end);
            least += u64::from(within.must);
            most += u64::from(within.may);
        }
        if !(least..=most).contains(&count) {
            let text = format!("counted {count} in {list:?}, which held {least} to {most}");
            self.wrong(Kind::Miscount, read, About::List(list), &text);
        }
    }

    fn drawer(&self, list: List, time: Time) -> Vec<Number> {
        self.drawers.get(&(list, time / DRAWER)).cloned().unwrap_or_default()
    }

    fn wrong(&mut self, kind: Kind, read: &Read, about: About, text: &str) {
        let (span, text) = (read.span, format!("{} ({}) {text}", process(read.process), read.asked));
        self.verdict.violations.push(Violation {
            kind,
            about,
            span,
            text,
        });
    }

    /// How many rows were older than what a read that had ended before had seen, not counting those that are stale.
    fn back(&self, history: &History) -> usize {
        let mut seen: Vec<Vec<(Time, Time, u32)>> = vec![Vec::new(); self.timelines.len()];
        for read in &history.reads {
            for row in &read.seen {
                if let Seen::Row { entity, version, .. } = *row {
                    seen[entity as usize].push((read.span.start, read.span.end, version));
                }
            }
        }
        let count = |(timeline, rows): (&Timeline, Vec<_>)| went_back(timeline, rows);
        self.timelines.iter().zip(seen).map(count).sum()
    }
}

fn went_back(timeline: &Timeline, mut rows: Vec<(Time, Time, u32)>) -> usize {
    rows.sort_unstable_by_key(|row| row.0);
    let mut ends: Vec<(Time, u32)> = rows.iter().map(|(_, end, version)| (*end, *version)).collect();
    ends.sort_unstable();
    let (mut newest, mut at, mut count) = (0, 0, 0);
    for (start, end, version) in rows {
        while at < ends.len() && ends[at].0 <= start {
            newest = newest.max(ends[at].1);
            at += 1;
        }
        let is_stale = timeline.position(version) < *timeline.window(start, end).start();
        count += usize::from(version < newest && !is_stale);
    }
    count
}
