//! Parsed documents and their hashes, kept by their text and bounded in number and bytes: parsing costs fifty times what
//! cloning does.

use std::sync::Arc;

use async_graphql::ServerError;
use moka::sync::Cache;

use crate::graphql::{Document, ErrorCode};

use super::trust::coded;
use super::{nesting, normal};

/// The parsed documents of a server.
pub struct Documents {
    parsed: Cache<Arc<str>, Arc<Parsed>>,
}

/// A parsed document.
pub struct Parsed {
    /// The document, and what was found out about it.
    pub document: Document,
    /// The hash of what it says.
    pub hash: [u8; 32],
}

/// What one document weighs at least; with `CAPACITY` it bounds their number to 8 192.
const LEAST: u32 = 4_096;
/// A parsed document with a plan or two takes up to some thirty times the bytes of its text.
const PER_BYTE: u32 = 32;
const CAPACITY: u64 = 32 << 20;
/// Longer texts are parsed each time.
const LONGEST: usize = 64 << 10;

impl Default for Documents {
    fn default() -> Documents {
        let weigh = |text: &Arc<str>, _: &Arc<Parsed>| {
            let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
            bytes.saturating_mul(PER_BYTE).max(LEAST)
        };
        Documents {
            parsed: Cache::builder().weigher(weigh).max_capacity(CAPACITY).build(),
        }
    }
}

impl Documents {
    /// The document of this text; what is nested too deep is not parsed.
    pub fn get(&self, text: &str) -> Result<Arc<Parsed>, ServerError> {
        if let Some(kept) = self.parsed.get(text) {
            return Ok(kept);
        }
        nesting::check_document(text).map_err(|error| coded(error.to_string(), ErrorCode::BadUserInput))?;
        let parsed = Arc::new(Parsed {
            document: Document::parse(text)?,
            hash: normal::hash(text),
        });
        if text.len() <= LONGEST {
            self.parsed.insert(text.into(), parsed.clone());
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_parsed_once() {
        let documents = Documents::default();
        let first = documents.get("{ viewer { id } }").unwrap();
        assert!(Arc::ptr_eq(&first, &documents.get("{ viewer { id } }").unwrap()));
    }

    #[test]
    fn the_number_of_kept_documents_is_bounded() {
        let documents = Documents::default();
        for number in 0..20_000 {
            documents.get(&format!("{{ a{number} }}")).unwrap();
        }
        documents.parsed.run_pending_tasks();
        assert!(documents.parsed.entry_count() <= CAPACITY / u64::from(LEAST));
    }

    #[test]
    fn what_is_asked_again_and_again_is_parsed_once_whatever_junk_comes() {
        let documents = Documents::default();
        let ask = || documents.get("{ viewer { id } }").unwrap();
        let first = ask();
        for number in 0..20_000 {
            documents.get(&format!("{{ a{number} }}")).unwrap();
            if number % 50 == 0 {
                assert!(Arc::ptr_eq(&first, &ask()), "parsed again after {number}");
            }
        }
    }

    #[test]
    fn a_text_that_is_no_document_says_where() {
        assert_eq!(Documents::default().get("{ a(").err().unwrap().locations[0].line, 1);
    }
}
