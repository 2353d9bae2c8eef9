//! Where each entity stands in an operation: an open table of places that is asked several times for each object of an answer
//! and thrown away with it. What stands there is the arena's; this only finds it.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use crate::model::EntityRef;

use super::arena::At;

/// The places of entities.
#[derive(Default)]
pub(super) struct Places {
    /// Each place where its entity's hash leads, or behind it; a power of two of them, and never more than half are taken.
    slots: Vec<At>,
    taken: usize,
}

/// Where nothing stands.
const FREE: At = At::MAX;
/// The fewest slots.
const FEWEST: usize = 16;

impl Places {
    /// A table with room for so many.
    pub fn new(room: usize) -> Places {
        Places {
            slots: vec![FREE; (room * 2).next_power_of_two().max(FEWEST)],
            taken: 0,
        }
    }

    /// The place of this entity; `of` tells which entity stands in a place.
    pub fn get(&self, entity: EntityRef, of: impl Fn(At) -> EntityRef) -> Option<At> {
        if self.slots.is_empty() {
            return None;
        }
        Some(self.slots[self.slot(entity, of)]).filter(|at| *at != FREE)
    }

    /// The same; if it has none, it gets `next`.
    pub fn get_or_insert(&mut self, entity: EntityRef, next: At, of: impl Fn(At) -> EntityRef) -> At {
        if self.taken * 2 >= self.slots.len() {
            self.grow(&of);
        }
        let slot = self.slot(entity, of);
        if self.slots[slot] == FREE {
            self.slots[slot] = next;
            self.taken += 1;
        }
        self.slots[slot]
    }

    /// Where its place is noted, or would be.
    fn slot(&self, entity: EntityRef, of: impl Fn(At) -> EntityRef) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = hash(entity) & last;
        while self.slots[slot] != FREE && of(self.slots[slot]) != entity {
            slot = (slot + 1) & last;
        }
        slot
    }

    fn grow(&mut self, of: &impl Fn(At) -> EntityRef) {
        let larger = Places::new(self.slots.len());
        let smaller = std::mem::replace(&mut self.slots, larger.slots);
        for at in smaller.into_iter().filter(|at| *at != FREE) {
            let slot = self.slot(of(at), of);
            self.slots[slot] = at;
        }
    }
}

/// One multiplication of both halves, each with a number that nobody outside knows: who chooses ids can't choose where they lead.
/// <https://github.com/orlp/foldhash>
fn hash(entity: EntityRef) -> usize {
    static SEEDS: LazyLock<[u64; 2]> = LazyLock::new(|| [0, 1].map(|number: u64| RandomState::new().hash_one(number)));
    let [a, b, c, d, e, f, g, h, rest @ ..] = *entity.id.bytes();
    let [i, j, k, l] = rest;
    let (low, high) = (
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u64::from_le_bytes([i, j, k, l, entity.kind as u8, 0, 0, 0]),
    );
    let product = u128::from(low ^ SEEDS[0]) * u128::from(high ^ SEEDS[1]);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are folded into one")]
    let folded = product as u64 ^ (product >> 64) as u64;
    folded as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Kind};

    fn entities(count: u16) -> Vec<EntityRef> {
        let entity = |number: u16| {
            let mut id = [7; 12];
            id[9..11].copy_from_slice(&number.to_be_bytes());
            let kind = if number.is_multiple_of(2) {
                Kind::Task
            } else {
                Kind::User
            };
            EntityRef::new(kind, Id::from_bytes(id))
        };
        (0..count).map(entity).collect()
    }

    #[test]
    fn each_entity_keeps_its_place_while_the_table_grows() {
        let entities = entities(1_000);
        let of = |at: At| entities[at as usize];
        let mut places = Places::default();
        for (next, entity) in (0..).zip(&entities) {
            assert_eq!(places.get(*entity, of), None);
            assert_eq!(places.get_or_insert(*entity, next, of), next);
        }
        let found = entities.iter().map(|entity| places.get_or_insert(*entity, FREE, of));
        assert!(found.eq(0..1_000));
    }

    #[test]
    fn the_same_id_of_another_kind_is_another_entity() {
        let entities = [Kind::Task, Kind::User].map(|kind| EntityRef::new(kind, Id::from_bytes([7; 12])));
        let of = |at: At| entities[at as usize];
        let mut places = Places::new(2);
        assert_eq!(places.get_or_insert(entities[0], 0, of), 0);
        assert_eq!(places.get(entities[1], of), None);
        assert_eq!(places.get_or_insert(entities[1], 1, of), 1);
    }
}
