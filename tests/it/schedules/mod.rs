//! The real code under schedules that a seed chooses: every call of an engine is a point where others may go first,
//! where a process may die, and where time may pass. Nothing here takes real time.

mod doors;
mod engines;
mod scheduler;
mod world;

use self::world::{Door, Fault, World};

/// How many schedules there are in the test command; more with KANVARO_TEST_SCHEDULES.
const SCHEDULES: u64 = 10_000;

/// Most schedules until a rule that is left out is found.
const CONTROLS: u64 = 3_000;

fn schedules() -> u64 {
    let told = std::env::var("KANVARO_TEST_SCHEDULES").ok();
    told.map_or(SCHEDULES, |text| {
        text.parse().expect("KANVARO_TEST_SCHEDULES is a number")
    })
}

/// The seed of the first schedule: one that is told, to see a failure again, or a new one.
fn first_seed() -> u64 {
    let told = std::env::var("KANVARO_TEST_SEED").ok();
    told.map_or_else(rand::random::<u32>, |text| {
        text.parse().expect("KANVARO_TEST_SEED is a number")
    })
    .into()
}

/// Runs these schedules; tells of the first that broke the promise.
fn explore(count: u64, fault: Fault, door: fn(&World, usize) -> Door) -> Option<String> {
    let first = first_seed();
    (first..first + count).find_map(|seed| {
        let broken = World::run(seed, fault, door)?;
        Some(format!("KANVARO_TEST_SEED={seed} ({fault:?}): {broken}"))
    })
}

/// A share of the schedules, all with this fault.
fn hold(fault: Fault) {
    let share = schedules().div_ceil(Fault::ALL.len() as u64);
    if let Some(broken) = explore(share, fault, doors::invalidator) {
        panic!("{broken}");
    }
}

#[test]
fn no_read_is_old_where_nothing_goes_wrong() {
    hold(Fault::None);
}

#[test]
fn no_read_is_old_where_a_process_dies() {
    hold(Fault::Crash);
}

#[test]
fn no_read_is_old_where_a_process_is_cut_off_from_the_cache() {
    hold(Fault::CutOff);
}

#[test]
fn no_read_is_old_where_the_cache_forgets() {
    hold(Fault::Flush);
}

#[test]
fn no_read_is_old_where_the_cache_restarts_and_a_process_notices_late() {
    hold(Fault::Restart);
}

#[test]
fn no_read_is_old_where_writes_are_not_answered() {
    hold(Fault::LostAnswers);
}

#[test]
fn no_read_is_old_where_time_leaps() {
    hold(Fault::Leaps);
}

#[test]
fn the_same_seed_is_the_same_schedule() {
    for (seed, fault) in (0..12).zip(Fault::ALL.into_iter().cycle()) {
        let [one, other] = [(), ()].map(|()| World::trace(seed, fault, doors::invalidator));
        assert!(one.lines().count() > 50);
        assert_eq!(one, other, "seed {seed}");
    }
}

/// Whether leaving a rule out is found under this fault.
fn is_found(fault: Fault, door: fn(&World, usize) -> Door) -> bool {
    explore(CONTROLS, fault, door).is_some()
}

#[test]
fn a_read_is_found_to_be_old_where_nobody_invalidates() {
    assert!(is_found(Fault::None, doors::nobody));
}

#[test]
fn a_read_is_found_to_be_old_where_a_write_marks_nothing_and_its_process_dies() {
    assert!(is_found(Fault::Crash, doors::unmarked));
}

#[test]
fn a_read_is_found_to_be_old_where_a_write_of_unknown_outcome_is_settled_at_once() {
    assert!(is_found(Fault::LostAnswers, doors::hasty));
}

#[test]
fn a_read_is_found_to_be_old_where_a_mutation_that_changes_nothing_replies_at_once() {
    assert!(is_found(Fault::CutOff, doors::disagreeing));
}

#[test]
fn a_read_is_found_to_be_old_where_a_writer_keeps_its_image_though_others_wrote_too() {
    assert!(is_found(Fault::None, doors::overbold));
}

#[test]
fn a_read_is_found_to_be_old_where_marks_that_fail_raise_no_epoch() {
    assert!(is_found(Fault::CutOff, doors::unraised));
}

#[test]
fn a_read_is_found_to_be_old_where_lost_marks_are_trusted_to_guard() {
    assert!(is_found(Fault::Restart, doors::trusting));
}

#[test]
fn a_read_is_found_to_be_old_where_a_tenant_is_not_told_of_a_write() {
    assert!(is_found(Fault::None, doors::untenanted));
}
