//! Makes the timelines of a run from its writes, from what was seen, and from what the store held at the end;
//! finds on the way the writes that were lost.

use std::collections::{BTreeMap, HashMap};

use super::model::{History, Number, Op, Outcome, Read, STORE, Seen, Span, State, Time, Write};
use super::timeline::{Is, NEVER, Stage, Timeline, told};
use super::violation::{About, Kind, Violation, process, second};

/// The timelines by the numbers of their entities, and what was found wrong with the writes.
pub struct Assembled {
    pub timelines: Vec<Timeline>,
    pub violations: Vec<Violation>,
}

/// Assembles all timelines of a run. A write that makes an entity and whose outcome is unknown gets its number here.
pub fn assemble(history: &mut History) -> Assembled {
    recognize(history);
    let mut writes: Vec<Vec<&Write>> = vec![Vec::new(); history.entities.len()];
    for write in &history.writes {
        if let Some(entity) = write.entity {
            writes[entity as usize].push(write);
        }
    }
    let stamps: HashMap<u32, &Write> = history
        .writes
        .iter()
        .filter_map(|write| Some((write.op.stamp()?, write)))
        .collect();
    let mut violations = Vec::new();
    let faces = faces(history, &mut violations);
    let ended = ended(history);
    let mut timelines = Vec::new();
    for (at, thing) in history.entities.iter().enumerate() {
        let entity = Number::try_from(at).unwrap();
        let mut one = One {
            entity,
            writes: &writes[at],
            faces: &faces[at],
            is_gone: ended.as_ref().map(|ended| !ended.contains_key(&entity)),
            violations: &mut violations,
        };
        one.check_stamps(&stamps);
        one.check_effects();
        timelines.push(Timeline::new(thing.what, one.stages()));
    }
    Assembled { timelines, violations }
}

/// What was seen of each version of an entity.
type Faces = BTreeMap<u32, State>;

/// Finds the entity of a creation whose reply didn't come, by the stamp that it gave it.
fn recognize(history: &mut History) {
    let mut made: HashMap<u32, Number> = HashMap::new();
    for seen in history.reads.iter().flat_map(|read| &read.seen) {
        if let Seen::Row { entity, state, .. } = seen {
            made.insert(state.stamp, *entity);
        }
    }
    for write in &mut history.writes {
        if let (None, Op::Create { state, .. }) = (write.entity, write.op) {
            write.entity = made.get(&state.stamp).copied();
        }
    }
}

/// The state of each version of each entity, as replied and as read; the two must agree, and all who read.
fn faces(history: &History, violations: &mut Vec<Violation>) -> Vec<Faces> {
    let mut faces: Vec<Faces> = vec![Faces::new(); history.entities.len()];
    // What was before the run is of no account.
    let first: HashMap<Number, u32> = history.writes.iter().filter_map(beginning).collect();
    let mut put = |entity: Number, version: u32, state: State, span: Span, who: u8, asked: &str| {
        if first.get(&entity).is_some_and(|first| version < *first) {
            return;
        }
        let known = *faces[entity as usize].entry(version).or_insert(state);
        if known != state {
            let text = format!(
                "{} said of version {version} {state:?} ({asked}), which was {known:?} before",
                process(who)
            );
            violations.push(Violation {
                kind: Kind::TwoFaces,
                about: About::Entity(entity),
                span,
                text,
            });
        }
    };
    for write in &history.writes {
        if let (Some(entity), Outcome::Acked { version, state }) = (write.entity, &write.outcome) {
            put(entity, *version, *state, write.span, write.process, "reply to a write");
        }
    }
    for read in &history.reads {
        for seen in &read.seen {
            if let Seen::Row { entity, version, state } = *seen {
                put(entity, version, state, read.span, read.process, read.asked);
            }
        }
    }
    faces
}

/// The version in which an entity entered the run.
fn beginning(write: &Write) -> Option<(Number, u32)> {
    match (write.entity, write.op, &write.outcome) {
        (Some(entity), Op::Create { .. }, Outcome::Acked { version, .. }) => Some((entity, *version)),
        _ => None,
    }
}

/// What the store itself held at the end; `None` when it wasn't asked.
fn ended(history: &History) -> Option<HashMap<Number, u32>> {
    let last: &Read = history.reads.iter().rfind(|read| read.process == STORE)?;
    let row = |seen: &Seen| match *seen {
        Seen::Row { entity, version, .. } => Some((entity, version)),
        _ => None,
    };
    Some(last.seen.iter().filter_map(row).collect())
}

/// One entity on its way to a timeline.
struct One<'h> {
    entity: Number,
    writes: &'h [&'h Write],
    faces: &'h Faces,
    is_gone: Option<bool>,
    violations: &'h mut Vec<Violation>,
}

