//! Every pair of the table has exactly the changes that stand there.

use std::collections::BTreeSet;

use kanvaro::sdl::{ChangeKind, Sdl, diff};

use super::pair::{Pair, pairs};

fn found(pair: &Pair) -> Vec<String> {
    let [old, new] = [pair.old, pair.new].map(|text| match Sdl::parse("pair", text) {
        Ok(sdl) => sdl,
        Err(error) => panic!("{}: {error}", pair.name),
    });
    let changes = diff(&old, &new).into_iter();
    let mut found: Vec<String> = changes
        .map(|change| format!("{} {} {}", change.severity, change.kind, change.path))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn every_pair_has_the_changes_of_the_table() {
    let pairs = pairs();
    assert!(pairs.len() >= 80, "{}", pairs.len());
    let wrong = pairs.iter().filter(|pair| found(pair) != pair.expected);
    let wrong: Vec<String> = wrong
        .map(|pair| {
            format!(
                "{}:\n  found    {:?}\n  expected {:?}",
                pair.name,
                found(pair),
                pair.expected
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_change_stands_in_the_table() {
    let pairs = pairs();
    let known = |kind: &&ChangeKind| {
        // Has no pair of schemas: an operation is needed.
        **kind != ChangeKind::OperationRefused && !is_usage(**kind)
    };
    let lines: BTreeSet<&str> = pairs.iter().flat_map(|pair| pair.expected.iter().copied()).collect();
    let stands = |kind: &ChangeKind| lines.iter().any(|line| line.split(' ').nth(1) == Some(kind.name()));
    let missing: Vec<&ChangeKind> = ChangeKind::ALL
        .iter()
        .filter(known)
        .filter(|kind| !stands(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Where directives stand is told in pairs of which one of each is enough.
fn is_usage(kind: ChangeKind) -> bool {
    kind.name().starts_with("DIRECTIVE_USAGE_") && kind.name().ends_with("_REMOVED")
}

#[test]
fn a_pair_turned_round_has_changes_exactly_when_the_pair_has() {
    for pair in pairs() {
        let back = Pair {
            old: pair.new,
            new: pair.old,
            ..Pair {
                expected: Vec::new(),
                ..pair
            }
        };
        assert_eq!(found(&back).is_empty(), pair.expected.is_empty(), "{}", pair.name);
    }
}

#[test]
fn a_schema_and_itself_have_no_change() {
    for pair in pairs() {
        let itself = Pair {
            new: pair.old,
            ..Pair {
                expected: Vec::new(),
                ..pair
            }
        };
        assert_eq!(found(&itself), Vec::<String>::new(), "{}", pair.name);
    }
}
