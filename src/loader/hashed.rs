//! What is large to hash and to compare, with its hash worked out once: keys that hold conditions are looked up several times
//! in each operation.

use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;

/// A value and its hash in this process. Cheap to clone; clones share both.
#[derive(Clone, Debug)]
pub struct Hashed<T>(Arc<(u64, T)>);

impl<T: Hash> Hashed<T> {
    /// This value.
    pub fn new(value: T) -> Hashed<T> {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);
        Hashed(Arc::new((HASHER.hash_one(&value), value)))
    }
}

impl<T> Deref for Hashed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.1
    }
}

impl<T> Hash for Hashed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.0);
    }
}

impl<T: PartialEq> PartialEq for Hashed<T> {
    fn eq(&self, other: &Hashed<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<T: Eq> Eq for Hashed<T> {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_is_equal_is_found_whoever_made_it() {
        let known = HashSet::from([Hashed::new("one".to_owned()), Hashed::new("two".to_owned())]);
        assert!(known.contains(&Hashed::new("one".to_owned())));
        assert!(!known.contains(&Hashed::new("three".to_owned())));
    }
}
