//! What queries were understood as, by the very bytes of their requests: a screen asks the same again and again, and to
//! read JSON, weigh a document and hash a question costs more than an answer that is kept.

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::operation::Operation;

/// The queries that were understood last. Nothing that whoever asks or the data tell is in it.
pub struct Requests {
    known: Cache<Box<[u8]>, Operation, Weight>,
}

#[derive(Clone)]
struct Weight;

/// Longer bodies are understood each time.
const LONGEST: usize = 16 << 10;
/// In bytes, as `Weight` counts them.
const CAPACITY: u64 = 16 << 20;
/// What one weighs beside its text.
const LEAST: u64 = 1 << 10;
/// What of a request is in memory beside its body: text, variables, and a share of its document, which others have too.
const PER_BYTE: u64 = 8;
/// How many are prepared for.
const USUAL: usize = 4_096;

impl Default for Requests {
    fn default() -> Requests {
        Requests {
            known: Cache::with_weighter(USUAL, CAPACITY, Weight),
        }
    }
}

impl Requests {
    /// What these bytes were understood as.
    pub fn get(&self, body: &[u8]) -> Option<Operation> {
        self.known.get(body)
    }

    /// Keeps a query. Not what asks to be known by its hash, for that is told others each time; and no mutation, for it
    /// may carry a password.
    pub fn insert(&self, body: &[u8], operation: &Operation) {
        if body.len() <= LONGEST && !operation.is_mutation() && operation.persisted().is_none() {
            self.known.insert(body.into(), operation.clone());
        }
    }
}

impl Weighter<Box<[u8]>, Operation> for Weight {
    fn weight(&self, body: &Box<[u8]>, _: &Operation) -> u64 {
        body.len() as u64 * PER_BYTE + LEAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_bounded_whatever_junk_comes() {
        let (requests, operation) = (Requests::default(), Operation::parsed("{ __typename }"));
        for number in 0..100_000_u32 {
            requests.insert(&number.to_le_bytes(), &operation);
        }
        assert!(requests.known.weight() <= CAPACITY);
        assert!(requests.known.len() > 1_000);
    }

    #[test]
    fn neither_mutations_nor_long_bodies_are_kept() {
        let requests = Requests::default();
        requests.insert(
            b"login",
            &Operation::parsed("mutation { logout { userErrors { code } } }"),
        );
        requests.insert(&vec![b' '; LONGEST + 1], &Operation::parsed("{ __typename }"));
        assert_eq!(requests.known.len(), 0);
        requests.insert(b"query", &Operation::parsed("{ __typename }"));
        assert!(requests.get(b"query").is_some());
    }
}
