//! What a transfer has done, as it is told to people.

use super::fill::Filled;
use super::tally::Tally;

/// How many digits of a checksum are shown.
const DIGITS: usize = 16;

/// A line for each collection, with count and checksum.
pub fn table(tally: &Tally) -> String {
    let lines = tally.0.iter().map(|(name, sum)| {
        let digits = sum.checksum.get(..DIGITS).unwrap_or(&sum.checksum);
        format!("  {name:<14} {:>9}  {digits}", sum.count)
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// What was written.
pub fn written(filled: &Filled) -> String {
    let mut told = format!("wrote {} documents", filled.inserted);
    if filled.replaced + filled.removed > 0 {
        told += &format!(
            ", {} anew, and took {} away that had gone",
            filled.replaced, filled.removed
        );
    }
    if filled.resumed {
        told += ", going on where an earlier run was cut short";
    }
    told
}
