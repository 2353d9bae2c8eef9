//! What of the found comes first: what says the words where it matters, and whole; then the more lasting kind, then what
//! was changed last.

use std::cmp::Reverse;

use crate::graphql::order::SortKey;
use crate::model::{Id, Kind, Row, Value, Viewer, search};

use super::texts::texts;

/// Where something found stands among the others: what is more comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    score: u32,
    kind: Reverse<u8>,
    updated: i64,
    id: Id,
}

impl Place {
    /// That of what was asked for by its number: before all others.
    pub fn first(row: &Row, viewer: &Viewer) -> Place {
        Place {
            score: u32::MAX,
            ..Place::of(row, &[], viewer)
        }
    }

    /// That of what was found by these words.
    pub fn of(row: &Row, words: &[String], viewer: &Viewer) -> Place {
        let entity = row.reference();
        let updated = match SortKey::Updated.value(row) {
            Value::Time(time) => time.millis(),
            _ => 0,
        };
        Place {
            score: score(row, words, viewer),
            kind: Reverse(entity.map_or(u8::MAX, |entity| rank(entity.kind))),
            updated,
            id: entity.map_or(Id::from_bytes([0; 12]), |entity| entity.id),
        }
    }
}

/// Each word counts by where it tells most; one that was found in a long text counts 1.
fn score(row: &Row, words: &[String], viewer: &Viewer) -> u32 {
    let mut best = vec![1; words.len()];
    for text in texts(row, viewer).into_iter().filter(|text| text.weight > 0) {
        let letters: Vec<char> = text.text.chars().collect();
        for found in search::found(&letters, words) {
            let told = text.weight * 2 + u32::from(found.is_whole);
            best[found.word] = told.max(best[found.word]);
        }
    }
    best.iter().sum()
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Project => 0,
        Kind::Task => 1,
        Kind::User => 2,
        _ => 3,
    }
}
