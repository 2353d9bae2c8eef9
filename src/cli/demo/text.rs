//! The texts that demo data is made of: `playground/demo/*.txt`, sections of a line an entry, with `{word}`
//! slots that are filled from `words.txt`.

use std::collections::BTreeMap;

use super::dice::Dice;

/// All the texts.
pub struct Texts {
    /// First and last names, organisations and where they are.
    pub people: Sections,
    /// Name, description and tags of projects, by theme.
    pub projects: Sections,
    /// Type and title of tasks, by theme.
    pub titles: Sections,
    /// Sentences of descriptions, by purpose.
    pub descriptions: Sections,
    /// Comments, by what they are for.
    pub comments: Sections,
    /// Labels, by theme.
    pub labels: Sections,
    words: Sections,
}

/// Lines under headings like `[web]`.
pub struct Sections(BTreeMap<&'static str, Vec<&'static str>>);

impl Texts {
    /// Reads them; they are part of the program.
    pub fn load() -> Texts {
        Texts {
            people: Sections::parse(include_str!("../../../playground/demo/people.txt")),
            projects: Sections::parse(include_str!("../../../playground/demo/projects.txt")),
            titles: Sections::parse(include_str!("../../../playground/demo/titles.txt")),
            descriptions: Sections::parse(include_str!("../../../playground/demo/descriptions.txt")),
            comments: Sections::parse(include_str!("../../../playground/demo/comments.txt")),
            labels: Sections::parse(include_str!("../../../playground/demo/labels.txt")),
            words: Sections::parse(include_str!("../../../playground/demo/words.txt")),
        }
    }

    /// A line with its slots filled, beginning with a capital.
    pub fn fill(&self, line: &str, dice: &mut Dice) -> String {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, slot, after)) = slot(rest) {
            filled += before;
            filled += dice.pick(self.words.get(slot));
            rest = after;
        }
        filled += rest;
        capitalised(&filled)
    }
}

impl Sections {
    fn parse(text: &'static str) -> Sections {
        let mut sections = BTreeMap::new();
        let mut name = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(heading) => name = heading,
                None => sections.entry(name).or_insert_with(Vec::new).push(line),
            }
        }
        Sections(sections)
    }

    /// The headings.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    /// The lines under a heading.
    pub fn get(&self, name: &str) -> &[&'static str] {
        self.0
            .get(name)
            .expect("every heading that is asked for is in the texts")
    }
}

/// The parts of a line of which they are separated by `|`.
pub fn parts<const N: usize>(line: &'static str) -> [&'static str; N] {
    let mut parts = line.split('|').map(str::trim);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_filled() {
        let texts = Texts::load();
        let mut dice = Dice::new(1);
        for sections in [&texts.titles, &texts.descriptions, &texts.comments] {
            for line in sections.names().iter().flat_map(|name| sections.get(name)) {
                let filled = texts.fill(line, &mut dice);
                assert!(!filled.contains(['{', '}']) && filled.chars().count() < 200, "{filled}");
            }
        }
    }

    #[test]
    fn every_theme_has_titles_and_labels() {
        let texts = Texts::load();
        assert_eq!(texts.projects.names(), texts.titles.names());
        assert_eq!(texts.projects.names(), texts.labels.names());
    }
}
