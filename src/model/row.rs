//! An object as it is cached and handed out: bytes with a head and slots, one a field. A reader takes the slots it needs
//! and decodes nothing else; a scalar's slot is its finished JSON text, a relation's the ids.

use std::fmt;
use std::ops::Range;

use bytes::{Buf, Bytes};

use super::{AnyEntity, EntityRef, Id, Kind, Slot};

/// An object as bytes: a head (what it is, whose, which version), then slots. Cheap to clone; clones share the bytes.
///
/// Numbers are little-endian:
///
/// | bytes | of an entity | of anything else |
/// |---|---|---|
/// | 1 | its kind's place in the register | 255 |
/// | 4 | the shape of its kind (`Declared::SHAPE`) | |
/// | 12, 12, 8 | its id, its organisation, its version | |
/// | 2 | how many slots there are | the same |
/// | 4 each | where each slot ends, counted from the first one's beginning | the same |
/// | the rest | the slots | the same |
#[derive(Clone, PartialEq, Eq)]
pub struct Row(Bytes);

/// The slots of a row, or of one that is embedded in it, where they lie: for who takes several, or only looks.
#[derive(Clone, Copy, Debug)]
pub struct Part<'r> {
    ends: &'r [[u8; END]],
    slots: &'r [u8],
}

impl<'r> Part<'r> {
    fn parse(bytes: &'r [u8]) -> Option<Part<'r>> {
        is_whole(bytes)?.then(|| Part::of(bytes))
    }

    /// That of bytes that are known to be whole.
    fn of(bytes: &'r [u8]) -> Part<'r> {
        let head = if bytes[0] == MADE { MADE_HEAD } else { HEAD };
        let (count, rest) = bytes[head..].split_first_chunk().expect("the head was checked");
        let (ends, slots) = rest.split_at(usize::from(u16::from_le_bytes(*count)) * END);
        Part {
            ends: ends.as_chunks().0,
            slots,
        }
    }

    /// What is in a slot; empty where there is no such slot.
    pub fn slot(&self, at: usize) -> &'r [u8] {
        &self.slots[self.place(at)]
    }

    /// What a slot holds, decoded; `None` when it holds something else.
    pub fn get<T: Slot>(&self, at: usize) -> Option<T> {
        T::take(self.slot(at))
    }

    fn place(&self, at: usize) -> Range<usize> {
        let end = |at: usize| self.ends.get(at).map(|end| u32::from_le_bytes(*end) as usize);
        match (at, end(at)) {
            (_, None) => 0..0,
            (0, Some(end)) => 0..end,
            (_, Some(last)) => end(at - 1).unwrap_or(last)..last,
        }
    }
}

/// What stands in place of the kind where there is none.
pub(super) const MADE: u8 = u8::MAX;
const ID: Range<usize> = 5..17;
const ORGANIZATION: Range<usize> = 17..29;
const VERSION: Range<usize> = 29..37;
const HEAD: usize = 37;
const MADE_HEAD: usize = 1;
/// How long each of the slots' ends is.
const END: usize = 4;

impl Row {
    /// Reads bytes; `None` when they are torn, foreign or of another shape. Afterwards no access can fail.
    pub fn parse(bytes: Bytes) -> Option<Row> {
        let row = Row(bytes);
        is_whole(&row.0)?.then_some(row)
    }

    /// Bytes that a builder has made.
    pub(super) const fn built(bytes: Bytes) -> Row {
        Row(bytes)
    }

    /// The same in bytes of its own, whose owners are counted apart.
    #[must_use]
    pub fn copied(&self) -> Row {
        Row(Bytes::copy_from_slice(&self.0))
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Which entity it is; `None`: it is none.
    pub fn reference(&self) -> Option<EntityRef> {
        let kind = kind(self.0[0])?;
        Some(EntityRef::new(kind, self.head_id(ID)))
    }

    /// Whose the entity is; an id of zeros where it is none.
    pub fn organization(&self) -> Id {
        if self.0[0] == MADE {
            return Id::from_bytes([0; 12]);
        }
        self.head_id(ORGANIZATION)
    }

    /// How often the entity has been written; 0 where it is none.
    pub fn version(&self) -> i64 {
        if self.0[0] == MADE {
            return 0;
        }
        i64::from_le_bytes(*self.0[VERSION].first_chunk().expect("the head was checked"))
    }

    /// Its slots.
    pub fn part(&self) -> Part<'_> {
        Part::of(&self.0)
    }

    /// What is in a slot; empty where there is no such slot.
    pub fn slot(&self, at: usize) -> &[u8] {
        self.part().slot(at)
    }

    /// The id in a relation's slot; `None` where it points at nothing.
    pub fn one(&self, at: usize) -> Option<Id> {
        Id::take(self.slot(at))
    }

    /// The ids in a relation's slot.
    pub fn many(&self, at: usize) -> impl ExactSizeIterator<Item = Id> + '_ {
        let ids = self.slot(at).chunks_exact(12);
        ids.map(|id| Id::from_bytes(*id.first_chunk().expect("a chunk is an id")))
    }

