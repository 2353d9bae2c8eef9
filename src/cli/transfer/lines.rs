//! The format of exports: JSON lines. The first says what follows, then come documents collection by collection in the order of
//! their ids, then counters; the last one says that nothing is missing.
//!
//! ```text
//! {"kanvaro":"export","format":1,"release":"0.1.0","at":"2026-01-01T12:00:00.000Z","counts":{"tasks":400}}
//! {"tasks":{"_id":"65f0…","title":"…"}}
//! {"counters":{"name":"project:65f0…","last":8}}
//! {"end":{"lines":401,"counts":{"tasks":400,"counters":1},"blake3":"…"}}
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// The only format so far.
pub const FORMAT: u32 = 1;
/// What the last line has for a collection.
pub const END: &str = "end";
/// The longest line that is read.
pub const MOST_LINE: u64 = 64 << 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    /// Always `export`.
    pub kanvaro: String,
    /// Of this format.
    pub format: u32,
    /// Which release has written it.
    pub release: String,
    /// When it was begun.
    pub at: Timestamp,
    /// How much of each collection there was then.
    pub counts: BTreeMap<String, u64>,
}

/// A counter.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counter {
    /// Which.
    pub name: String,
    /// The last number that it has handed out.
    pub last: i64,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub struct End {
    /// What it says.
    pub end: Totals,
}

/// What there was before the last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Lines between the first and the last.
    pub lines: u64,
    /// How many of each collection.
    pub counts: BTreeMap<String, u64>,
    /// Over all lines before this one, in hexadecimal digits.
    pub blake3: String,
}