impl One<'_> {
    fn wrong(&mut self, kind: Kind, span: Span, text: String) {
        let about = About::Entity(self.entity);
        self.violations.push(Violation {
            kind,
            about,
            span,
            text,
        });
    }

    fn acked(&self, version: u32) -> impl Iterator<Item = &Write> {
        let of = move |write: &&&Write| matches!(write.outcome, Outcome::Acked { version: at, .. } if at == version);
        self.writes.iter().filter(of).copied()
    }

    fn unknown(&self) -> impl Iterator<Item = &Write> {
        self.writes
            .iter()
            .filter(|write| matches!(write.outcome, Outcome::Unknown(_)))
            .copied()
    }

    /// No version bears the stamp of a write that was refused, or of none.
    fn check_stamps(&mut self, stamps: &HashMap<u32, &Write>) {
        for (version, state) in self.faces {
            match stamps.get(&state.stamp) {
                Some(Write {
                    outcome: Outcome::Refused(why),
                    span,
                    ..
                }) => {
                    let text = format!("version {version} has the stamp {}, refused with {why}", state.stamp);
                    self.wrong(Kind::RefusedYetDone, *span, text);
                }
                Some(_) => {}
                None => {
                    let text = format!("version {version} has the stamp {}, which nobody wrote", state.stamp);
                    self.wrong(Kind::Unaccounted, Span::default(), text);
                }
            }
        }
    }

    /// Each version is what its write made of the version before, and has in it what it was replied to.
    fn check_effects(&mut self) {
        let mut before: Option<(u32, State)> = None;
        for (&version, &state) in self.faces {
            let acked: Vec<Write> = self.acked(version).cloned().collect();
            for write in acked.iter().filter(|write| write.op.applied(state) != state) {
                let text = format!("{:?} was replied with version {version}, which is {state:?}", write.op);
                self.wrong(Kind::Lost, write.span, text);
            }
            let makes = |from| move |write: &&Write| write.op.applied(from) == state;
            if let (Some((last, from)), Some(first)) = (before, acked.first())
                && last + 1 == version
                && self.makers(version).iter().copied().find(makes(from)).is_none()
            {
                let text = format!("version {version} is {state:?}, made by {:?} from {from:?}", first.op);
                self.wrong(Kind::Lost, first.span, text);
            }
            before = Some((version, state));
        }
    }

    /// The writes of which one made this version. One with a stamp that was replied with it did; without, those that
    /// were replied may have found nothing to change in what an unknown one had made.
    fn makers(&self, version: u32) -> Vec<&Write> {
        let acked: Vec<&Write> = self.acked(version).collect();
        if acked.iter().any(|write| write.op.stamp().is_some()) {
            return acked.into_iter().filter(|write| write.op.stamp().is_some()).collect();
        }
        let face = self.faces.get(&version);
        let fits = |write: &&Write| face.is_none_or(|state| write.op.applied(*state) == *state);
        acked.into_iter().chain(self.unknown().filter(fits)).collect()
    }

    /// When somebody had been told of this version. What was written past the program has its own bound, also where a write that
    /// found nothing to change was replied with it: such a reply says what the store held, and changes nothing.
    fn told(&self, version: u32) -> Time {
        let made_past = self.makers(version).into_iter().filter(|write| write.process == STORE);
        let bound = made_past.map(told).max();
        bound.or_else(|| self.acked(version).map(told).min()).unwrap_or(NEVER)
    }

    fn stages(&mut self) -> Vec<Stage> {
        let absent = Stage {
            is: Is::Absent,
            begun: 0,
            told: 0,
            past: 0,
        };
        let (Some(&base), Some(&last)) = (self.faces.keys().next(), self.faces.keys().next_back()) else {
            // Only its absence was ever seen.
            return vec![
                absent,
                Stage {
                    is: Is::Gone,
                    begun: 0,
                    told: NEVER,
                    past: 0,
                },
            ];
        };
        let mut stages = vec![absent];
        let mut unseen = self.unknown().filter(|write| write.op != Op::Remove).count();
        for version in base..=last {
            if self.acked(version).next().is_none() {
                match unseen.checked_sub(1) {
                    Some(left) => unseen = left,
                    None => self.wrong(
                        Kind::Unaccounted,
                        Span::default(),
                        format!("nobody wrote version {version}"),
                    ),
                }
            }
            stages.push(Stage {
                is: Is::Version(version, self.faces.get(&version).copied()),
                begun: self
                    .makers(version)
                    .iter()
                    .map(|write| write.span.start)
                    .min()
                    .unwrap_or(0),
                told: self.told(version),
                past: past(self.acked(version)),
            });
        }
        self.end(&mut stages, last, unseen);
        stages
    }

    /// Its removal, if there was one. An unknown write may have come between the last version that was seen and that.
    fn end(&self, stages: &mut Vec<Stage>, last: u32, unseen: usize) {
        let removals = || self.writes.iter().filter(|write| write.op == Op::Remove);
        let at = removals().map(|write| told(write)).min().unwrap_or(NEVER);
        let may = removals().filter(|write| !matches!(write.outcome, Outcome::Refused(_)));
        let Some(begun) = may.map(|write| write.span.start).min() else {
            return;
        };
        if at == NEVER && self.is_gone != Some(true) {
            return;
        }
        if unseen > 0 {
            let begun = self.unknown().map(|write| write.span.start).min().unwrap_or(0);
            let is = Is::Version(last + 1, None);
            stages.push(Stage {
                is,
                begun,
                told: NEVER,
                past: 0,
            });
        }
        let past = past(removals().copied().filter(|write| told(write) != NEVER));
        stages.push(Stage {
            is: Is::Gone,
            begun,
            told: at,
            past,
        });
    }
}

/// Until when lists may lag behind what was written past the program.
fn past<'w>(writes: impl Iterator<Item = &'w Write>) -> Time {
    writes
        .filter(|write| write.process == STORE)
        .map(|write| write.span.end)
        .max()
        .unwrap_or(0)
}

/// A time for messages.
pub fn at(time: Time) -> String {
    if time == NEVER { "never".into() } else { second(time) }
}
