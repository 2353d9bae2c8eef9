//! Reading in rounds, as an operation does: what isn't known yet is asked for together, and kept.

use std::collections::{HashMap, HashSet};

use kanvaro::loader::{BatchKey, Loaded, Loaders};
use kanvaro::model::{EntityRef, Row};

/// What one operation has read so far.
pub struct Rounds {
    loaders: Loaders,
    known: HashMap<BatchKey, Loaded>,
}

impl Rounds {
    pub fn of(loaders: Loaders) -> Rounds {
        let known = HashMap::new();
        Rounds { loaders, known }
    }

    /// One round: a batch of what isn't known, none if all is.
    pub async fn load(&mut self, keys: impl Iterator<Item = BatchKey>) {
        let wanted: HashSet<BatchKey> = keys.filter(|key| !self.known.contains_key(key)).collect();
        if wanted.is_empty() {
            return;
        }
        let wanted: Vec<BatchKey> = wanted.into_iter().collect();
        let loaded = self.loaders.load_batch(&wanted).await;
        for (key, loaded) in wanted.into_iter().zip(loaded) {
            let loaded = loaded.unwrap();
            if let Loaded::Page(page) = &loaded {
                for row in page.iter() {
                    let key = BatchKey::Entity(row.reference().unwrap());
                    self.known.entry(key).or_insert(Loaded::Entity(Some(row.clone())));
                }
            }
            self.known.insert(key, loaded);
        }
    }

    pub fn get(&self, key: &BatchKey) -> Loaded {
        self.known[key].clone()
    }

    /// The row of an entity that is there.
    pub fn row(&self, entity: EntityRef) -> Row {
        self.get(&BatchKey::Entity(entity)).entity().expect("it is there")
    }
}
