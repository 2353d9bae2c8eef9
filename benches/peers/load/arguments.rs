//! The arguments of the generator: `--name value` pairs, read once.

use std::collections::BTreeMap;
use std::str::FromStr;

/// What it takes.
pub const USAGE: &str = "\
peers_load load --address HOST:PORT --pool FILE --plan NAME --seconds N --connections N
                [--warmup N]            so many seconds before what counts
                [--indexed yes]         ask /graphql?INDEX, as the bare handler wants it
                [--changing yes]        the same request may have another answer later
                [--beside NAME --rate N]  requests of another plan, so many a second
peers_load cold --address HOST:PORT --pool FILE --plan NAME --rounds N (--redis HOST:PORT | --purge NAME)
peers_load bare --address HOST:PORT --pool FILE
                [--headed yes]          with the headers of the pool, too
`benches/peers/run` calls it.";

/// The pairs, by name.
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Reads the pairs.
    pub fn read(mut words: impl Iterator<Item = String>) -> Arguments {
        let mut pairs = BTreeMap::new();
        while let Some(word) = words.next() {
            let name = word
                .strip_prefix("--")
                .unwrap_or_else(|| panic!("{word}: names begin with --"));
            let value = words.next().unwrap_or_else(|| panic!("--{name} lacks a value"));
            pairs.insert(name.to_owned(), value);
        }
        Arguments(pairs)
    }

    /// The value of a name, if it was given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a name that must be given.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("--{name} is missing\n{USAGE}"))
    }

    /// The number of a name, or this one.
    pub fn number<T: FromStr>(&self, name: &str, otherwise: T) -> T {
        let read = |text: &str| {
            text.parse()
                .unwrap_or_else(|_| panic!("--{name}: {text} is no such number"))
        };
        self.get(name).map_or(otherwise, read)
    }
}
