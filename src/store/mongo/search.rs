//! Searching for words among the newest. The index of the words is named to the server, which would try others out again and again;
//! several words are looked up each by itself in the index alone, since no index holds two of a document's words in one entry.

use bson::{RawDocument, doc};
use futures_util::future::try_join_all;
use mongodb::options::{FindOptions, Hint};

use crate::model::{Direction, Filter, Id, Index, Kind, Query, Value};
use crate::store::{Document, StoreError};

use super::filter::{bounded, condition, order};
use super::read::{bytes, id, one_batch};
use super::source::Source;

/// A query for the newest that have some words.
pub(super) struct Search<'q> {
    query: &'q Query,
    /// As the index is asked for them.
    words: Vec<Filter>,
    /// What they must be besides.
    rest: Filter,
    /// The index that has the words.
    index: String,
}

/// The array that the words stand in.
const TERMS: &str = "searchTerms";
/// How many ids are read of each word: mostly the first will do, where one word is in no more documents than that.
const MOST: [usize; 2] = [2_000, 50_000];

impl<'q> Search<'q> {
    /// This query as a search; `None`: it is none that the index of the words orders.
    pub(super) fn of(kind: Kind, query: &'q Query) -> Option<Search<'q>> {
        let Filter::All(parts) = &query.filter else {
            return None;
        };
        let (words, rest): (Vec<&Filter>, Vec<&Filter>) = parts.iter().partition(|part| is_word(part));
        if words.is_empty() || query.sort.field != "_id" || query.skip > 0 || query.limit == 0 {
            return None;
        }
        Some(Search {
            index: index(kind, &rest)?,
            query,
            words: words.into_iter().map(in_index).collect(),
            rest: Filter::All(rest.into_iter().cloned().collect()),
        })
    }

    /// What it finds: a round trip for one word, two for several, one more where all of them are frequent.
    pub(super) async fn page(&self, source: &Source) -> Result<Vec<Document>, StoreError> {
        if let [word] = &self.words[..] {
            let matching = bounded(&self.having(word));
            return find(source, matching, self.newest(), self.hint(), bytes).await;
        }
        for most in MOST {
            let lists = self.words.iter().map(|word| self.ids(source, word, most));
            let lists = try_join_all(lists).await?;
            if let Some(ids) = common(lists, most) {
                return self.read(source, ids).await;
            }
        }
        find(source, bounded(self.query), self.newest(), self.hint(), bytes).await
    }

    /// The ids of what has this word, in no order: at most one more than `most`.
    async fn ids(&self, source: &Source, word: &Filter, most: usize) -> Result<Vec<Id>, StoreError> {
        let mut options = FindOptions::default();
        options.projection = Some(doc! { "_id": 1 });
        options.limit = Some(most as i64 + 1);
        options.batch_size = Some(one_batch(most + 1));
        find(source, bounded(&self.having(word)), options, self.hint(), id).await
    }

    /// The newest of these that match: a list may have ended before all that has its word, and what has changed meanwhile
    /// counts as it is now.
    async fn read(&self, source: &Source, mut ids: Vec<Id>) -> Result<Vec<Document>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        if self.query.sort.direction == Direction::Descending {
            ids.reverse();
        }
        let wanted = Filter::In("_id", ids.into_iter().map(Value::Id).collect());
        let matching = doc! { "$and": [condition(&wanted), bounded(self.query)] };
        let by_id = Hint::Keys(doc! { "_id": 1 });
        find(source, matching, self.newest(), by_id, bytes).await
    }

    /// The same query for this word alone.
    fn having(&self, word: &Filter) -> Query {
        Query {
            filter: self.rest.clone().and(word.clone()),
            ..self.query.clone()
        }
    }

    fn newest(&self) -> FindOptions {
        let mut options = FindOptions::default();
        options.sort = Some(order(self.query.sort));
        options.limit = Some(i64::from(self.query.limit));
        options.batch_size = Some(one_batch(self.query.limit as usize));
        options
    }

    fn hint(&self) -> Hint {
        Hint::Name(self.index.clone())
    }
}

/// What matches, by the index that the hint names; as the server likes, where that index is missing.
async fn find<T>(
    source: &Source,
    filter: bson::Document,
    mut options: FindOptions,
    hint: Hint,
    read: impl Fn(&RawDocument) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let unhinted = options.clone();
    options.hint = Some(hint);
    match source.find(filter.clone(), options, &read).await {
        Err(StoreError::Corrupt(_)) => source.find(filter, unhinted, &read).await,
        found => found,
    }
}

/// The ids, sorted, that stand in all lists that are whole: all that have every word are among them. `None`: no list is
/// whole, each has more than `most`.
fn common(mut lists: Vec<Vec<Id>>, most: usize) -> Option<Vec<Id>> {
    lists.retain(|list| list.len() <= most);
    lists.iter_mut().for_each(|list| list.sort_unstable());
    lists.sort_unstable_by_key(Vec::len);
    let mut lists = lists.into_iter();
    let mut ids = lists.next()?;
    for list in lists {
        ids.retain(|id| list.binary_search(id).is_ok());
    }
    Some(ids)
}

/// The index that leads to words by what else is asked for.
fn index(kind: Kind, rest: &[&Filter]) -> Option<String> {
    let is_given = |field: &str| {
        rest.iter()
            .any(|part| matches!(part, Filter::Eq(given, _) if *given == field))
    };
    let mut indexes = kind.indexes().iter();
    let index = indexes.find(|index| {
        let terms = index.keys.iter().position(|(field, _)| *field == TERMS);
        terms.is_some_and(|terms| index.keys[..terms].iter().all(|(field, _)| is_given(field)))
    });
    index.map(Index::name)
}

fn is_word(filter: &Filter) -> bool {
    match filter {
        Filter::Has(TERMS, _) | Filter::Prefix(TERMS, _) => true,
        Filter::Any(either) => !either.is_empty() && either.iter().all(is_word),
        _ => false,
    }
}

/// The same for the index: an element that is the value needs no document, as the element of an array would.
fn in_index(word: &Filter) -> Filter {
    match word {
        Filter::Has(field, value) => Filter::Eq(field, value.clone()),
        Filter::Any(either) => Filter::Any(either.iter().map(in_index).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[u8]) -> Vec<Id> {
        numbers.iter().map(|number| Id::from_bytes([*number; 12])).collect()
    }

    #[test]
    fn what_stands_in_every_whole_list_is_common() {
        let lists = || vec![ids(&[5, 1, 3]), ids(&[3, 9]), ids(&[1, 2, 4, 8])];
        assert_eq!(common(lists(), 3), Some(ids(&[3])));
        assert_eq!(common(lists(), 2), Some(ids(&[3, 9])));
        assert_eq!(common(lists(), 4), Some(ids(&[])));
        assert_eq!(common(lists(), 1), None);
    }
}
