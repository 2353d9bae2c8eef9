//! Two lists of named things, side by side.

use std::collections::HashMap;
use std::hash::Hash;

/// What stands under one name.
pub enum Pair<T> {
    /// Only in the old list.
    Removed(T),
    /// Only in the new list.
    Added(T),
    /// In both.
    Both(T, T),
}

/// What the lists have under each name, in their order: the old list's names, then what was added.
pub fn pairs<K: Eq + Hash + Copy, T: Copy>(
    old: impl Iterator<Item = (K, T)>,
    new: impl Iterator<Item = (K, T)> + Clone,
) -> Vec<Pair<T>> {
    let mut added: HashMap<K, T> = new.clone().collect();
    let mut pairs: Vec<Pair<T>> = old
        .map(|(name, old)| match added.remove(&name) {
            Some(new) => Pair::Both(old, new),
            None => Pair::Removed(old),
        })
        .collect();
    pairs.extend(new.filter_map(|(name, _)| added.remove(&name)).map(Pair::Added));
    pairs
}
