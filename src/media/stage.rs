//! The places where one person's files wait until their uploads are completed. Names alone bound what somebody has there:
//! addresses are only ever given for these, so what is put to one too many takes the place of another.

use super::blob::BlobKey;
use crate::model::Id;

/// The places of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    person: Id,
    places: u32,
}

/// Hexadecimal digits of a place's number, which a key ends with.
const NUMBER: usize = 8;

impl Stage {
    /// Of this person, with so many places.
    pub fn of(person: Id, places: u32) -> Stage {
        Stage { person, places }
    }

    /// How many places there are.
    pub fn places(&self) -> u32 {
        self.places
    }

    /// What is in the n-th turn, counted without end: the places come one after the other, again and again.
    pub fn name(&self, turn: i64) -> u128 {
        let number = turn.rem_euclid(i64::from(self.places.max(1)));
        self.first() | u128::try_from(number).unwrap_or_default()
    }

    /// What the keys of all places begin with, also of those that there were when there were more.
    pub fn prefix(&self) -> String {
        let key = BlobKey::staged(self.first());
        let text = key.as_str();
        text[..text.len() - NUMBER].to_owned()
    }

    fn first(&self) -> u128 {
        let person = self.person.bytes().iter();
        person.fold(0, |name, byte| (name << 8) | u128::from(*byte)) << (4 * NUMBER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_come_in_turns_and_are_no_more_than_so_many() {
        let stage = Stage::of(Id::from_bytes([0xab; 12]), 3);
        let names: Vec<u128> = (1..=7).map(|turn| stage.name(turn)).collect();
        assert_eq!(names[..4], names[3..]);
        let mut different = names.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 3);
    }

    #[test]
    fn the_keys_of_one_person_begin_as_nobody_elses_do() {
        let stage = Stage::of(Id::from_bytes([0xab; 12]), u32::MAX);
        let other = Stage::of(Id::from_bytes([0xac; 12]), 5);
        assert_eq!(stage.prefix(), format!("staging/ab/{}", "ab".repeat(11)));
        for turn in [0, 1, i64::from(u32::MAX) - 1, i64::MAX, -1] {
            let key = BlobKey::staged(stage.name(turn));
            assert!(key.as_str().starts_with(&stage.prefix()), "{key}");
            assert!(!key.as_str().starts_with(&other.prefix()), "{key}");
        }
    }
}
