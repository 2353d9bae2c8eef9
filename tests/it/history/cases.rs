//! The judge on histories made by hand: what it must find, and what it must not.

use super::judge::judge;
use super::model::{History, List, Number, Op, Outcome, Read, STORE, Seen, Span, State, Thing, Time, What, Write};
use super::violation::Kind;

const TASK: Number = 1;
const TODO: List = List::Column { project: 0, place: 1 };
const DONE: List = List::Column { project: 0, place: 3 };

/// A project and a task in it, both there from the start in version 1.
struct Case {
    history: History,
}

fn state(stamp: u32, place: u8) -> State {
    State { stamp, place, who: 0 }
}

impl Case {
    fn new() -> Case {
        let thing = |id: &str, what| Thing { id: id.into(), what };
        let history = History {
            entities: vec![thing("p", What::Project), thing("t", What::Task { project: 0 })],
            ..History::default()
        };
        let made = |what, state| (Op::Create { what, state }, Outcome::Acked { version: 1, state });
        let (project, task) = (
            made(What::Project, state(0, 0)),
            made(What::Task { project: 0 }, state(1, 1)),
        );
        Case { history }.write(0, 0, 0, project).write(TASK, 0, 0, task)
    }

    fn write(mut self, entity: Number, start: Time, end: Time, (op, outcome): (Op, Outcome)) -> Case {
        let (entity, span) = (Some(entity), Span { start, end });
        self.history.writes.push(Write {
            entity,
            op,
            process: 0,
            span,
            outcome,
        });
        self
    }

    /// A write of a stamp to the task, replied with this version.
    fn stamped(self, start: Time, end: Time, stamp: u32, version: u32) -> Case {
        let outcome = Outcome::Acked {
            version,
            state: state(stamp, 1),
        };
        self.write(TASK, start, end, (Op::Stamp(stamp), outcome))
    }

    /// A move of the task to the last column, replied with version 2.
    fn moved(self, start: Time, end: Time) -> Case {
        let outcome = Outcome::Acked {
            version: 2,
            state: state(1, 3),
        };
        self.write(TASK, start, end, (Op::Place(3), outcome))
    }

    fn read(mut self, start: Time, end: Time, seen: Seen) -> Case {
        let (span, seen) = (Span { start, end }, vec![seen]);
        self.history.reads.push(Read {
            process: 1,
            asked: "",
            span,
            seen,
        });
        self
    }

    fn saw(self, start: Time, end: Time, version: u32, state: State) -> Case {
        self.read(
            start,
            end,
            Seen::Row {
                entity: TASK,
                version,
                state,
            },
        )
    }

    fn listed(self, start: Time, end: Time, list: List, rows: &[Number]) -> Case {
        self.read(
            start,
            end,
            Seen::Rows {
                list,
                rows: rows.to_vec(),
            },
        )
    }

    /// What the store holds at the end; without a task, if none is given.
    fn ended(mut self, task: Option<(u32, State)>) -> Case {
        let project = Seen::Row {
            entity: 0,
            version: 1,
            state: state(0, 0),
        };
        let task = task.map_or(Seen::Nothing(TASK), |(version, state)| Seen::Row {
            entity: TASK,
            version,
            state,
        });
        let (span, seen) = (Span { start: 900, end: 901 }, vec![project, task]);
        self.history.reads.push(Read {
            process: STORE,
            asked: "",
            span,
            seen,
        });
        self
    }

    #[track_caller]
    fn is(mut self, kinds: &[Kind]) {
        let found = judge(&mut self.history).violations;
        let told: String = found.iter().map(|violation| violation.told(&self.history)).collect();
        assert_eq!(
            found.iter().map(|violation| violation.kind).collect::<Vec<_>>(),
            kinds,
            "{told}"
        );
    }
}

#[test]
fn a_read_after_the_reply_that_sees_the_version_before_is_stale() {
    Case::new()
        .stamped(10, 20, 5, 2)
        .saw(20, 30, 1, state(1, 1))
        .is(&[Kind::Stale]);
}

#[test]
fn a_read_that_began_before_the_reply_may_see_either_version() {
    Case::new()
        .stamped(10, 20, 5, 2)
        .saw(19, 30, 1, state(1, 1))
        .saw(12, 13, 2, state(5, 1))
        .is(&[]);
}

#[test]
fn a_reply_tells_of_all_versions_before_it() {
    let lost = (Op::Stamp(5), Outcome::Unknown(String::new()));
    let case = Case::new()
        .write(TASK, 10, 20, lost)
        .stamped(30, 40, 6, 3)
        .ended(Some((3, state(6, 1))));
    case.saw(50, 60, 2, state(5, 1)).is(&[Kind::Stale]);
}

#[test]
fn a_write_that_nobody_was_told_of_may_be_seen_or_not() {
    let lost = (Op::Stamp(5), Outcome::Unknown(String::new()));
    let case = Case::new().write(TASK, 10, 20, lost).ended(Some((2, state(5, 1))));
    case.saw(30, 31, 2, state(5, 1)).saw(40, 41, 1, state(1, 1)).is(&[]);
}

#[test]
fn a_version_is_not_seen_before_its_write_was_sent() {
    Case::new()
        .stamped(10, 20, 5, 2)
        .saw(5, 8, 2, state(5, 1))
        .is(&[Kind::Early]);
}

