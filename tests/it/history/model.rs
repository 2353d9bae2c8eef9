//! What is recorded of a run: who asked for which write or read, when, of which process, and what came of it.

use std::time::Instant;

/// Microseconds since the run began.
pub type Time = u64;
/// The number that an entity has in a run.
pub type Number = u32;

/// Whoever isn't one of the server processes: the store itself, read or written by a client of our own.
pub const STORE: u8 = u8::MAX;
/// The columns of a project's board that tasks move between.
pub const PLACES: [&str; 4] = ["backlog", "todo", "in_progress", "done"];
/// How far projects are.
pub const STAGES: [&str; 4] = ["PLANNING", "ACTIVE", "ON_HOLD", "COMPLETED"];
/// The people: the first of them are administrators, who do tasks; the others come and go as members of projects.
pub const PEOPLE: u8 = 8;
/// How many of the people are administrators.
pub const DOERS: u8 = 4;

/// From when to when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: Time,
    pub end: Time,
}

/// The clock of a run.
#[derive(Clone, Copy)]
pub struct Watch(Instant);

impl Watch {
    pub fn started() -> Watch {
        Watch(Instant::now())
    }

    pub fn now(self) -> Time {
        u64::try_from(self.0.elapsed().as_micros()).unwrap()
    }
}

/// What an entity is, apart from what changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Task { project: Number },
    Project,
    User,
}

/// An entity of a run.
#[derive(Clone, Debug)]
pub struct Thing {
    pub id: String,
    pub what: What,
}

/// What of an entity changes. All of it is in one document, so a version has one state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// From its name or title: which write gave it that.
    pub stamp: u32,
    /// Its place among `PLACES` or `STAGES`.
    pub place: u8,
    /// A bit for each person who does the task or is a member of the project.
    pub who: u8,
}

/// Something that lists entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// The tasks in a column.
    Column { project: Number, place: u8 },
    /// The tasks that a person does.
    Doer(u8),
    /// The projects that are so far.
    Stage(u8),
    /// The projects that somebody who isn't an administrator sees.
    Member(u8),
    /// Everybody.
    People,
}

impl List {
    pub fn holds(self, what: What, state: State) -> bool {
        match (self, what) {
            (List::Column { project, place }, What::Task { project: of }) => project == of && place == state.place,
            (List::Doer(person), What::Task { .. }) | (List::Member(person), What::Project) => {
                state.who & (1 << person) != 0
            }
            (List::Stage(place), What::Project) => place == state.place,
            (List::People, What::User) => true,
            _ => false,
        }
    }

    /// All lists that may hold such an entity.
    pub fn all(what: What) -> Vec<List> {
        let places = 0..PLACES.len() as u8;
        match what {
            What::Task { project } => places
                .map(|place| List::Column { project, place })
                .chain((0..DOERS).map(List::Doer))
                .collect(),
            What::Project => places
                .map(List::Stage)
                .chain((DOERS..PEOPLE).map(List::Member))
                .collect(),
            What::User => vec![List::People],
        }
    }
}

/// What a write shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Create { what: What, state: State },
    Stamp(u32),
    Place(u8),
    Assign(u8),
    Join(u8),
    Leave(u8),
    Remove,
}

impl Op {
    /// What becomes of a state.
    pub fn applied(self, mut state: State) -> State {
        match self {
            Op::Create { state: new, .. } => state = new,
            Op::Stamp(stamp) => state.stamp = stamp,
            Op::Place(place) => state.place = place,
            Op::Assign(who) => state.who = who,
            Op::Join(person) => state.who |= 1 << person,
            Op::Leave(person) => state.who &= !(1 << person),
            Op::Remove => {}
        }
        state
    }

    /// The stamp that it writes.
    pub fn stamp(self) -> Option<u32> {
        match self {
            Op::Create { state, .. } => Some(state.stamp),
            Op::Stamp(stamp) => Some(stamp),
            _ => None,
        }
    }
}

/// What became of a write, as far as its sender knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, and this is what it made.
    Acked { version: u32, state: State },
    /// The entity is gone.
    Removed,
    /// It was not done and will not be.
    Refused(String),
    /// Nobody knows: it may have been done, or still be.
    Unknown(String),
}

/// A write.
#[derive(Clone, Debug)]
pub struct Write {
    /// `None`: it shall make an entity, and its number isn't known.
    pub entity: Option<Number>,
    pub op: Op,
    pub process: u8,
    pub span: Span,
    pub outcome: Outcome,
}

/// Something that a read saw.
#[derive(Clone, Debug)]
pub enum Seen {
    /// An entity, alone or in a list.
    Row { entity: Number, version: u32, state: State },
    /// Nothing where it was asked for.
    Nothing(Number),
    /// Whether a list held it.
    Within { list: List, entity: Number, held: bool },
    /// All that a list held.
    Rows { list: List, rows: Vec<Number> },
    /// How many a list was said to hold.
    Count { list: List, count: u64 },
}

/// A read that was answered.
#[derive(Clone, Debug)]
pub struct Read {
    pub process: u8,
    /// What was asked.
    pub asked: &'static str,
    pub span: Span,
    pub seen: Vec<Seen>,
}

/// A fault while it was in force.
#[derive(Clone, Debug)]
pub struct Injected {
    pub name: String,
    pub span: Span,
}

/// All that is known of a run.
#[derive(Default)]
pub struct History {
    /// What each number stands for.
    pub entities: Vec<Thing>,
    pub writes: Vec<Write>,
    pub reads: Vec<Read>,
    pub faults: Vec<Injected>,
}
