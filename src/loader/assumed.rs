//! What a request takes for current because this process holds it, until it asks for all of it at once.
//!
//! Its pieces are read without a question to the shared cache, each as if the version that it was filled under were the
//! tag's still. Before anything of the request is answered its claim asks for the states of all these tags in one round
//! trip: where each is what was assumed, all pieces were current at that moment, which lies after the request began.
//! Where one is not, nothing made of them may be answered, and the request is to be done anew without assuming.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::cache::Version;
use crate::model::Tag;

use super::Claim;

/// The tags and versions that a request assumes; clones share them.
#[derive(Clone, Default)]
pub struct Assumed {
    pairs: Arc<Mutex<Vec<(Tag, Version)>>>,
}

impl Assumed {
    /// Assumes these, too.
    pub fn add_all(&self, pairs: &[(Tag, Version)]) {
        self.pairs.lock().extend_from_slice(pairs);
    }

    /// All of it, to be asked for; nothing is assumed any more.
    pub fn take(&self) -> Claim {
        Claim::of(std::mem::take(&mut *self.pairs.lock()))
    }
}