    /// The objects embedded in a slot, cut out of the same bytes.
    pub fn rows(&self, at: usize) -> impl Iterator<Item = Row> + '_ {
        rows_in(self.0.slice_ref(self.slot(at))).map_while(|row| row)
    }

    /// The same as they lie there.
    pub fn parts(&self, at: usize) -> impl Iterator<Item = Part<'_>> {
        let mut rest = self.slot(at);
        std::iter::from_fn(move || {
            let (length, behind) = rest.split_first_chunk()?;
            let (part, others) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = others;
            Part::parse(part)
        })
    }

    /// What a slot holds, decoded; `None` when it holds something else.
    pub fn get<T: Slot>(&self, at: usize) -> Option<T> {
        T::take(self.slot(at))
    }

    /// The whole entity, decoded; `None` where it is none.
    pub fn entity(&self) -> Option<AnyEntity> {
        AnyEntity::from_row(self)
    }

    fn head_id(&self, place: Range<usize>) -> Id {
        Id::from_bytes(*self.0[place].first_chunk().expect("the head was checked"))
    }
}

/// Whether the ends lead through the bytes to their last; `None` when they are too short to tell.
fn is_whole(bytes: &[u8]) -> Option<bool> {
    let head = match *bytes.first()? {
        MADE => MADE_HEAD,
        place => {
            let shape = bytes.get(1..5)?;
            kind(place).filter(|kind| kind.shape().to_le_bytes() == shape)?;
            HEAD
        }
    };
    let (count, rest) = bytes.get(head..)?.split_first_chunk()?;
    let (ends, slots) = rest.split_at_checked(usize::from(u16::from_le_bytes(*count)) * END)?;
    let mut before = 0;
    for end in ends.chunks_exact(END) {
        let end = u32::from_le_bytes(*end.first_chunk()?) as usize;
        if end < before {
            return None;
        }
        before = end;
    }
    Some(before == slots.len())
}

/// What it is and how long: its slots may be secrets.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.reference().map_or("made".into(), |reference| reference.global());
        write!(f, "Row({what}, version {}, {} bytes)", self.version(), self.0.len())
    }
}

/// The rows of a slot, each behind its length; the last is `None` where the bytes are something else.
pub(super) fn rows_in(mut bytes: Bytes) -> impl Iterator<Item = Option<Row>> {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| next_row(&mut bytes)))
}

fn next_row(bytes: &mut Bytes) -> Option<Row> {
    let mut rest = std::mem::take(bytes);
    let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    rest.advance(END);
    if length > rest.len() {
        return None;
    }
    *bytes = rest.split_off(length);
    Row::parse(rest)
}

/// Puts a row as `rows_in` reads it.
pub(super) fn put_row(to: &mut Vec<u8>, row: &Row) {
    let length = u32::try_from(row.0.len()).expect("a row is far below 4 GiB");
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(&row.0);
}

fn kind(place: u8) -> Option<Kind> {
    Kind::ALL.get(usize::from(place)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RowBuilder;

    fn made(text: &str) -> Row {
        RowBuilder::made().put(&text.to_owned()).finish()
    }

    #[test]
    fn slots_are_read_back_and_a_slot_that_is_not_there_is_empty() {
        let ids = [Id::from_bytes([1; 12]), Id::from_bytes([2; 12])];
        let row = RowBuilder::made()
            .put_json(b"7")
            .put_ids(ids)
            .put(&None::<Id>)
            .put_rows([made("a"), made("b")])
            .finish();
        assert_eq!((row.slot(0), row.slot(4)), (b"7".as_slice(), b"".as_slice()));
        assert!(row.many(1).eq(ids) && row.many(1).len() == 2);
        assert_eq!((row.one(1), row.one(2)), (None, None));
        let texts: Vec<String> = row.rows(3).map(|row| row.get(0).unwrap()).collect();
        assert_eq!(texts, ["a", "b"]);
        assert_eq!(
            (row.reference(), row.version(), row.entity().is_none()),
            (None, 0, true)
        );
    }

    #[test]
    fn embedded_rows_share_the_bytes_of_the_whole() {
        let whole = RowBuilder::made().put_rows([made("a")]).finish();
        let part = whole.rows(0).next().unwrap();
        assert!(whole.bytes().as_ptr_range().contains(&part.bytes().as_ptr()));
        assert_eq!(whole.parts(0).next().unwrap().slot(0), part.slot(0));
    }

    #[test]
    fn a_torn_or_prolonged_row_is_none() {
        let row = RowBuilder::made().put(&true).put_rows([made("a")]).finish();
        let bytes = row.bytes();
        assert!((0..bytes.len()).all(|end| Row::parse(bytes.slice(..end)).is_none()));
        assert!(Row::parse([bytes, &b"x"[..]].concat().into()).is_none());
        assert_eq!(Row::parse(bytes.clone()), Some(row));
    }

    #[test]
    fn ends_that_run_backwards_are_refused() {
        let mut bytes = RowBuilder::made()
            .put_json(b"ab")
            .put_json(b"")
            .finish()
            .bytes()
            .to_vec();
        bytes[MADE_HEAD + 2] = 3;
        assert!(Row::parse(bytes.into()).is_none());
    }

    #[test]
    fn what_is_no_row_in_a_slot_of_rows_ends_it() {
        let row = RowBuilder::made().put_json(b"\x02\0\0\0no row").finish();
        assert_eq!((row.rows(0).count(), row.parts(0).count()), (0, 0));
    }
}
