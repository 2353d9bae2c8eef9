//! The pairs of pairs.txt.

/// Two schemas and what is expected between them.
pub struct Pair {
    pub name: &'static str,
    pub old: &'static str,
    pub new: &'static str,
    /// `SEVERITY CHANGE path`, sorted.
    pub expected: Vec<&'static str>,
}

/// All pairs.
pub fn pairs() -> Vec<Pair> {
    let text = include_str!("pairs.txt");
    text.split("\n=== ").skip(1).map(read).collect()
}

fn read(section: &'static str) -> Pair {
    let (name, rest) = section.split_once('\n').unwrap();
    let (old, rest) = rest.split_once("\n---\n").unwrap();
    let (new, expected) = rest.split_once("\n>>>").unwrap();
    let mut expected: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    expected.sort_unstable();
    Pair {
        name,
        old,
        new,
        expected,
    }
}
