//! One entity through a run: the versions it had, and which of them a read of a given time may have met.

use std::ops::RangeInclusive;

use super::model::{List, Outcome, State, Time, What, Write};

/// Not yet, and perhaps never.
pub const NEVER: Time = Time::MAX;

/// Something the entity was for a while: absent, a version, or gone.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    pub is: Is,
    /// No read that ended before this can have met it: the write that made it hadn't been asked for.
    pub begun: Time,
    /// Every read that started after this meets it or what came later: somebody was told.
    pub told: Time,
    /// When it was written past the program: until when lists may lag behind it. A write by the program that follows
    /// brings up to date what it changes, but not the lists that only the other one changed.
    pub past: Time,
}

impl Stage {
    /// From when on lists must tell it.
    fn listed(self) -> Time {
        self.told.max(self.past)
    }
}

/// What it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Absent,
    /// A version; its state is `None` where nobody ever saw it.
    Version(u32, Option<State>),
    Gone,
}

/// The stages of an entity, in their order.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub what: What,
    stages: Vec<Stage>,
}

impl Timeline {
    /// Puts stages into a line. What was told of a later one was told of those before it, and none begins before
    /// one that it follows.
    pub fn new(what: What, mut stages: Vec<Stage>) -> Timeline {
        let mut begun = 0;
        for stage in &mut stages {
            begun = begun.max(stage.begun);
            stage.begun = begun;
        }
        let mut told = NEVER;
        for stage in stages.iter_mut().rev() {
            told = told.min(stage.told);
            stage.told = told;
        }
        let mut past = 0;
        for stage in &mut stages {
            past = past.max(stage.past);
            stage.past = past;
        }
        Timeline { what, stages }
    }

    /// The stages that a read between these times may have met: from the last that somebody had been told of when it
    /// started to the last that had been asked for when it ended.
    pub fn window(&self, start: Time, end: Time) -> RangeInclusive<usize> {
        let told = self.stages.partition_point(|stage| stage.told <= start);
        let begun = self.stages.partition_point(|stage| stage.begun <= end);
        told.saturating_sub(1)..=begun.saturating_sub(1)
    }

    /// The same for reads of lists.
    fn window_in_lists(&self, start: Time, end: Time) -> RangeInclusive<usize> {
        let told = self.stages.partition_point(|stage| stage.listed() <= start);
        told.saturating_sub(1)..=*self.window(start, end).end()
    }

    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Where this version stands in the line; one from before its beginning stands where it was absent.
    pub fn position(&self, version: u32) -> usize {
        let first = |stage: &Stage| {
            if let Is::Version(first, _) = stage.is {
                Some(first)
            } else {
                None
            }
        };
        let base = self.stages.iter().find_map(first).unwrap_or(version + 1);
        (version + 1).saturating_sub(base) as usize
    }

    /// Whether a list may, and whether it must, have held it for a read between these times.
    pub fn within(&self, list: List, start: Time, end: Time) -> Within {
        let mut within = Within { may: false, must: true };
        for stage in &self.stages[self.window_in_lists(start, end)] {
            match stage.is {
                Is::Version(_, Some(state)) if list.holds(self.what, state) => within.may = true,
                Is::Version(_, None) => within = Within { may: true, must: false },
                _ => within.must = false,
            }
        }
        Within {
            may: within.may,
            must: within.must && within.may,
        }
    }

    /// From when to when a list may have held it, once for each stretch.
    pub fn stretches(&self, list: List) -> impl Iterator<Item = (Time, Time)> + '_ {
        self.stages.iter().enumerate().filter_map(move |(at, stage)| {
            let held = match stage.is {
                Is::Version(_, Some(state)) => list.holds(self.what, state),
                Is::Version(_, None) => true,
                Is::Absent | Is::Gone => false,
            };
            let until = self.stages.get(at + 1).map_or(NEVER, |next| next.listed());
            held.then_some((stage.begun, until))
        })
    }
}

/// Whether something is possible, and whether nothing else is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    pub may: bool,
    pub must: bool,
}

/// When the reply to a write came, if it says that the write was done.
pub fn told(write: &Write) -> Time {
    match write.outcome {
        Outcome::Acked { .. } | Outcome::Removed => write.span.end,
        Outcome::Refused(_) | Outcome::Unknown(_) => NEVER,
    }
}
