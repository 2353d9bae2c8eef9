//! What a CDN is to forget: paths, beginnings of paths and cache tags, as they wait in the store until it has been told.

use std::fmt;
use std::time::Duration;

use super::{Id, Tag};

/// A path (`/static/logo.svg`), all paths that begin so (`/static/*`), or a cache tag (`#task:65f0…`): as text, and as
/// CloudFront takes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurgeItem(String);

/// What is purged because of one write, and waits until a CDN has been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurgeEntry {
    /// Its own.
    pub id: Id,
    /// What is to be forgotten.
    pub items: Vec<PurgeItem>,
    /// How long it waits at least, unless it is released earlier: what is forgotten before the write is settled could be
    /// fetched again as it was.
    pub hold: Duration,
}

/// Why a text names nothing that a CDN could forget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{shown:?} can't be purged: {why}")]
pub struct PurgeItemError {
    shown: String,
    why: &'static str,
}

/// The longest path.
const LONGEST_PATH: usize = 4_000;
/// The longest tag.
const LONGEST_TAG: usize = 256;
/// Most items of one entry.
const MOST_ITEMS: usize = 500;
/// How much of what is refused is shown.
const SHOWN: usize = 80;

impl PurgeItem {
    /// Reads a path, with `*` at its end for all that begin so, or with `#` before it a tag.
    pub fn parse(text: &str) -> Result<PurgeItem, PurgeItemError> {
        let checked = match text.strip_prefix('#') {
            Some(tag) => check_tag(tag),
            None => check_path(text),
        };
        checked.map_err(|why| PurgeItemError {
            shown: text.chars().take(SHOWN).collect(),
            why,
        })?;
        // Tags count the same in either case.
        let is_tag = text.starts_with('#');
        Ok(PurgeItem(if is_tag {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }))
    }

    /// What bears this tag.
    pub fn tagged(tag: &Tag) -> PurgeItem {
        PurgeItem(format!("#{tag}").to_ascii_lowercase())
    }

    /// Everything.
    pub fn everything() -> PurgeItem {
        PurgeItem("/*".into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a tag.
    pub fn is_tag(&self) -> bool {
        self.0.starts_with('#')
    }

    /// Whether it is the beginning of paths.
    pub fn is_wildcard(&self) -> bool {
        !self.is_tag() && self.0.ends_with('*')
    }

    /// All paths that lie where this one lies; `None` where that is the root, or this is no single path.
    pub fn directory(&self) -> Option<PurgeItem> {
        if self.is_tag() || self.is_wildcard() {
            return None;
        }
        let path = self.0.split('?').next().unwrap_or_default();
        let (directory, _) = path.rsplit_once('/')?;
        (!directory.is_empty()).then(|| PurgeItem(format!("{directory}/*")))
    }

    /// Whether whoever forgets this forgets the other too.
    pub fn covers(&self, other: &PurgeItem) -> bool {
        let wildcard = self.is_wildcard() && !other.is_tag();
        self == other || (wildcard && other.0.starts_with(self.0.trim_end_matches('*')))
    }
}

impl fmt::Display for PurgeItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PurgeEntry {
    /// The entries that these items take, each with an id that this makes.
    pub fn all_of(items: &[PurgeItem], hold: Duration, id: impl Fn() -> Id) -> Vec<PurgeEntry> {
        let entry = |items: &[PurgeItem]| PurgeEntry {
            id: id(),
            items: items.to_vec(),
            hold,
        };
        items.chunks(MOST_ITEMS).map(entry).collect()
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
    if !path.starts_with('/') {
        Err("a path begins with / and a tag with #")
    } else if path.len() > LONGEST_PATH {
        Err("it is longer than 4000 characters")
    } else if path.strip_suffix('*').unwrap_or(path).contains('*') {
        Err("* stands at the end of a path only")
    } else if !path.bytes().all(plain) {
        Err("spaces and special characters have to be percent-encoded")
    } else {
        Ok(())
    }
}

fn check_tag(tag: &str) -> Result<(), &'static str> {
    if tag.is_empty() || tag.len() > LONGEST_TAG {
        Err("a tag has 1 to 256 characters")
    } else if !tag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') {
        Err("a tag has neither spaces nor commas, and nothing beyond ASCII")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> PurgeItem {
        PurgeItem::parse(text).unwrap()
    }

    #[test]
    fn paths_beginnings_and_tags_are_told_apart() {
        assert!(item("#Task:Project=1").is_tag() && item("#Task:Project=1").as_str() == "#task:project=1");
        assert!(item("/static/*").is_wildcard() && !item("#a*").is_wildcard());
        assert_eq!(item("/a/b/c.css?v=/1").directory(), Some(item("/a/b/*")));
        assert_eq!((item("/a.css").directory(), item("/a/*").directory()), (None, None));
    }

    #[test]
    fn a_beginning_covers_what_begins_so() {
        assert!(item("/a/*").covers(&item("/a/b.css")) && item("/a/*").covers(&item("/a/b/*")));
        assert!(item("/*").covers(&item("/a")) && !item("/*").covers(&item("#a")));
        assert!(!item("/a/b").covers(&item("/a/b/c")) && !item("/a/*").covers(&item("/b")));
    }

    #[test]
    fn what_no_cdn_would_take_is_refused() {
        for text in [
            "", "a", "static/a", "/a b", "/ä", "/a*b", "/a#b", "#", "#a,b", "#a b", "/<a>",
        ] {
            assert!(PurgeItem::parse(text).is_err(), "{text:?}");
        }
        assert!(PurgeItem::parse(&format!("/{}", "a".repeat(4_000))).is_err());
        assert!(PurgeItem::parse(&format!("#{}", "a".repeat(257))).is_err());
    }

    #[test]
    fn many_items_are_several_entries() {
        let items: Vec<PurgeItem> = (0..1_001).map(|n| item(&format!("/{n}"))).collect();
        let entries = PurgeEntry::all_of(&items, Duration::ZERO, || Id::from_bytes([1; 12]));
        let sizes: Vec<usize> = entries.iter().map(|entry| entry.items.len()).collect();
        assert_eq!(sizes, [500, 500, 1]);
    }
}
