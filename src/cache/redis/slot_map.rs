//! Which master of a cluster holds which slot, as `CLUSTER SLOTS` says.

use redis::Value;

use super::link::Link;
use super::slot::SLOTS;
use super::tls::Node;
use crate::cache::CacheError;

/// The slots and who holds them.
#[derive(Default)]
pub(super) struct SlotMap {
    /// For each slot the place of its master, or `NOBODY`.
    owners: Vec<u16>,
    masters: Vec<Link>,
}

const NOBODY: u16 = u16::MAX;

impl SlotMap {
    /// Reads what the node at `host` has answered; `link` gives the link to a node.
    pub fn read(
        slots: &Value,
        host: &str,
        link: impl Fn(&Node) -> Result<Link, CacheError>,
    ) -> Result<SlotMap, CacheError> {
        let mut map = SlotMap {
            owners: vec![NOBODY; usize::from(SLOTS)],
            masters: Vec::new(),
        };
        for (first, last, node) in ranges(slots, host)? {
            let place = map.place(&link(&node)?);
            map.owners[usize::from(first)..=usize::from(last)].fill(place);
        }
        Ok(map)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.masters.is_empty()
    }

    /// All that hold slots.
    pub fn masters(&self) -> &[Link] {
        &self.masters
    }

    /// Who holds a slot.
    pub fn owner(&self, slot: u16) -> Option<&Link> {
        self.masters.get(usize::from(*self.owners.get(usize::from(slot))?))
    }

    fn place(&mut self, link: &Link) -> u16 {
        let known = self.masters.iter().position(|master| master.is(link));
        let place = known.unwrap_or_else(|| {
            self.masters.push(link.clone());
            self.masters.len() - 1
        });
        u16::try_from(place).unwrap_or(NOBODY)
    }
}

/// First and last slot and the master of each range; an empty host is the one that was asked.
fn ranges(slots: &Value, asked: &str) -> Result<Vec<(u16, u16, Node)>, CacheError> {
    let unreadable = || CacheError::Unavailable(format!("can't read the slots that {asked} tells"));
    let Value::Array(ranges) = slots else {
        return Err(unreadable());
    };
    ranges
        .iter()
        .map(|range| read(range, asked).ok_or_else(unreadable))
        .collect()
}

fn read(range: &Value, asked: &str) -> Option<(u16, u16, Node)> {
    let Value::Array(parts) = range else { return None };
    let [first, last, Value::Array(master), ..] = parts.as_slice() else {
        return None;
    };
    let host = match master.first()? {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?,
        Value::SimpleString(text) => text,
        Value::Nil => "",
        _ => return None,
    };
    // A node that doesn't know its own name says `?` or nothing.
    let host = if matches!(host, "" | "?") { asked } else { host };
    let (first, last) = (number(first)?, number(last)?);
    let fits = first <= last && last < SLOTS;
    fits.then_some((first, last, (host.to_owned(), number(master.get(1)?)?)))
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: i64, last: i64, host: Value, port: i64) -> Value {
        let node = Value::Array(vec![host, Value::Int(port), Value::BulkString(b"id".to_vec())]);
        Value::Array(vec![Value::Int(first), Value::Int(last), node])
    }

    #[test]
    fn ranges_are_read_with_their_masters() {
        let named = Value::BulkString(b"10.0.0.1".to_vec());
        let slots = Value::Array(vec![range(0, 100, named, 6379), range(101, 16_383, Value::Nil, 6380)]);
        let expected = [
            (0, 100, ("10.0.0.1".to_owned(), 6379)),
            (101, 16_383, ("asked".to_owned(), 6380)),
        ];
        assert_eq!(ranges(&slots, "asked").unwrap(), expected);
    }

    #[test]
    fn what_is_no_map_is_refused() {
        let beyond = Value::Array(vec![range(0, 16_384, Value::Nil, 1)]);
        let reversed = Value::Array(vec![range(5, 4, Value::Nil, 1)]);
        for slots in [Value::Nil, beyond, reversed, Value::Array(vec![Value::Int(1)])] {
            assert!(ranges(&slots, "asked").is_err(), "{slots:?}");
        }
    }
}
