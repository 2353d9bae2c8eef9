//! What a holder of documents holds, in numbers that can be compared: how many of each kind, and a checksum over them.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::parcel::Parcel;
use super::source::Source;
use super::walk::image;
use crate::cli::progress::Progress;
use crate::model::AnyEntity;

/// The counters among the collections.
pub const COUNTERS: &str = "counters";

/// How many of each collection, and their checksums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(pub BTreeMap<String, Sum>);

/// Of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many there are.
    pub count: u64,
    /// BLAKE3 over them in the order of their ids, as JSON lines, in hexadecimal digits.
    pub checksum: String,
}

/// A sum that grows.
#[derive(Default)]
pub struct Summing {
    count: u64,
    hasher: blake3::Hasher,
}

impl Summing {
    /// One document more.
    pub fn add(&mut self, entity: &AnyEntity) -> Result<()> {
        self.add_line(&image(entity)?);
        Ok(())
    }

    /// One line more.
    pub fn add_line(&mut self, line: &[u8]) {
        self.count += 1;
        self.hasher.update(line);
        self.hasher.update(b"\n");
    }

    /// The sum of all.
    pub fn sum(&self) -> Sum {
        Sum {
            count: self.count,
            checksum: self.hasher.finalize().to_hex().to_string(),
        }
    }
}

impl Tally {
    /// Reads everything and sums it up.
    pub async fn of(
        source: &mut dyn Source,
        parcel: Parcel,
        counters: &BTreeMap<String, i64>,
        progress: &Progress,
        total: u64,
    ) -> Result<Tally> {
        let (mut tally, mut done) = (Tally::default(), 0);
        for kind in parcel.kinds() {
            let (mut summing, mut after) = (Summing::default(), None);
            loop {
                let page = source.page(kind, after).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.reference().id);
                page.iter().try_for_each(|entity| summing.add(entity))?;
                done += page.len() as u64;
                progress.step("documents compared", done, total);
            }
            tally.0.insert(kind.collection().to_owned(), summing.sum());
        }
        tally.0.insert(COUNTERS.to_owned(), sum_of(counters));
        Ok(tally)
    }

    /// How many there are of everything.
    pub fn total(&self) -> u64 {
        self.0.values().map(|sum| sum.count).sum()
    }

    /// The collections that aren't the same in both.
    pub fn differing<'a>(&'a self, other: &'a Tally) -> Vec<&'a str> {
        let names = self.0.keys().chain(other.0.keys());
        let mut differing: Vec<&str> = names
            .filter(|name| self.0.get(*name) != other.0.get(*name))
            .map(String::as_str)
            .collect();
        differing.sort_unstable();
        differing.dedup();
        differing
    }
}

/// The sum of counters.
pub fn sum_of(counters: &BTreeMap<String, i64>) -> Sum {
    let mut summing = Summing::default();
    for (name, last) in counters {
        summing.add_line(format!("{name} {last}").as_bytes());
    }
    summing.sum()
}