#[test]
fn a_refused_write_is_not_seen() {
    let refused = (Op::Stamp(5), Outcome::Refused("CONFLICT".into()));
    let case = Case::new().write(TASK, 10, 20, refused).saw(30, 31, 2, state(5, 1));
    case.is(&[Kind::Unaccounted, Kind::RefusedYetDone]);
}

#[test]
fn two_writes_replied_with_one_version_are_a_lost_update() {
    Case::new()
        .stamped(10, 20, 5, 2)
        .stamped(11, 21, 6, 2)
        .is(&[Kind::TwoFaces, Kind::Lost]);
}

#[test]
fn a_version_without_what_the_one_before_wrote_is_a_lost_update() {
    let moved = (
        Op::Place(3),
        Outcome::Acked {
            version: 3,
            state: state(1, 3),
        },
    );
    Case::new()
        .stamped(10, 20, 5, 2)
        .write(TASK, 30, 40, moved)
        .is(&[Kind::Lost]);
}

#[test]
fn a_reply_whose_write_the_store_lacks_at_the_end_is_found() {
    Case::new()
        .stamped(10, 20, 5, 2)
        .ended(Some((1, state(1, 1))))
        .is(&[Kind::Stale]);
}

#[test]
fn what_is_removed_is_not_seen_again() {
    let case = Case::new()
        .write(TASK, 10, 20, (Op::Remove, Outcome::Removed))
        .ended(None);
    case.saw(20, 30, 1, state(1, 1))
        .read(40, 50, Seen::Nothing(TASK))
        .is(&[Kind::Removed]);
}

#[test]
fn what_nobody_removed_does_not_vanish() {
    Case::new().read(40, 50, Seen::Nothing(TASK)).is(&[Kind::Vanished]);
}

#[test]
fn a_list_holds_what_was_moved_into_it_and_not_what_was_moved_out() {
    let case = Case::new()
        .moved(10, 20)
        .listed(20, 30, DONE, &[TASK])
        .listed(20, 30, TODO, &[]);
    case.listed(31, 40, DONE, &[])
        .listed(41, 50, TODO, &[TASK])
        .is(&[Kind::Missing, Kind::Ghost]);
}

#[test]
fn a_list_may_hold_or_lack_what_is_being_moved() {
    let case = Case::new()
        .moved(10, 20)
        .listed(5, 15, DONE, &[TASK])
        .listed(5, 15, TODO, &[TASK]);
    case.listed(6, 15, DONE, &[]).listed(6, 15, TODO, &[]).is(&[]);
}

#[test]
fn a_count_is_one_that_was_right_during_the_read() {
    let count = |list, count| Seen::Count { list, count };
    let case = Case::new()
        .moved(10, 20)
        .read(5, 15, count(TODO, 1))
        .read(6, 15, count(TODO, 0));
    case.read(20, 30, count(DONE, 1))
        .read(21, 30, count(TODO, 1))
        .is(&[Kind::Miscount]);
}

#[test]
fn a_move_that_may_have_happened_excuses_both_lists() {
    let lost = (Op::Place(3), Outcome::Unknown(String::new()));
    let case = Case::new().write(TASK, 10, 20, lost).ended(Some((2, state(1, 3))));
    case.listed(30, 31, TODO, &[TASK])
        .listed(40, 41, DONE, &[TASK])
        .listed(50, 51, DONE, &[])
        .is(&[]);
}

#[test]
fn a_write_that_finds_nothing_to_change_is_told_the_version_of_another() {
    let lost = (Op::Place(3), Outcome::Unknown(String::new()));
    let case = Case::new().write(TASK, 10, 20, lost).moved(50, 60);
    case.saw(30, 31, 2, state(1, 3))
        .saw(60, 61, 1, state(1, 1))
        .is(&[Kind::Stale]);
}

#[test]
fn a_reply_that_changed_nothing_does_not_shorten_the_bound_of_a_write_past_the_program() {
    let seen = |start: Time| {
        let mut case = Case::new().moved(10, 100);
        case.history.writes.last_mut().unwrap().process = STORE;
        case.moved(50, 60).saw(start, start + 1, 1, state(1, 1))
    };
    seen(61).is(&[]);
    seen(101).is(&[Kind::Stale]);
}

#[test]
fn what_stood_there_before_the_run_is_stale() {
    let mut case = Case::new();
    case.history.writes.clear();
    let made = (
        Op::Create {
            what: What::Task { project: 0 },
            state: state(1, 1),
        },
        Outcome::Acked {
            version: 4,
            state: state(1, 1),
        },
    );
    case.write(TASK, 0, 0, made)
        .saw(30, 31, 3, state(u32::MAX, 1))
        .is(&[Kind::Stale]);
}

#[test]
fn lists_may_lag_behind_a_write_past_the_program_though_another_follows() {
    let mut case = Case::new().moved(10, 100);
    case.history.writes.last_mut().unwrap().process = STORE;
    let stamped = (
        Op::Stamp(5),
        Outcome::Acked {
            version: 3,
            state: state(5, 3),
        },
    );
    let case = case.write(TASK, 20, 30, stamped).listed(40, 50, TODO, &[TASK]);
    case.listed(100, 110, TODO, &[TASK])
        .saw(40, 50, 2, state(1, 3))
        .is(&[Kind::Stale, Kind::Ghost]);
}
