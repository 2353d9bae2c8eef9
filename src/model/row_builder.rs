//! Makes rows, slot by slot in their order.

use bytes::Bytes;

use super::row::{MADE, put_row};
use super::{Declared, Entity, Id, Row, Slot};

/// A row in the making: `RowBuilder::of(&task)` or `RowBuilder::made()`, a `put` for each slot, `finish`.
#[derive(Debug)]
pub struct RowBuilder {
    head: Vec<u8>,
    ends: Vec<u8>,
    slots: Vec<u8>,
    count: u16,
}

impl RowBuilder {
    /// The row of this entity, still without slots.
    pub fn of<E: Entity>(entity: &E) -> RowBuilder {
        let mut row = RowBuilder::made();
        row.head = vec![E::KIND as u8];
        row.head.extend_from_slice(&<E as Declared>::SHAPE.to_le_bytes());
        row.head.extend_from_slice(entity.id().bytes());
        row.head.extend_from_slice(entity.organization().bytes());
        row.head.extend_from_slice(&entity.version().to_le_bytes());
        row
    }

    /// The row of anything else: what is embedded, a connection, a payload.
    pub fn made() -> RowBuilder {
        RowBuilder {
            head: vec![MADE],
            ends: Vec::new(),
            slots: Vec::new(),
            count: 0,
        }
    }

    /// The next slot holds this value.
    pub fn put(&mut self, value: &impl Slot) -> &mut RowBuilder {
        value.put(&mut self.slots);
        self.end()
    }

    /// The next slot holds this finished JSON text.
    pub fn put_json(&mut self, json: &[u8]) -> &mut RowBuilder {
        self.slots.extend_from_slice(json);
        self.end()
    }

    /// The next slot holds these ids.
    pub fn put_ids(&mut self, ids: impl IntoIterator<Item = Id>) -> &mut RowBuilder {
        ids.into_iter().for_each(|id| id.put(&mut self.slots));
        self.end()
    }

    /// The next slot holds these objects.
    pub fn put_rows(&mut self, rows: impl IntoIterator<Item = Row>) -> &mut RowBuilder {
        rows.into_iter().for_each(|row| put_row(&mut self.slots, &row));
        self.end()
    }

    /// The row, in bytes of its own and no more of them than it needs. What is put afterwards is of no row.
    pub fn finish(&mut self) -> Row {
        let length = self.head.len() + 2 + self.ends.len() + self.slots.len();
        let mut bytes = Vec::with_capacity(length);
        bytes.append(&mut self.head);
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.append(&mut self.ends);
        bytes.append(&mut self.slots);
        Row::built(Bytes::from(bytes.into_boxed_slice()))
    }

    fn end(&mut self) -> &mut RowBuilder {
        let end = u32::try_from(self.slots.len()).expect("a row is far below 4 GiB");
        self.ends.extend_from_slice(&end.to_le_bytes());
        self.count = self.count.checked_add(1).expect("a row has fewer than 65 536 slots");
        self
    }
}
