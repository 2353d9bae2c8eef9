//! The cache's part of a server's metrics, as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

/// What these metrics, in Prometheus' text format, say of the cache.
pub fn figures(metrics: &str) -> String {
    let samples: Vec<Sample<'_>> = metrics.lines().filter_map(Sample::read).collect();
    let mut text = String::new();
    let sections = [
        (
            "Whole answers, by outcome",
            "kanvaro_answers_total",
            "outcome",
            "reason",
        ),
        (
            "Entities, lists and counts, by kind",
            "kanvaro_cache_entries_total",
            "kind",
            "outcome",
        ),
        (
            "Round trips to the cache",
            "kanvaro_cache_calls_total",
            "verb",
            "outcome",
        ),
        (
            "Round trips to the store",
            "kanvaro_store_calls_total",
            "verb",
            "collection",
        ),
        ("Shadow reads, by kind", "kanvaro_shadow_total", "kind", "outcome"),
    ];
    for (title, name, row, cell) in sections {
        let table = Table::of(&samples, name, row, cell);
        if !table.0.is_empty() {
            let _ = write!(text, "{title}:\n{table}");
        }
    }
    if text.is_empty() {
        return "Nothing has been asked of the cache yet.".into();
    }
    text.truncate(text.trim_end().len());
    text
}

/// One line of the text format.
struct Sample<'m> {
    name: &'m str,
    labels: &'m str,
    value: f64,
}

impl<'m> Sample<'m> {
    fn read(line: &'m str) -> Option<Sample<'m>> {
        let (of, value) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))?;
        let (name, labels) = of.split_once('{').unwrap_or((of, ""));
        let value = value.parse().ok()?;
        Some(Sample { name, labels, value })
    }

    /// The value of a label; those of the cache come from closed sets of plain words.
    fn label(&self, name: &str) -> &'m str {
        let mut labels = self.labels.trim_end_matches('}').split(',');
        let found = labels.find_map(|label| label.strip_prefix(name)?.strip_prefix("=\""));
        found.map_or("", |value| value.trim_end_matches('"'))
    }
}

/// Rows of counts: how many in all, and how many of each.
struct Table<'m>(BTreeMap<&'m str, BTreeMap<&'m str, f64>>);

impl<'m> Table<'m> {
    fn of(samples: &[Sample<'m>], name: &str, row: &str, cell: &str) -> Table<'m> {
        let mut table: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
        for sample in samples
            .iter()
            .filter(|sample| sample.name == name && sample.value > 0.0)
        {
            let row = table.entry(sample.label(row)).or_default();
            *row.entry(sample.label(cell)).or_default() += sample.value;
        }
        Table(table)
    }
}

impl std::fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (row, cells) in &self.0 {
            let all: f64 = cells.values().sum();
            write!(f, "  {row:<16}{all:>12}")?;
            if let Some(hits) = cells.get("hit") {
                write!(f, "  {:>5.1} % hits", 100.0 * hits / all)?;
            }
            for (cell, count) in cells {
                write!(f, "  {cell} {count}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn hits_and_reasons_are_told_by_kind() {
        let metrics = Metrics::default();
        metrics.cache_entries("Task", "hit", 3);
        metrics.cache_entries("Task", "marked", 1);
        metrics.answer("miss", "absent");
        let told = figures(&metrics.render());
        assert!(
            told.contains("Task                       4   75.0 % hits  hit 3  marked 1"),
            "{told}"
        );
        assert!(told.contains("miss                       1  absent 1"), "{told}");
    }

    #[test]
    fn a_server_that_was_asked_nothing_says_so() {
        assert_eq!(
            figures(&Metrics::default().render()),
            "Nothing has been asked of the cache yet."
        );
    }
}
