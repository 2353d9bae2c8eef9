//! What holds of any schema: printing is stable, a schema doesn't differ from itself, and every edit is seen.

use std::collections::BTreeSet;
use std::time::Instant;

use kanvaro::sdl::{Sdl, diff, print};
use proptest::prelude::*;

use super::edit::edit;
use super::random::{Dice, World};

fn read(sdl: &str) -> Sdl {
    match Sdl::parse("random", sdl) {
        Ok(sdl) => sdl,
        Err(error) => panic!("{error}\n{sdl}"),
    }
}

fn changes(old: &Sdl, new: &Sdl) -> BTreeSet<String> {
    let changes = diff(old, new).into_iter();
    changes
        .map(|change| format!("{} {}", change.kind, change.path))
        .collect()
}

/// One edit, and what has to be found of it.
fn edited(world: &World, dice: &mut Dice) -> (World, String) {
    loop {
        let mut edited = world.clone();
        if let Some(expected) = edit(&mut edited, dice) {
            return (edited, expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_printed_reads_as_what_it_was_printed_from(seed: u64) {
        let first = read(&Dice::new(seed).world().sdl());
        let printed = print(&first);
        let second = read(&printed);
        prop_assert_eq!(&printed, &print(&second));
        prop_assert_eq!(changes(&first, &second), BTreeSet::new());
    }

    #[test]
    fn the_order_in_which_a_schema_is_written_says_nothing(seed: u64) {
        let mut dice = Dice::new(seed);
        let world = dice.world();
        let (one, other) = (read(&world.sdl()), read(&world.shuffled(&mut dice).sdl()));
        prop_assert_eq!(print(&one), print(&other));
        prop_assert_eq!(changes(&one, &other), BTreeSet::new());
    }

    #[test]
    fn every_edit_is_found_and_nothing_else(seed: u64) {
        let mut dice = Dice::new(seed);
        let world = dice.world();
        let (edited, expected) = edited(&world, &mut dice);
        let found = changes(&read(&world.sdl()), &read(&edited.sdl()));
        prop_assert_eq!(found, BTreeSet::from([expected]));
    }

    #[test]
    fn two_schemas_differ_exactly_when_they_print_differently(seed: u64, edits in 0_usize..12) {
        let mut dice = Dice::new(seed);
        let world = dice.world();
        let mut other = world.clone();
        for _ in 0..edits {
            other = edited(&other, &mut dice).0;
        }
        let (old, new) = (read(&world.sdl()), read(&other.sdl()));
        prop_assert_eq!(changes(&old, &new).is_empty(), print(&old) == print(&new));
    }
}

#[test]
fn random_edits_cover_most_kinds_of_change() {
    let mut kinds = BTreeSet::new();
    for seed in 0..600 {
        let mut dice = Dice::new(seed);
        let world = dice.world();
        let (_, expected) = edited(&world, &mut dice);
        kinds.insert(expected.split(' ').next().unwrap().to_owned());
    }
    assert!(kinds.len() >= 40, "{}: {kinds:?}", kinds.len());
}

/// A schema of so many types; `odd` gives a tenth of them another field.
pub fn large(types: usize, odd: bool) -> String {
    let mut sdl = String::from("type Query { first: T0 }\n");
    for index in 0..types - 1 {
        let next = (index + 1) % (types - 1);
        let field = if odd && index % 10 == 0 {
            "late: Int!"
        } else {
            "late: Int"
        };
        sdl += &format!(
            "\"\"\"The type of number {index}.\"\"\"\ntype T{index} {{\n  \"Its id.\"\n  id: ID!\n  name: String\n  \
             list(first: Int = 20, after: String): [T{next}!]!\n  {field}\n  old: String @deprecated(reason: \"gone\")\n}}\n"
        );
    }
    sdl
}

/// Prints how long it takes; run it with `--release` and `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn time_of_a_schema_of_10_000_types() {
    let (old, new) = (large(10_000, false), large(10_000, true));
    for _ in 0..5 {
        let start = Instant::now();
        let (old, new) = (read(&old), read(&new));
        let read = start.elapsed();
        let found = diff(&old, &new).len();
        println!(
            "{found} changes: read {read:?} one after the other, in all {:?}",
            start.elapsed()
        );
    }
}
